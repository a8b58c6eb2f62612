"""Workflows as files: in tabs, kept, saved, opened and given out, by pointer and keyboard."""

import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from editor_page import Canvas, EditorPage, box, named
from page_server import Server, text_to_image
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Error, Locator, Page, expect
from running import eventually

from nodegraph.media.latent_files import encode_latent

EXAMPLES = Path(__file__).parents[2] / "workflows"
EXAMPLE = (EXAMPLES / "text-to-image.json").read_text(encoding="utf-8")
MUTED = 2
TITLE_HEIGHT = 40


def small(title: str = "Kept") -> Canvas:
    """A canvas with one node, in version 0.4."""
    node = {
        "id": 1,
        "type": "EmptyLatentImage",
        "title": title,
        "pos": [120.5, 80],
        "size": [310, 106.25],
        "flags": {},
        "order": 0,
        "mode": 0,
        "inputs": [],
        "outputs": [{"name": "LATENT", "type": "LATENT", "links": []}],
        "properties": {"kept": {"by": ["the", "editor"]}},
        "widgets_values": [64, 64, 1],
    }
    return {"last_node_id": 1, "last_link_id": 0, "nodes": [node], "links": [], "groups": [], "version": 0.4}


def newer(title: str) -> Canvas:
    """The same in version 1.0."""
    state = {"lastNodeId": 1, "lastLinkId": 0, "lastGroupId": 0, "lastRerouteId": 0}
    canvas = {key: value for key, value in small(title).items() if not key.startswith("last_")}
    return {**canvas, "state": state, "version": 1}


def folder(server: Server) -> Path:
    return server.home / "user" / "default" / "workflows"


