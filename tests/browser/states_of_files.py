"""States in which the page says or asks something of files."""

import json
from collections.abc import Callable

from editor_page import EditorPage, named
from playwright.sync_api import Page, expect
from states_of_page import EXAMPLE, example, tab


def changed(editor: EditorPage) -> Page:
    """The example, one node of it muted."""
    page = example(editor)
    editor.click(editor.title("KSampler"))
    page.keyboard.press("Control+m")
    expect(page.get_by_role("img", name="not saved")).to_be_visible()
    return page


def open_workflow(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+o")
    expect(page.get_by_role("textbox", name="Search your workflows")).to_be_visible()


def save_as(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+Shift+s")
    expect(page.get_by_role("dialog", name="Save workflow as")).to_be_visible()


def name_taken(editor: EditorPage) -> None:
    page = example(editor)
    editor.file.with_name("taken.json").write_text(EXAMPLE, encoding="utf-8")
    page.keyboard.press("Control+Shift+s")
    page.get_by_role("dialog").get_by_label("Name").fill("taken")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Replace it")).to_be_visible()


def closing(editor: EditorPage) -> None:
    page = changed(editor)
    page.get_by_role("button", name="Close flow").click()
    expect(page.get_by_role("dialog", name="Save changes before closing?")).to_be_visible()


def closing_several(editor: EditorPage) -> None:
    page = changed(editor)
    page.get_by_role("button", name="New workflow").click()
    page.keyboard.press("a")
    page.keyboard.type("vae encode")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="New workflow").click()
    tab(page, "Untitled 2").click(button="right")
    page.get_by_role("menuitem", name="Close others").click()
    expect(page.get_by_role("dialog", name="Save changes before closing?").get_by_role("listitem")).to_have_count(2)


def conflict(editor: EditorPage) -> None:
    page = changed(editor)
    editor.file.write_text(EXAMPLE + "\n", encoding="utf-8")  # by another program
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog", name="This file was changed elsewhere")).to_be_visible()


def conflict_gone(editor: EditorPage) -> None:
    page = changed(editor)
    editor.file.unlink()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog", name="This file was changed elsewhere")).to_be_visible()


def versions(editor: EditorPage) -> None:
    page = changed(editor)
    editor.saved()
    tab(page).click(button="right")
    page.get_by_role("menuitem", name="Former versions").click()
    expect(page.get_by_role("button", name="Restore the version of").first).to_be_visible()


def banner_of_files(editor: EditorPage) -> None:
    example(editor)
    other = editor.page.context.new_page()
    other.goto(f"{editor.server.url}?open={editor.path}")
    expect(editor.page.get_by_role("alert").filter(has_text="open in another window")).to_be_visible()


def welcome(editor: EditorPage) -> None:
    page = example(editor)
    page.get_by_role("button", name="Close flow").click()
    expect(page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()


def what_is_missing(editor: EditorPage) -> None:
    workflow = json.loads(EXAMPLE)
    loader = named(workflow, "CheckpointLoaderSimple")
    loader["widgets_values"] = ["absent.safetensors"]
    model = {"name": "absent.safetensors", "url": "https://example.com/absent.safetensors", "directory": "checkpoints"}
    loader["properties"]["models"] = [model]
    named(workflow, "KSampler")["widgets_values"][4] = "no_such_sampler"
    stranger = {
        **loader,
        "id": 900,
        "type": "PackNode",
        "title": "Stranger",
        "pos": [0, -400],
        "outputs": [{"name": "MADE", "type": "IMAGE", "links": []}],
    }
    workflow["nodes"].append(stranger | {"properties": {"cnr_id": "some-pack"}, "widgets_values": []})
    editor.open(json.dumps(workflow), "missing.json")
    expect(editor.page.get_by_role("button", name="What to do")).to_be_visible()


def report_of_what_is_missing(editor: EditorPage) -> None:
    what_is_missing(editor)
    editor.page.get_by_role("button", name="What to do").click()
    expect(editor.page.get_by_role("dialog", name="What this workflow lacks")).to_contain_text("PackNode")


STATES: dict[str, Callable[[EditorPage], None]] = {
    "open workflow": open_workflow,
    "save as": save_as,
    "save as, name taken": name_taken,
    "closing one that is not saved": closing,
    "closing several that are not saved": closing_several,
    "conflict": conflict,
    "conflict, the file is gone": conflict_gone,
    "former versions": versions,
    "a banner of files": banner_of_files,
    "no workflow open": welcome,
    "what is missing": what_is_missing,
    "the report of what is missing": report_of_what_is_missing,
}
