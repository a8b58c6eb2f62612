"""What a test does with workflows as files: on the page as a person does, and in the folder of the user."""

import json
import re
from pathlib import Path

from editor_page import Canvas, EditorPage
from page_server import Server
from playwright.sync_api import Locator, Page, expect

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