def tabs(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Open workflows").get_by_role("listitem")


def tab(page: Page, title: str) -> Locator:
    pattern = re.compile(rf"^{re.escape(title)}( not saved)?$")
    return page.get_by_role("navigation", name="Open workflows").get_by_role("button", name=pattern)


def unsaved(page: Page, title: str) -> Locator:
    return tabs(page).filter(has_text=title).get_by_role("img", name="not saved")


def mute(editor: EditorPage, title: str = "Kept") -> None:
    """A change that a person makes in a moment."""
    editor.click(editor.title(title))
    editor.page.keyboard.press("Control+m")


def drop(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Let files go over the canvas, as from another window."""
    page.evaluate(
        """([files, clientX, clientY]) => {
            const carried = new DataTransfer();
            for (const [name, type, bytes] of files) {
                carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
            }
            const target = document.querySelector("[data-canvas]") ?? document.body;
            for (const kind of ["dragenter", "dragover", "drop"]) {
                const init = { bubbles: true, cancelable: true, dataTransfer: carried, clientX, clientY };
                target.dispatchEvent(new DragEvent(kind, init));
            }
        }""",
        [[[name, kind, list(content)] for name, kind, content in files], *DROPPED_AT],
    )


DROPPED_AT = (700, 600)


def as_json(name: str, content: object) -> tuple[str, str, bytes]:
    return name, "application/json", json.dumps(content).encode()


def save_as(page: Page, name: str, where: str | None = None) -> None:
    page.keyboard.press("Control+Shift+S")
    dialog = page.get_by_role("dialog", name="Save workflow as")
    dialog.get_by_label("Name").fill(name)
    if where is not None:
        dialog.get_by_role("combobox", name="Folder").click()
        page.get_by_role("option", name=where, exact=True).click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def second_window(editor: EditorPage, address: str = "") -> EditorPage:
    """Another window of the same browser."""
    other = EditorPage(editor.page.context.new_page(), editor.server)
    other.path = editor.path
    other.page.goto(editor.server.url + address)
    other.ready()
    return other


def open_panel(page: Page) -> Locator:
    page.get_by_role("button", name="Workflows", exact=True).click()
    return page.get_by_role("complementary", name="Workflows")


def choose(panel: Locator, name: str, action: str) -> None:
    """From the menu of a file or folder."""
    panel.get_by_text(name, exact=True).hover()
    panel.get_by_role("button", name=f"Actions for {name}", exact=True).click()
    menu = panel.page.get_by_role("menu", name=f"Actions for {name}", exact=True)
    menu.get_by_role("menuitem", name=action).click()
    expect(menu).to_be_hidden()


# ---- tabs ----


def test_the_page_begins_with_the_first_example(page: Page, server: Server) -> None:
    editor = EditorPage(page, server)
    page.goto(server.url)
    editor.ready()
    expect(tab(page, "Text to image")).to_have_attribute("aria-current", "page")
    expect(editor.node("KSampler")).to_be_visible()
    expect(unsaved(page, "Text to image")).to_have_count(0)


def test_several_workflows_are_open_in_tabs(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small("First node"), "tabs/first.json")
    drop(page, as_json("second.json", small("Second node")))
    expect(editor.node("Second node")).to_be_visible()
    page.get_by_role("button", name="New workflow").click()
    expect(tabs(page)).to_have_text(["first", "second", "Untitled"])

    tab(page, "first").click()
    expect(editor.node("First node")).to_be_visible()
    page.keyboard.press("Alt+PageDown")
    expect(editor.node("Second node")).to_be_visible()
    page.keyboard.press("Alt+PageUp")
    expect(tab(page, "first")).to_have_attribute("aria-current", "page")

    source, target = box(tab(page, "first")), box(tab(page, "Untitled"))
    editor.drag((source["x"] + 20, source["y"] + 20), (target["x"] + target["width"] - 10, target["y"] + 20), steps=20)
    expect(tabs(page)).to_have_text(["second", "Untitled", "first"])
    tab(page, "second").click(button="middle")
    expect(tabs(page)).to_have_text(["Untitled", "first"])
    page.get_by_role("button", name="Close Untitled").click()
    expect(tabs(page)).to_have_text(["first"])
    page.get_by_role("button", name="Close first").click()
    expect(page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()


def test_a_tab_is_renamed_with_its_file(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "renamed/before.json")
    tab(page, "before").dblclick()
    page.get_by_role("textbox", name="New name").fill("after")
    page.keyboard.press("Enter")
    expect(tab(page, "after")).to_be_visible()
    assert not editor.file.exists()
    editor.path = "renamed/after.json"
    mute(editor)
    assert named(editor.saved(), "Kept")["mode"] == MUTED


def test_closing_asks_what_becomes_of_changes(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "closing/asked.json")
    mute(editor)
    expect(unsaved(page, "asked")).to_be_visible()
    dialog = page.get_by_role("dialog", name="Save changes before closing?")

    page.get_by_role("button", name="Close asked").click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(tab(page, "asked")).to_be_visible()

    page.keyboard.press("Alt+w")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()
    assert named(json.loads(editor.file.read_text()), "Kept")["mode"] == MUTED

    editor.open(small(), "closing/discarded.json")
    mute(editor)
    page.get_by_role("button", name="Close discarded").click()
    dialog.get_by_role("button", name="Discard changes").click()
    expect(tab(page, "discarded")).to_have_count(0)
    assert json.loads(editor.file.read_text()) == small()


# ---- nothing is lost ----


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


def test_a_closed_tab_of_the_browser_is_taken_up_again(editor: EditorPage) -> None:
    editor.open(small(), "closed/kept.json")
    mute(editor)
    expect(unsaved(editor.page, "kept")).to_be_visible()
    editor.page.close()  # at once: what was not kept yet is kept in leaving
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


# ---- files and folders ----


def test_save_as_asks_before_it_replaces(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small("Old"), "taken/name.json")
    page.get_by_role("button", name="New workflow").click()
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Save workflow as")
    dialog.get_by_label("Name").fill("taken/name")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("There is a file taken/name.json already.")
    assert json.loads(editor.file.read_text()) == small("Old")
    dialog.get_by_role("button", name="Replace it").click()
    expect(dialog).to_be_hidden()
    assert json.loads(editor.file.read_text())["nodes"] == []


def test_folders_files_and_what_is_deleted(editor: EditorPage) -> None:
    page, files = editor.page, folder(editor.server)
    editor.open(small(), "loose.json")
    panel = open_panel(page)
    panel.get_by_role("button", name="New folder").click()
    page.get_by_role("textbox", name="Name of the new folder").fill("drawer")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("drawer", exact=True)).to_be_visible()
    assert (files / "drawer").is_dir()

    panel.get_by_text("loose", exact=True).drag_to(panel.get_by_text("drawer", exact=True))
    expect(panel.get_by_text("loose", exact=True)).to_be_hidden()
    assert (files / "drawer" / "loose.json").is_file()
    editor.path = "drawer/loose.json"
    mute(editor)
    assert named(editor.saved(), "Kept")["mode"] == MUTED  # the tab followed

    panel.get_by_text("drawer", exact=True).click()
    choose(panel, "loose", "Rename")
    page.get_by_role("textbox", name="New name").fill("tidy")
    page.keyboard.press("Enter")
    expect(tab(page, "tidy")).to_be_visible()
    choose(panel, "tidy", "Duplicate")
    expect(panel.get_by_text("tidy (copy)", exact=True)).to_be_visible()
    assert (files / "drawer" / "tidy (copy).json").read_text() == (files / "drawer" / "tidy.json").read_text()

    choose(panel, "tidy (copy)", "Delete")
    copied = panel.get_by_role("button", name="Actions for tidy (copy)")
    expect(copied).to_have_count(0)
    assert not (files / "drawer" / "tidy (copy).json").exists()
    page.get_by_role("button", name="Undo").click()
    expect(copied).to_have_count(1)
    assert (files / "drawer" / "tidy (copy).json").is_file()

    choose(panel, "drawer", "Delete")
    expect(panel.get_by_text("drawer", exact=True)).to_be_hidden()
    assert not (files / "drawer").exists()
    panel.get_by_role("button", name=re.compile(r"Deleted \(\d+\)")).click()
    panel.get_by_role("button", name="Restore tidy", exact=True).click()
    expect(panel.get_by_text("drawer", exact=True)).to_be_visible()
    assert named(json.loads((files / "drawer" / "tidy.json").read_text()), "Kept")["mode"] == MUTED


def test_a_workflow_is_found_and_opened_by_name(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small("Deep node"), "far/away/lighthouse.json")
    page.get_by_role("button", name="Close lighthouse").click()
    page.keyboard.press("Control+o")
    page.get_by_role("textbox", name="Search your workflows").fill("lghthouse")
    page.keyboard.press("Enter")
    expect(editor.node("Deep node")).to_be_visible()


def test_the_gallery_shows_what_the_examples_paint(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "gallery.json")
    gallery = open_panel(page).get_by_role("list", name="Examples")
    expect(gallery.get_by_role("listitem")).to_have_count(len(list(EXAMPLES.glob("*.json"))))
    picture = gallery.locator("img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    gallery.get_by_role("button", name="Inpainting").click()
    expect(tab(page, "Inpainting")).to_have_attribute("aria-current", "page")


# ---- opening and giving out ----


def picture(kind: str, **carried: object) -> bytes:
    """A picture that carries texts as the server's own do."""
    made, buffer = Image.new("RGB", (8, 8)), io.BytesIO()
    if kind == "PNG":
        info = PngInfo()
        for key, value in carried.items():
            info.add_text(key, json.dumps(value))
        made.save(buffer, kind, pnginfo=info)
    else:
        exif = Image.Exif()
        for tag, (key, value) in zip((0x0110, 0x010F), carried.items(), strict=False):
            exif[tag] = f"{key}:{json.dumps(value)}"
        made.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def latent(**carried: object) -> bytes:
    """A latent as Save Latent writes it."""
    return encode_latent(torch.zeros(1, 4, 8, 8), text={key: json.dumps(value) for key, value in carried.items()})


def plain(kind: str) -> bytes:
    """A picture that carries nothing."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, kind.upper())
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("old.json", "application/json", lambda: json.dumps(small("Dropped")).encode()),
        ("new.json", "application/json", lambda: json.dumps(newer("Dropped")).encode()),
        ("made.png", "image/png", lambda: picture("PNG", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.webp", "image/webp", lambda: picture("WEBP", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.jpg", "image/jpeg", lambda: picture("JPEG", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.avif", "image/avif", lambda: picture("AVIF", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.latent", "", lambda: latent(prompt=text_to_image(seed=1), workflow=small("Dropped"))),
    ],
)
def test_a_dropped_file_opens(editor: EditorPage, name: str, kind: str, content: Callable[[], bytes]) -> None:
    editor.open(small(), "beside.json")
    drop(editor.page, (name, kind, content()))
    expect(editor.node("Dropped")).to_be_visible()
    title = Path(name).stem
    expect(tab(editor.page, title)).to_have_attribute("aria-current", "page")
    save_as(editor.page, f"dropped/{name}".replace(".", "-"))
    saved = json.loads((folder(editor.server) / f"dropped/{name}".replace(".", "-")).with_suffix(".json").read_text())
    assert named(saved, "Dropped")["size"] == [310, 106.25]


@pytest.mark.parametrize("carrier", ["json", "png", "webp"])
def test_a_dropped_prompt_is_laid_out(editor: EditorPage, carrier: str) -> None:
    prompt = text_to_image(seed=2**64 - 1)
    editor.open(small(), "beside.json")
    content = json.dumps(prompt).encode() if carrier == "json" else picture(carrier.upper(), prompt=prompt)
    drop(editor.page, (f"prompt.{carrier}", f"image/{carrier}", content))
    for title in (made["_meta"]["title"] for made in prompt.values()):
        expect(editor.node(title)).to_be_in_viewport(ratio=0.99)
    save_as(editor.page, f"laid-out-{carrier}")
    text = (folder(editor.server) / f"laid-out-{carrier}.json").read_text()
    saved = json.loads(text)
    assert len({tuple(node["pos"]) for node in saved["nodes"]}) == len(prompt)
    assert str(2**64 - 1) in text
    first, last = named(saved, "Checkpoint"), named(saved, "Save")
    assert first["pos"][0] < last["pos"][0]


def test_several_dropped_files_open_in_tabs_and_others_are_explained(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "several.json")
    drop(
        page,
        as_json("a.json", small("A")),
        ("photo.png", "image/png", picture("PNG")),
        ("words.txt", "text/plain", b"a lighthouse"),
        ("bare.latent", "", encode_latent(torch.zeros(1, 4, 8, 8))),
        as_json("b.json", newer("B")),
    )
    expect(tabs(page)).to_have_text(["several", "a", "b"])
    expect(page.get_by_text("photo.png could not be opened")).to_be_visible()
    expect(page.get_by_text("The picture carries no workflow")).to_be_visible()
    expect(page.get_by_text("words.txt could not be opened")).to_be_visible()
    expect(page.get_by_text("It holds tensors and carries no workflow")).to_be_visible()


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_a_dropped_picture_without_a_workflow_is_loaded_where_it_was_dropped(editor: EditorPage, kind: str) -> None:
    page = editor.page
    editor.open(small(), f"pictured-{kind}.json")
    drop(page, (f"photo-{kind}.{kind}", f"image/{kind}", plain(kind)))
    page.get_by_role("button", name="Load it as an image").click()
    expect(editor.node("Load Image")).to_be_visible()
    expect(page.get_by_text("could not be opened")).to_have_count(0)
    frame, (x, y) = box(editor.node("Load Image")), DROPPED_AT
    assert frame["x"] == pytest.approx(x, abs=2)
    assert frame["y"] <= y <= frame["y"] + TITLE_HEIGHT
    assert named(editor.saved(), "LoadImage")["widgets_values"][0] == f"photo-{kind}.{kind}"
    assert (editor.server.home / "input" / f"photo-{kind}.{kind}").read_bytes() == plain(kind)
    page.keyboard.press("Control+z")
    expect(editor.node("Load Image")).to_have_count(0)


def test_a_picture_without_a_workflow_is_loaded_into_a_new_one_where_none_is_open(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "closed.json")
    page.keyboard.press("Alt+w")
    expect(page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()
    drop(page, ("alone.png", "image/png", plain("png")))
    page.get_by_role("button", name="Load it as an image").click()
    expect(editor.node("Load Image")).to_be_in_viewport()
    expect(tabs(page)).to_have_text(["Untitled"])
    save_as(page, "alone")
    saved = json.loads((folder(editor.server) / "alone.json").read_text())
    assert named(saved, "LoadImage")["widgets_values"][0] == "alone.png"


def templates() -> Path:
    found = find_spec("comfyui_workflow_templates_json")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "templates"


SAMPLES = [
    "flux_schnell.json",
    "basic_mask_operations_and_compositing.json",
    "image_anima_base_v1.json",
    "video_wan2_2_14B_t2v.json",
    "3d_hunyuan3d-v2.1.json",
]


@pytest.mark.parametrize("name", SAMPLES)
def test_opening_and_saving_an_official_file_changes_no_byte(editor: EditorPage, name: str) -> None:
    content = (templates() / name).read_bytes()
    editor.open(small(), "beside.json")
    drop(editor.page, (name, "application/json", content))
    expect(tab(editor.page, Path(name).stem)).to_have_attribute("aria-current", "page")
    save_as(editor.page, f"official/{Path(name).stem}")
    assert (folder(editor.server) / "official" / name).read_bytes() == content


def test_both_formats_are_given_out(editor: EditorPage) -> None:
    page = editor.page
    editor.open(EXAMPLE, "given/out.json")
    exported: dict[str, Any] = {}
    for action in ("Export workflow", "Export in API format"):
        tab(page, "out").click(button="right")
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=action).click()
        exported[download.value.suggested_filename] = Path(download.value.path()).read_text(encoding="utf-8")
    assert set(exported) == {"out.json", "out.api.json"}
    assert exported["out.json"] == EXAMPLE
    prompt = json.loads(exported["out.api.json"])
    assert "KSampler" in {node["class_type"] for node in prompt.values()}


def test_a_pasted_text_opens(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "pasted-into.json")
    page.keyboard.press("Control+o")
    search = page.get_by_role("textbox", name="Search your workflows")
    search.evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        json.dumps(small("Pasted")),
    )
    expect(editor.node("Pasted")).to_be_visible()


def test_what_is_missing_is_reported_and_the_rest_is_whole(editor: EditorPage) -> None:
    page = editor.page
    workflow = json.loads(EXAMPLE)
    loader = next(node for node in workflow["nodes"] if node["type"] == "CheckpointLoaderSimple")
    loader["widgets_values"] = ["absent.safetensors"]
    model = {"name": "absent.safetensors", "url": "https://example.com/absent.safetensors", "directory": "checkpoints"}
    loader["properties"]["models"] = [model]
    stranger = small("Stranger")["nodes"][0]
    stranger |= {"id": 900, "type": "PackNode", "title": "Stranger", "pos": [0, -400]}
    stranger["properties"] = {"cnr_id": "some-pack"}
    workflow["nodes"].append(stranger)
    text = json.dumps(workflow)

    editor.open(text, "missing.json")
    page.get_by_role("button", name="What to do").click()
    report = page.get_by_role("dialog", name="What this workflow lacks")
    expect(report).to_contain_text("PackNode")
    expect(report.get_by_role("link", name="About some-pack")).to_be_visible()
    expect(report).to_contain_text("nodegraph models add https://example.com/absent.safetensors")
    report.get_by_role("button", name="Show Stranger").click()
    expect(report).to_be_hidden()
    expect(editor.node("Stranger")).to_be_visible()
    editor.saved()
    assert editor.file.read_text() == text
