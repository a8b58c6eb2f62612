"""Running workflows from the editor: queue, progress, errors, history and pictures, by pointer and keyboard alone."""

import json
import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor_page import EditorPage
from page_server import Server, Workflow, text_to_image
from playwright.sync_api import Locator, Page, expect


def ask(server: Server, path: str, method: str = "GET") -> Any:
    request = urllib.request.Request(f"{server.url}api/v1/{path}", method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


def jobs(server: Server, state: str) -> list[dict[str, Any]]:
    """Latest first."""
    found: list[dict[str, Any]] = ask(server, f"jobs?state={state}")["jobs"]
    return found


def queued(server: Server) -> list[str]:
    return [entry["job"] for entry in ask(server, "queue")["queued"]]


def eventually(check: Any, wanted: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while (found := check()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    assert found == wanted


def opened(editor: EditorPage, *, seed: int, steps: int = 3, name: str = "flow.json", **more: Workflow) -> None:
    """A workflow of its own, on a server in whose queue nothing waits."""
    ask(editor.server, "queue/clear", "POST")
    ask(editor.server, "queue/resume", "POST")
    editor.open(json.dumps({**text_to_image(seed=seed, steps=steps), **more}), name)
    expect(editor.node("Sampler")).to_be_visible()
    fit(editor)


def fit(editor: EditorPage) -> None:
    """Have all of the workflow in view."""
    editor.page.locator("body").press(".")
    editor.page.wait_for_timeout(400)


def queue_button(page: Page) -> Locator:
    return page.get_by_test_id("queue")


def panel(page: Page, name: str) -> Locator:
    page.get_by_role("navigation", name="Panels").get_by_role("button", name=re.compile(f"^{name}")).click()
    return page.get_by_role("complementary", name=name)


def state(editor: EditorPage, title: str) -> str | None:
    return editor.node(title).get_attribute("data-state")


def run_once(editor: EditorPage) -> str:
    """Queue, wait for the end; the job."""
    before = len(jobs(editor.server, "done"))
    queue_button(editor.page).click()
    eventually(lambda: len(jobs(editor.server, "done")), before + 1)
    job: str = jobs(editor.server, "done")[0]["job"]
    return job


def pause(editor: EditorPage) -> Locator:
    queue = panel(editor.page, "Queue")
    queue.get_by_role("button", name="Pause the queue").click()
    expect(editor.page.get_by_role("button", name="Queue paused")).to_be_visible()
    fit(editor)
    return queue


def test_a_run_shows_its_preview_and_progress_in_the_sampling_node(editor: EditorPage) -> None:
    opened(editor, seed=101, steps=40)
    queue_button(editor.page).click()
    sampler = editor.node("Sampler")
    expect(sampler.locator("[data-progress]")).to_be_visible()
    expect(sampler.get_by_alt_text("The picture in progress")).to_be_visible()
    expect(editor.page.get_by_role("progressbar", name="Progress of the run")).to_be_visible()
    expect(editor.page.get_by_text(re.compile("about .* (s|min)"))).to_be_visible()
    expect(editor.page.get_by_role("button", name="Show lighthouse")).to_have_count(2)  # in the node and in the strip
    expect(sampler.locator("[data-seconds]")).to_be_visible()
    expect(editor.page.get_by_role("progressbar", name="Progress of the run")).to_have_count(0)


def test_nodes_tell_what_was_kept_in_memory_and_how_long_each_took(editor: EditorPage) -> None:
    opened(editor, seed=102)
    run_once(editor)
    seconds = ask(editor.server, f"jobs/{jobs(editor.server, 'done')[0]['job']}")["seconds"]
    expect(editor.node("Decode").locator("[data-seconds]")).to_have_attribute("data-seconds", str(seconds["6"]))
    editor.widget("Save", "filename_prefix").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("tower")
    editor.page.keyboard.press("Control+Enter")
    eventually(lambda: (editor.server.home / "output" / "tower_00001_.png").exists(), True)
    for title in ("Sampler", "Decode"):
        expect(editor.node(title).get_by_role("img", name="Unchanged: taken from memory")).to_be_visible()
    expect(editor.node("Save").locator("[data-seconds]")).to_be_visible()


@pytest.fixture
def slow_server(tmp_path: Path) -> Iterator[Server]:
    """One with a node that takes its time, which a test may stop and start."""
    server = Server(tmp_path, starter=False)
    (server.home / "custom_nodes").mkdir()
    shutil.copy(Path(__file__).with_name("slow_pack.py"), server.home / "custom_nodes")
    server.start()
    yield server
    server.stop()


def test_after_a_restart_what_took_long_comes_from_disk(page: Page, slow_server: Server) -> None:
    editor = EditorPage(page, slow_server)
    slow = {"class_type": "TestSlow", "inputs": {"seconds": 0.5}, "_meta": {"title": "Slow"}}
    save = {"images": ["1", 0], "filename_prefix": "grey"}
    editor.open(json.dumps({"1": slow, "2": {"class_type": "SaveImage", "inputs": save, "_meta": {"title": "Save"}}}))
    run_once(editor)
    eventually(lambda: any((slow_server.home / "user" / "cache").rglob("*.result")), True)  # after the run has ended
    port = int(slow_server.url.rstrip("/").rpartition(":")[2])
    slow_server.stop()
    banner = page.get_by_role("alert").filter(has_text="connection to the server was lost")
    expect(banner).to_be_visible()
    slow_server.start(port)
    expect(banner).to_have_count(0)
    run_once(editor)
    expect(editor.node("Slow").get_by_role("img", name="Unchanged: taken from disk")).to_be_visible()
    expect(editor.node("Save").locator("[data-seconds]")).to_be_visible()
    assert len(list((slow_server.home / "output").iterdir())) == 2


def test_keys_queue_and_what_is_at_the_front_runs_first(editor: EditorPage) -> None:
    opened(editor, seed=103)
    pause(editor)
    editor.page.keyboard.press("Control+Enter")
    eventually(lambda: len(queued(editor.server)), 1)
    (first,) = queued(editor.server)
    editor.page.keyboard.press("Control+Shift+Enter")
    eventually(lambda: len(queued(editor.server)), 2)
    assert queued(editor.server)[1] == first
    editor.page.get_by_role("button", name="More ways to queue").click()
    editor.page.get_by_role("button", name="Queue at the front").click()
    eventually(lambda: len(queued(editor.server)), 3)
    assert queued(editor.server)[2] == first


def test_a_batch_is_queued_with_another_seed_each_time(editor: EditorPage) -> None:
    opened(editor, seed=2**64 - 10)
    pause(editor)
    # What is laid out from a prompt has a fixed seed: have it count.
    editor.widget("Sampler", "seed").get_by_role("button").last.click()
    editor.page.get_by_role("menuitem", name=re.compile("[Cc]ount up|ncrease|ncrement")).click()
    editor.page.get_by_role("button", name="More ways to queue").click()
    editor.page.get_by_label("Runs at once").fill("3")
    editor.page.keyboard.press("Escape")
    queue_button(editor.page).click()
    eventually(lambda: len(queued(editor.server)), 3)
    asked = [
        ask(editor.server, f"jobs/{job}/request")["prompt"]["5"]["inputs"]["seed"] for job in queued(editor.server)
    ]
    assert asked == [2**64 - 10, 2**64 - 9, 2**64 - 8]


def test_what_was_queued_is_a_snapshot(editor: EditorPage) -> None:
    opened(editor, seed=104)
    pause(editor)
    queue_button(editor.page).click()
    eventually(lambda: len(queued(editor.server)), 1)
    (job,) = queued(editor.server)
    editor.widget("What to show", "text").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("a submarine")
    editor.page.keyboard.press("Escape")
    editor.page.get_by_role("button", name="Queue paused").click()
    eventually(lambda: ask(editor.server, f"jobs/{job}")["state"], "done")
    assert ask(editor.server, f"jobs/{job}/request")["prompt"]["2"]["inputs"]["text"] == "a lighthouse"


def test_a_run_to_a_chosen_node_runs_nothing_behind_it(editor: EditorPage) -> None:
    opened(editor, seed=105)
    editor.click(editor.title("Decode"))
    before = len(jobs(editor.server, "done"))
    editor.page.keyboard.press("Alt+Enter")
    eventually(lambda: len(jobs(editor.server, "done")), before + 1)
    job = jobs(editor.server, "done")[0]["job"]
    assert ask(editor.server, f"jobs/{job}/request")["outputs"] == ["6"]
    expect(editor.node("Decode")).to_have_attribute("data-state", re.compile("done|cached"))
    assert state(editor, "Save") is None


def test_it_queues_by_itself_when_what_would_run_has_changed(editor: EditorPage) -> None:
    opened(editor, seed=106)
    editor.page.get_by_role("button", name="More ways to queue").click()
    editor.page.get_by_text("On change").click()
    editor.page.keyboard.press("Escape")
    before = len(jobs(editor.server, "done"))
    x, y = editor.title("Save")
    editor.drag((x, y), (x + 30, y + 60))
    editor.page.wait_for_timeout(1500)
    assert len(jobs(editor.server, "done")) == before
    editor.widget("What to show", "text").click()
    editor.page.keyboard.press("End")
    editor.page.keyboard.type(" at night")
    eventually(lambda: len(jobs(editor.server, "done")) > before, True)
    eventually(lambda: ask(editor.server, "queue")["running"] + queued(editor.server), [])
    job = jobs(editor.server, "done")[0]["job"]
    assert ask(editor.server, f"jobs/{job}/request")["prompt"]["2"]["inputs"]["text"] == "a lighthouse at night"
    assert len(jobs(editor.server, "done")) <= before + 2


def test_an_error_is_told_at_its_node_and_input_in_plain_words(editor: EditorPage) -> None:
    opened(editor, seed=107, steps=0)
    queue_button(editor.page).click()
    alert = editor.page.get_by_role("alert").filter(has_text="cannot run yet")
    expect(alert).to_contain_text("steps")
    expect(editor.node("Sampler")).to_have_attribute("data-state", "failed")
    expect(editor.page.locator("[data-message]")).to_contain_text("steps")
    editor.page.mouse.move(*editor.empty())
    alert.get_by_role("button", name="Sampler").click()
    expect(editor.node("Sampler")).to_be_focused()
    assert jobs(editor.server, "queued") == []


def test_keys_go_from_one_node_with_an_error_to_the_next(editor: EditorPage) -> None:
    small = {"class_type": "EmptyLatentImage", "inputs": {"width": 1, "height": 64, "batch_size": 1}}
    opened(editor, seed=117, steps=0, **{"4": {**small, "_meta": {"title": "Too small"}}})
    page = editor.page
    queue_button(page).click()
    expect(page.get_by_role("alert").filter(has_text="cannot run yet")).to_be_visible()
    for key, title in (
        ("F8", "Too small"),
        ("F8", "Sampler"),
        ("F8", "Too small"),
        ("Shift+F8", "Sampler"),
        ("Shift+F8", "Too small"),
    ):
        page.keyboard.press(key)
        expect(editor.node(title)).to_be_focused()
        expect(editor.node(title)).to_have_attribute("data-selected", "true")


def test_a_run_that_fails_says_where_and_why(editor: EditorPage) -> None:
    broken = {"class_type": "LoadImage", "inputs": {"image": "torn.png"}, "_meta": {"title": "Torn picture"}}
    (editor.server.home / "input").mkdir(exist_ok=True)
    (editor.server.home / "input" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    shown = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}, "_meta": {"title": "Look"}}
    opened(editor, seed=108, **{"8": broken, "9": shown})
    queue_button(editor.page).click()
    alert = editor.page.get_by_role("alert").filter(has_text="The run failed")
    expect(alert).to_contain_text("torn.png")
    expect(editor.node("Torn picture")).to_have_attribute("data-state", "failed")
    expect(editor.page.locator("[data-message]")).to_contain_text("torn.png")


def test_a_run_is_cancelled_from_the_header_and_by_key(editor: EditorPage) -> None:
    opened(editor, seed=109, steps=5000)
    for cancel in (
        lambda: editor.page.get_by_role("button", name="Cancel the run").click(),
        lambda: editor.page.keyboard.press("Control+Alt+Enter"),
    ):
        queue_button(editor.page).click()
        expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
        (job,) = [entry["job"] for entry in ask(editor.server, "queue")["running"]]
        cancel()
        eventually(lambda job=job: ask(editor.server, f"jobs/{job}")["state"], "cancelled")
        expect(editor.page.get_by_role("button", name="Cancel the run")).to_have_count(0)


def test_the_queue_is_sorted_by_drag_and_by_keys_and_its_jobs_are_taken_out(editor: EditorPage) -> None:
    opened(editor, seed=110)
    queue = pause(editor)
    for count in (1, 2, 3):
        queue_button(editor.page).click()
        eventually(lambda count=count: len(queued(editor.server)), count)
    one, two, three = queued(editor.server)
    grips = queue.get_by_role("button", name="Move flow")
    expect(grips).to_have_count(3)

    grips.nth(2).focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "Space"):
        editor.page.keyboard.press(key)
        editor.page.wait_for_timeout(250)
    eventually(lambda: queued(editor.server), [three, one, two])
    expect(queue.locator("[data-dragged]").first).to_have_attribute("data-job", three)

    first, last = (queue.locator(f'[data-job="{job}"]').bounding_box() for job in (three, two))
    assert first is not None
    assert last is not None
    editor.drag((first["x"] + 12, first["y"] + 24), (last["x"] + 12, last["y"] + 40), steps=20)
    eventually(lambda: queued(editor.server), [one, two, three])

    queue.locator(f'[data-job="{three}"]').get_by_role("button", name="Order and priority").click()
    editor.page.get_by_role("menuitem", name="High").click()
    eventually(lambda: queued(editor.server), [three, one, two])
    expect(queue.locator(f'[data-job="{three}"]')).to_contain_text("High")

    queue.locator(f'[data-job="{one}"]').get_by_role("button", name="out of the queue").click()
    eventually(lambda: queued(editor.server), [three, two])
    queue.get_by_role("button", name="Take out all that waits").click()
    eventually(lambda: queued(editor.server), [])
    queue.get_by_role("button", name="Go on").first.click()
    eventually(lambda: ask(editor.server, "queue")["paused"], False)


def test_the_history_has_thumbnails_is_searched_and_restores_workflows(editor: EditorPage) -> None:
    opened(editor, seed=111, name="harbour.json")
    job = run_once(editor)
    editor.widget("What to show", "text").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("something else")
    editor.page.keyboard.press("Escape")
    history = panel(editor.page, "History")
    entry = history.locator(f'[data-job="{job}"]')
    expect(entry).to_contain_text("harbour")
    expect(entry.get_by_role("button", name="Show lighthouse").locator("img")).to_have_js_property("complete", True)
    search = history.get_by_role("searchbox")
    search.fill("no such words")
    expect(history.get_by_text("No run matches.")).to_be_visible()
    search.fill("harbour VAEDecode")
    expect(entry).to_be_visible()
    entry.get_by_role("button", name="Restore the workflow").click()
    expect(editor.widget("What to show", "text")).to_contain_text("a lighthouse")
    entry.get_by_role("button", name="More for").click()
    editor.page.get_by_role("menuitem", name="Delete").click()
    expect(entry).to_have_count(0)
    assert job not in [view["job"] for view in jobs(editor.server, "done")]


def test_the_strip_of_pictures_is_folded_away_by_button_and_command(editor: EditorPage) -> None:
    opened(editor, seed=118, name="folded.json")
    run_once(editor)
    strip = editor.page.get_by_role("region", name="Pictures of this workflow")
    expect(strip).to_be_visible()
    strip.get_by_role("button", expanded=True).click()
    expect(strip).to_have_count(0)
    editor.page.reload()
    editor.ready()
    folded = editor.page.get_by_role("button", name="1 picture", expanded=False)
    expect(folded).to_be_visible()
    editor.page.keyboard.press("Control+k")
    editor.page.keyboard.type("strip of pictures")
    expect(editor.page.get_by_role("option").first).to_contain_text("Strip of pictures")
    editor.page.keyboard.press("Enter")
    expect(strip).to_be_visible()


def test_pictures_are_seen_in_full_size_compared_explained_and_downloaded(editor: EditorPage) -> None:
    violations: list[str] = []
    editor.page.on(
        "console", lambda message: violations.append(message.text) if "Security Policy" in message.text else None
    )
    opened(editor, seed=112, name="pair.json")
    run_once(editor)
    editor.widget("What to show", "text").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("a second lighthouse")
    editor.page.keyboard.press("Escape")
    run_once(editor)
    strip = editor.page.get_by_role("region", name="Pictures of this workflow")
    shown = strip.get_by_role("button", name="Show lighthouse")
    expect(shown).to_have_count(2)
    shown.first.click()
    viewer = editor.page.get_by_role("dialog", name="Pictures")
    picture = viewer.get_by_alt_text("Picture lighthouse")
    expect(picture).to_have_js_property("naturalWidth", 64)
    name = picture.get_attribute("alt")

    width = picture.bounding_box()["width"]  # type: ignore[index]
    editor.page.mouse.move(700, 400)
    editor.page.mouse.wheel(0, -400)
    eventually(lambda: picture.bounding_box()["width"] > width, True)  # type: ignore[index]
    viewer.get_by_role("button", name="1:1").click()
    editor.page.keyboard.press("i")
    facts = viewer.get_by_role("complementary")
    for words in ("64", "a second lighthouse", "fog", "112", "euler", "small.safetensors"):
        expect(facts).to_contain_text(words)

    editor.page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("alt", name or "")
    expect(facts).not_to_contain_text("second")

    editor.page.keyboard.press("c")
    divider = viewer.get_by_role("slider", name="Divider")
    divider.focus()
    before = divider.get_attribute("aria-valuenow")
    editor.page.keyboard.press("ArrowLeft")
    expect(divider).not_to_have_attribute("aria-valuenow", before or "")
    expect(picture).to_have_count(2)
    editor.page.keyboard.press("c")

    with editor.page.expect_download() as download:
        viewer.get_by_role("link", name="Download").click()
    file = editor.server.home / "output" / download.value.suggested_filename
    assert download.value.path().read_bytes() == file.read_bytes()

    tabs = editor.page.get_by_role("navigation", name="Workflows").get_by_role("listitem")
    open_tabs = tabs.count()
    viewer.get_by_role("button", name="Open its workflow").click()
    expect(tabs).to_have_count(open_tabs + 1)
    assert violations == []


def test_the_page_catches_up_when_the_server_returns(page: Page, bare_server: Server) -> None:
    editor = EditorPage(page, bare_server)
    page.goto(bare_server.url)
    editor.ready()
    port = int(bare_server.url.rstrip("/").rpartition(":")[2])
    bare_server.stop()
    banner = page.get_by_role("alert").filter(has_text="connection to the server was lost")
    expect(banner).to_be_visible()
    expect(queue_button(page)).to_be_disabled()
    bare_server.start(port)
    expect(banner).to_have_count(0)
    expect(queue_button(page)).to_be_enabled()


def test_a_reload_in_the_midst_of_a_run_shows_it_again(editor: EditorPage) -> None:
    opened(editor, seed=113, steps=400)
    queue_button(editor.page).click()
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    editor.page.wait_for_timeout(1500)  # drafts are kept within a second
    editor.page.reload()
    editor.ready()
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    editor.page.get_by_role("button", name="Cancel the run").click()
    expect(editor.page.get_by_role("button", name="Cancel the run")).to_have_count(0)
