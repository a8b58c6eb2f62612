"""Nothing is lost: reloads, crashes, closed windows, a server that is away, a file that others change too."""

import json
from contextlib import suppress

from editor_page import EditorPage, named
from page_server import Server
from playwright.sync_api import Error, Page, expect
from running import eventually
from workflow_files import (
    MUTED,
    as_json,
    drop,
    folder,
    mute,
    save_as,
    second_window,
    small,
    tab,
    tabs,
    unsaved,
)


def test_a_reload_brings_back_tabs_and_what_was_not_saved(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "reload/one.json")
    drop(page, as_json("two.json", small("Other")))
    expect(editor.node("Other")).to_be_visible()
    tab(page, "one").click()
    mute(editor)
    expect(unsaved(page, "one")).to_be_visible()
    page.reload()
    editor.ready()
    expect(tabs(page)).to_have_text(["one", "two"])
    expect(tab(page, "one")).to_have_attribute("aria-current", "page")
    expect(unsaved(page, "one")).to_be_visible()
    expect(unsaved(page, "two")).to_have_count(0)
    assert named(editor.saved(), "Kept")["mode"] == MUTED
    expect(unsaved(page, "one")).to_have_count(0)


# Lets the test refuse the browser's storage as a disk that fails does, and end connections to it.
FAILING_STORAGE = """(() => {
    const open = IDBFactory.prototype.open;
    const opened = [];
    window.storage = { refused: REFUSED, end: () => opened.forEach(request => request.result.close()) };
    IDBFactory.prototype.open = function (...asked) {
        if (window.storage.refused-- > 0) throw new DOMException("Internal error", "UnknownError");
        const request = open.apply(this, asked);
        request.addEventListener("success", () => opened.push(request));
        return request;
    };
})()"""


def storage_refused(page: Page, times: int) -> None:
    page.add_init_script(FAILING_STORAGE.replace("REFUSED", str(times)))


def test_a_storage_that_opens_late_brings_back_all(editor: EditorPage) -> None:
    page = editor.page
    storage_refused(page, 2)
    editor.open(small(), "late/kept.json")
    mute(editor)
    expect(unsaved(page, "kept")).to_be_visible()
    page.reload()
    editor.ready()
    expect(tabs(page)).to_have_text(["kept"])
    assert named(editor.saved(), "Kept")["mode"] == MUTED


def test_a_connection_to_the_storage_that_is_lost_is_made_again(editor: EditorPage) -> None:
    page = editor.page
    storage_refused(page, 0)
    editor.open(small(), "lost/kept.json")
    page.evaluate("storage.end()")
    mute(editor)
    expect(unsaved(page, "kept")).to_be_visible()
    in_the_database(page, MUTED)
    crash(page)
    after = second_window(editor)
    expect(unsaved(after.page, "kept")).to_be_visible()
    assert named(after.saved(), "Kept")["mode"] == MUTED


def test_the_page_says_so_as_long_as_nothing_is_kept(editor: EditorPage) -> None:
    page = editor.page
    storage_refused(page, 1_000_000)
    editor.open(small(), "refused/kept.json")
    notice = page.get_by_role("alert").filter(has_text="no longer keeps what is not saved")
    expect(notice).to_be_visible()
    mute(editor)
    expect(unsaved(page, "kept")).to_be_visible()
    page.wait_for_function("left => storage.refused < left", arg=page.evaluate("storage.refused"))  # tried once more
    expect(notice).to_be_visible()

    page.evaluate("storage.refused = 0")
    expect(notice).to_be_hidden()
    crash(page)
    after = second_window(editor)
    expect(unsaved(after.page, "kept")).to_be_visible()


def crash(page: Page) -> None:
    """End the page's process: nothing of it runs any more, not even what a page does when it is left."""
    with page.expect_event("crash"), suppress(Error):  # who was to answer is gone
        page.goto("chrome://crash")


# Whether the browser's database has a draft with a node in that mode.
IN_THE_DATABASE = """mode => new Promise((resolve, reject) => {
    const opening = indexedDB.open("nodegraph");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("drafts").objectStore("drafts").getAll();
        asked.onsuccess = () => {
            opening.result.close();
            resolve(asked.result.some(({ text }) => JSON.parse(text).nodes.some(node => node.mode === mode)));
        };
    };
})"""


def in_the_database(page: Page, mode: int) -> None:
    eventually(lambda: page.evaluate(IN_THE_DATABASE, mode), True)


def test_a_crash_loses_nothing(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "crash/kept.json")
    mute(editor)
    expect(unsaved(page, "kept")).to_be_visible()
    in_the_database(page, MUTED)
    crash(page)
    after = second_window(editor)
    expect(tab(after.page, "kept")).to_have_attribute("aria-current", "page")
    expect(unsaved(after.page, "kept")).to_be_visible()
    assert named(after.saved(), "Kept")["mode"] == MUTED


