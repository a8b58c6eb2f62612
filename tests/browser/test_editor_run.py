"""Running workflows from the editor: queue, progress, errors, history and pictures, by pointer and keyboard alone."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from editor_page import EditorPage
from page_server import Server, text_to_image
from playwright.sync_api import Page, Route, expect
from running import ask, eventually, jobs, opened, panel, pause, queue_button, queued, run_once


def state(editor: EditorPage, title: str) -> str | None:
    return editor.node(title).get_attribute("data-state")


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


def queue_by_itself(editor: EditorPage, how: str) -> None:
    editor.page.get_by_role("button", name="More ways to queue").click()
    editor.page.get_by_text(how, exact=True).click()
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_label("Runs at once")).to_be_hidden()


def let_the_seed(editor: EditorPage, become: str) -> None:
    editor.widget("Sampler", "seed").get_by_role("button", name="after each run").click()
    editor.page.get_by_role("menuitem", name=become).click()


def idle(editor: EditorPage) -> None:
    eventually(lambda: ask(editor.server, "queue")["running"] + queued(editor.server), [])


def test_it_queues_again_and_again_until_it_is_switched_off(editor: EditorPage) -> None:
    opened(editor, seed=120)
    let_the_seed(editor, "Increment")
    queue_by_itself(editor, "Again and again")
    before = len(jobs(editor.server, "done"))
    editor.page.wait_for_timeout(1000)
    assert len(jobs(editor.server, "done")) == before  # it begins with the first that a person queues
    queue_button(editor.page).click()
    eventually(lambda: len(jobs(editor.server, "done")) >= before + 3, True)
    queue_by_itself(editor, "Off")
    idle(editor)
    ended = jobs(editor.server, "done")
    asked = [ask(editor.server, f"jobs/{job['job']}/request")["prompt"]["5"]["inputs"]["seed"] for job in ended]
    made = len(ended) - before
    assert asked[:made] == [120 + at for at in reversed(range(made))]
    editor.page.wait_for_timeout(1000)
    assert len(jobs(editor.server, "done")) == len(ended)


def test_queueing_again_and_again_ends_where_nothing_would_be_new(editor: EditorPage) -> None:
    opened(editor, seed=121)
    queue_by_itself(editor, "Again and again")
    queue_button(editor.page).click()
    told = editor.page.get_by_role("alert").filter(has_text="Queueing by itself has ended")
    expect(told).to_contain_text("would be the same")
    idle(editor)
    expect(queue_button(editor.page)).to_have_attribute("data-auto", "off")


def test_the_seed_of_the_last_run_is_used_again(editor: EditorPage) -> None:
    opened(editor, seed=2**64 - 77)
    run_once(editor)
    seed = editor.widget("Sampler", "seed")
    seed.get_by_role("button", name="New random seed").click()
    expect(seed).not_to_contain_text(str(2**64 - 77))
    seed.get_by_role("button", name="after each run").click()
    editor.page.get_by_role("menuitem", name=str(2**64 - 77)).click()
    expect(seed).to_contain_text(str(2**64 - 77))


def test_what_is_queued_before_the_page_has_begun_is_queued_when_it_has(editor: EditorPage) -> None:
    page = editor.page
    opened(editor, seed=122, name="early.json")
    before = len(jobs(editor.server, "done"))
    held: list[Route] = []
    hear: Callable[[Route], None] = held.append
    page.route("**/userdata/**", lambda route: hear(route))
    page.goto(f"{editor.server.url}?open=early.json")
    expect(page.get_by_role("button", name="Server: ")).to_have_attribute("aria-label", "Server: Connected, CPU")
    page.keyboard.press("Control+Enter")
    assert jobs(editor.server, "queued") + jobs(editor.server, "running") == []
    hear = Route.continue_
    for route in held:
        route.continue_()
    eventually(lambda: len(jobs(editor.server, "done")), before + 1)
    expect(editor.node("Save").get_by_role("button", name="Show lighthouse")).to_be_visible()


def test_who_queues_without_a_workflow_is_told_why_nothing_runs(editor: EditorPage) -> None:
    opened(editor, seed=123, name="closed.json")
    while (close := editor.page.get_by_role("button", name=re.compile("^Close "))).count() > 0:
        close.first.click()
    expect(editor.page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()
    editor.page.keyboard.press("Control+Enter")
    expect(editor.page.get_by_role("alert").filter(has_text="No workflow is open")).to_be_visible()


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


def test_an_unknown_class_leaves_the_rest_to_run_and_can_be_bypassed_or_removed(editor: EditorPage) -> None:
    odd = {"class_type": "OfSomePack", "inputs": {"image": ["6", 0]}, "_meta": {"title": "Odd one"}}
    shown = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}, "_meta": {"title": "Look"}}
    opened(editor, seed=119, name="odd.json", **{"8": odd, "9": shown})
    run_once(editor)
    alert = editor.page.get_by_role("alert").filter(has_text="part of the workflow was left out")
    expect(alert).to_contain_text("OfSomePack")
    expect(editor.node("Odd one")).to_have_attribute("data-state", "failed")
    alert.get_by_role("button", name="Bypass it").click()
    expect(alert).to_contain_text("switched off")
    run_once(editor)
    expect(alert).to_have_count(0)
    expect(editor.node("Look").get_by_role("button", name="Show")).to_be_visible()
    editor.page.keyboard.press("Control+z")
    run_once(editor)
    alert.get_by_role("button", name="Remove it").click()
    expect(editor.node("Odd one")).to_have_count(0)
    run_once(editor)
    expect(alert).to_have_count(0)


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


def test_what_is_run_again_from_the_history_is_shown_in_the_tab_of_its_workflow(editor: EditorPage) -> None:
    opened(editor, seed=124, name="again.json")
    job = run_once(editor)
    kept = editor.node("Sampler").get_by_role("img", name="Unchanged: taken from memory")
    entry = panel(editor.page, "History").locator(f'[data-job="{job}"]')

    def again() -> None:
        before = len(jobs(editor.server, "done"))
        entry.get_by_role("button", name="More for").click()
        editor.page.get_by_role("menuitem", name="Run it again as it was").click()
        eventually(lambda: len(jobs(editor.server, "done")), before + 1)

    expect(kept).to_have_count(0)
    again()
    expect(kept).to_be_visible()
    # In a tab that never asked for it, but holds the same.
    entry.get_by_role("button", name="Restore the workflow").click()
    expect(editor.page.get_by_role("navigation", name="Open workflows").get_by_role("listitem")).to_have_count(2)
    editor.page.get_by_role("button", name="Close again").first.click()
    expect(kept).to_have_count(0)
    again()
    expect(kept).to_be_visible()


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


def test_the_history_reads_on_while_it_is_scrolled(editor: EditorPage) -> None:
    opened(editor, seed=130)
    ask(editor.server, "queue/pause", "POST")
    for number in range(70):
        submit = {"prompt": text_to_image(seed=number), "extra_data": {"title": f"scrolled {number:02}"}}
        ask(editor.server, "jobs", "POST", submit)
    ask(editor.server, "queue/clear", "POST")
    history = panel(editor.page, "History")
    history.get_by_role("searchbox").fill("scrolled")
    rows = history.locator("[data-job]")
    expect(rows.filter(has_text="scrolled")).not_to_have_count(0)
    expect(rows.filter(has_not_text="scrolled")).to_have_count(0)
    assert rows.count() < 70  # the rest has not been asked for
    for number in range(69, -1, -1):
        row = rows.filter(has_text=f"scrolled {number:02}")
        row.scroll_into_view_if_needed()
    expect(rows).to_have_count(70)
    expect(history.get_by_label("Loading…")).to_have_count(0)


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


def workers(server: Server) -> list[psutil.Process]:
    """The processes that run nodes; the latest last."""
    children = psutil.Process(server.pid).children()
    return sorted((child for child in children if child.is_running()), key=psutil.Process.create_time)


def test_a_banner_while_there_is_no_worker_and_the_right_state_after(editor: EditorPage) -> None:
    page = editor.page
    opened(editor, seed=131, steps=3000)
    queue_button(page).click()
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    (job,) = [entry["job"] for entry in ask(editor.server, "queue")["running"]]
    lost = workers(editor.server)[-1]
    lost.kill()
    eventually(lambda: [one for one in workers(editor.server) if one.pid != lost.pid] != [], True)
    next_one = workers(editor.server)[-1]
    next_one.suspend()  # it does not come up before it was seen that there is none
    banner = page.get_by_role("alert").filter(has_text="cannot run anything at the moment")
    state_of_server = page.get_by_role("button", name="Server: ")
    expect(banner).to_be_visible()
    expect(state_of_server).to_have_attribute("aria-label", "Server: Cannot run")
    next_one.resume()
    expect(banner).to_be_hidden()
    expect(state_of_server).to_have_attribute("aria-label", "Server: Connected, CPU")
    # The run begins again by itself, and the page shows it.
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    assert [entry["job"] for entry in ask(editor.server, "queue")["running"]] == [job]
    page.get_by_role("button", name="Cancel the run").click()
    eventually(lambda: ask(editor.server, f"jobs/{job}")["state"], "cancelled")


def test_a_reload_in_the_midst_of_a_run_shows_it_again(editor: EditorPage) -> None:
    opened(editor, seed=113, steps=400)
    queue_button(editor.page).click()
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    editor.page.reload()
    editor.ready()
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    editor.page.get_by_role("button", name="Cancel the run").click()
    expect(editor.page.get_by_role("button", name="Cancel the run")).to_have_count(0)
