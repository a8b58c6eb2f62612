"""Workflows in tabs, files and folders, by pointer and keyboard."""

import json
import re

from editor_page import EditorPage, box, named
from page_server import Server
from playwright.sync_api import Page, expect
from workflow_files import (
    EXAMPLES,
    MUTED,
    as_json,
    choose,
    drop,
    folder,
    mute,
    open_panel,
    small,
    tab,
    tabs,
    unsaved,
)

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