# Whether so many windows of the page hold their names: one that was closed may need a moment to let go of its own.
OPEN_WINDOWS = """async (count) => {
    const { held } = await navigator.locks.query();
    return held.filter(({ name }) => name.startsWith("nodegraph.window.")).length === count;
}"""


def beside(editor: EditorPage) -> Page:
    """A page of the same server and browser that is no window of the editor."""
    page = editor.page.context.new_page()
    page.goto(f"{editor.server.url}docs")
    return page


def test_a_closed_tab_of_the_browser_is_taken_up_again(editor: EditorPage) -> None:
    editor.open(small(), "closed/kept.json")
    mute(editor)
    expect(unsaved(editor.page, "kept")).to_be_visible()
    witness = beside(editor)
    editor.page.close()  # at once: what was not kept yet is kept in leaving
    witness.wait_for_function(OPEN_WINDOWS, arg=0)
    after = second_window(editor)
    expect(unsaved(after.page, "kept")).to_be_visible()
    assert named(after.saved(), "Kept")["mode"] == MUTED


def test_what_another_closed_window_had_not_saved_is_offered(editor: EditorPage) -> None:
    editor.open(small(), "offered/here.json")
    other = second_window(editor)
    drop(other.page, as_json("elsewhere.json", small("Elsewhere")))
    mute(other, "Elsewhere")
    expect(unsaved(other.page, "elsewhere")).to_be_visible()
    other.page.close()
    editor.page.wait_for_function(OPEN_WINDOWS, arg=1)
    editor.page.reload()
    editor.ready()
    expect(tabs(editor.page)).to_have_text(["here"])
    offer = editor.page.get_by_role("alert").filter(has_text="Recovered from a window that was closed")
    expect(offer).to_contain_text("elsewhere")
    offer.get_by_role("button", name="Open").click()
    expect(offer).to_be_hidden()
    expect(unsaved(editor.page, "elsewhere")).to_be_visible()
    expect(editor.node("Elsewhere")).to_be_visible()


def test_a_server_that_is_away_costs_nothing(page: Page, bare_server: Server) -> None:
    editor = EditorPage(page, bare_server)
    editor.open(small(), "away.json")
    mute(editor)
    port = int(bare_server.url.rstrip("/").rpartition(":")[2])
    bare_server.stop()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("away could not be saved")).to_be_visible()
    expect(unsaved(page, "away")).to_be_visible()
    bare_server.start(port)
    editor.ready()
    assert named(editor.saved(), "Kept")["mode"] == MUTED


def test_a_file_open_in_two_windows(editor: EditorPage) -> None:
    """Each learns of the other at once; whoever saves second is asked, and both contents stay."""
    editor.open(small(), "shared/file.json")
    other = second_window(editor, "?open=shared/file.json")
    for window in (editor, other):
        expect(window.page.get_by_role("alert").filter(has_text="open in another window")).to_be_visible()

    mute(editor)
    assert named(editor.saved(), "Kept")["mode"] == MUTED
    expect(other.page.get_by_role("alert").filter(has_text="was changed elsewhere")).to_be_visible()

    other.click(other.title("Kept"))
    other.page.keyboard.press("Control+b")
    other.page.keyboard.press("Control+s")
    dialog = other.page.get_by_role("dialog", name="This file was changed elsewhere")
    expect(dialog).to_contain_text("saved")
    assert named(json.loads(editor.file.read_text()), "Kept")["mode"] == MUTED

    dialog.get_by_role("button", name="Open theirs beside mine").click()
    expect(tab(other.page, "file")).to_have_attribute("aria-current", "page")
    expect(unsaved(other.page, "file (mine)")).to_be_visible()
    tab(other.page, "file (mine)").click()
    save_as(other.page, "mine", "shared")
    mine = json.loads((folder(editor.server) / "shared" / "mine.json").read_text())
    assert named(mine, "Kept")["mode"] not in (0, MUTED)
    assert named(json.loads(editor.file.read_text()), "Kept")["mode"] == MUTED


def test_a_conflict_can_be_settled_by_overwriting(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "overwritten/file.json")
    editor.file.write_text(json.dumps(small("Theirs")))  # by another program
    mute(editor)
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="This file was changed elsewhere")
    dialog.get_by_role("button", name="Overwrite with mine").click()
    expect(dialog).to_be_hidden()
    assert named(json.loads(editor.file.read_text()), "Kept")["mode"] == MUTED

    # What it held is a former version.
    tab(page, "file").click(button="right")
    page.get_by_role("menuitem", name="Former versions").click()
    page.get_by_role("button", name="Restore the version of").first.click()
    expect(editor.node("Theirs")).to_be_visible()
    assert named(json.loads(editor.file.read_text()), "Theirs")["mode"] == 0
