"""States in which something runs, waits, has run, or could not."""

from collections.abc import Callable

from editor_page import EditorPage
from PIL import Image
from playwright.sync_api import expect
from running import ask, eventually, opened, panel, queue_button, queued, run_once
from states_of_page import example


def queue_with_rows(editor: EditorPage) -> None:
    opened(editor, seed=201)
    ask(editor.server, "queue/pause", "POST")
    queue = panel(editor.page, "Queue")
    for count in (1, 2):
        queue_button(editor.page).click()
        eventually(lambda count=count: len(queued(editor.server)), count)
    expect(queue.get_by_role("button", name="Move flow")).to_have_count(2)
    queue.get_by_role("button", name="Order and priority").first.click()
    expect(editor.page.get_by_role("menuitem", name="High")).to_be_visible()


def history_with_rows(editor: EditorPage) -> None:
    opened(editor, seed=202)
    job = run_once(editor)
    entry = panel(editor.page, "History").locator(f'[data-job="{job}"]')
    expect(entry.get_by_role("button", name="Show lighthouse")).to_be_visible()


def menu_of_a_run(editor: EditorPage) -> None:
    history_with_rows(editor)
    editor.page.get_by_role("button", name="More for").first.click()
    expect(editor.page.get_by_role("menuitem", name="Delete")).to_be_visible()


def history_nothing_found(editor: EditorPage) -> None:
    example(editor)
    history = panel(editor.page, "History")
    history.get_by_role("searchbox").fill("no such words")
    expect(history.get_by_text("No run matches.")).to_be_visible()


def run_in_progress(editor: EditorPage) -> None:
    opened(editor, seed=206, steps=3000)
    queue_button(editor.page).click()
    expect(editor.node("Sampler").locator("[data-progress]")).to_be_visible()
    expect(editor.node("Sampler").get_by_alt_text("The picture in progress")).to_be_visible()


def after_a_run(editor: EditorPage) -> None:
    opened(editor, seed=207)
    run_once(editor)
    expect(editor.node("Save").get_by_role("button", name="Show lighthouse")).to_be_visible()
    expect(editor.node("Sampler").locator("[data-seconds]")).to_be_visible()


def cannot_run_yet(editor: EditorPage) -> None:
    opened(editor, seed=208, steps=0)
    queue_button(editor.page).click()
    expect(editor.page.get_by_role("alert").filter(has_text="cannot run yet")).to_be_visible()
    expect(editor.page.locator("[data-message]")).to_contain_text("steps")


def run_that_failed(editor: EditorPage) -> None:
    (editor.server.home / "input").mkdir(exist_ok=True)
    (editor.server.home / "input" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    broken = {"class_type": "LoadImage", "inputs": {"image": "torn.png"}, "_meta": {"title": "Torn picture"}}
    shown = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}, "_meta": {"title": "Look"}}
    opened(editor, seed=209, **{"8": broken, "9": shown})
    queue_button(editor.page).click()
    failed = editor.page.get_by_role("alert").filter(has_text="The run failed")
    expect(failed).to_be_visible()
    if failed.get_by_text("Technical details").count() > 0:
        failed.get_by_text("Technical details").click()


def picture_in_full_size(editor: EditorPage) -> None:
    opened(editor, seed=210)
    run_once(editor)
    editor.page.get_by_role("region", name="Pictures of this workflow").get_by_role(
        "button", name="Show lighthouse"
    ).click()
    viewer = editor.page.get_by_role("dialog", name="Pictures")
    expect(viewer.get_by_alt_text("Picture lighthouse")).to_have_js_property("naturalWidth", 64)


def how_it_was_made(editor: EditorPage) -> None:
    picture_in_full_size(editor)
    editor.page.keyboard.press("i")
    expect(editor.page.get_by_role("complementary").get_by_text("euler", exact=True)).to_be_visible()


def two_pictures_compared(editor: EditorPage) -> None:
    opened(editor, seed=211)
    for _ in range(2):
        run_once(editor)
        editor.widget("Sampler", "seed").get_by_role("button", name="New random seed").click()
    strip = editor.page.get_by_role("region", name="Pictures of this workflow")
    expect(strip.get_by_role("button", name="Show lighthouse")).to_have_count(2)
    strip.get_by_role("button", name="Show lighthouse").first.click()
    viewer = editor.page.get_by_role("dialog", name="Pictures")
    expect(viewer).to_be_visible()
    editor.page.keyboard.press("c")
    expect(viewer.get_by_role("slider", name="Divider")).to_be_visible()
    expect(viewer.get_by_alt_text("Picture lighthouse")).to_have_count(2)


def painting_a_mask(editor: EditorPage) -> None:
    (editor.server.home / "input").mkdir(exist_ok=True)
    Image.new("RGB", (96, 64), "teal").save(editor.server.home / "input" / "teal.png")
    picture = {"class_type": "LoadImage", "inputs": {"image": "teal.png"}, "_meta": {"title": "Picture"}}
    editor.open({"1": picture})
    editor.widget("Picture", "image").get_by_role("button", name="Paint a mask").click()
    stage = editor.page.get_by_role("application", name="Picture with its mask")
    expect(stage).to_be_focused()


def mask_that_would_be_lost(editor: EditorPage) -> None:
    painting_a_mask(editor)
    for _ in range(5):
        editor.page.keyboard.press("Shift+ArrowRight")
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_role("button", name="Go on painting")).to_be_visible()


STATES: dict[str, Callable[[EditorPage], None]] = {
    "queue panel, paused, with rows": queue_with_rows,
    "history panel, with rows": history_with_rows,
    "history panel, menu of a row": menu_of_a_run,
    "history panel, nothing found": history_nothing_found,
    "a run in progress": run_in_progress,
    "after a run": after_a_run,
    "what cannot run yet": cannot_run_yet,
    "a run that failed": run_that_failed,
    "a picture in full size": picture_in_full_size,
    "a picture, how it was made": how_it_was_made,
    "two pictures, compared": two_pictures_compared,
    "painting a mask": painting_a_mask,
    "a mask that would be lost": mask_that_would_be_lost,
}
