"""Names that are HTML, of whatever has a name, are shown as the text that they are (CVE-2018-19352).

The page's policy would keep their scripts from running, so these tests ask for more: no element comes out of a name.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from editor_page import EditorPage
from page_server import CHECKPOINT, Server, text_to_image
from playwright.sync_api import Dialog, Page, expect
from running import ask, panel, queue_button
from support import tiny_checkpoint

EVIL = "<img src=x onerror=alert(1)><blink>"
"""Good for a file's name too."""

PACK = f"""
from nodegraph.packs.declare import node


@node("TestEvil", category="{EVIL}", display_name="{EVIL} class", aliases=("{EVIL}",))
def evil(*, text: str = "{EVIL}") -> str:
    \"\"\"{EVIL} description.\"\"\"
    raise ValueError("{EVIL} failed")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose pack, model and folders have such names."""
    server = Server(tmp_path_factory.mktemp("home"))
    checkpoints = server.home / "models/checkpoints"
    tiny_checkpoint.write(checkpoints / CHECKPOINT)
    (checkpoints / f"{EVIL}.safetensors").symlink_to(CHECKPOINT)
    packs = server.home / "custom_nodes"
    packs.mkdir()
    (packs / "evil_pack.py").write_text(PACK)
    (server.home / "user/default/workflows" / f"{EVIL} folder").mkdir(parents=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A test fails if a dialog opens, or if anything was asked for that a name made."""
    wrong: list[str] = []

    def hear(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    page.on("request", lambda request: wrong.append(request.url) if request.url.endswith("/x") else None)
    yield page
    assert wrong == []


def inert(page: Page, *, times: int = 1) -> None:
    """The name is to be read at least so often, and nothing came out of it."""
    expect(page.get_by_text("<img src=x onerror").nth(times - 1)).to_be_attached()
    assert page.locator('img[src="x"], blink, [onerror]').count() == 0


def hostile(**changes: Any) -> str:
    """A canvas workflow of which everything that has a name is called so."""
    nodes = text_to_image(seed=501)
    for node in nodes.values():
        node["_meta"]["title"] = f"{EVIL} {node['class_type']}"
    nodes["7"]["inputs"]["filename_prefix"] = f"{EVIL} picture"
    nodes["1"]["inputs"]["ckpt_name"] = f"{EVIL}.safetensors"
    for id, inputs in changes.items():
        nodes[id.removeprefix("n")]["inputs"].update(inputs)
    return json.dumps(nodes)


def opened(editor: EditorPage, content: str) -> Page:
    editor.open(content, f"{EVIL}.json")
    expect(editor.page.locator("[data-node]").first).to_be_visible()
    return editor.page


def test_cve_2018_19352_names_in_what_the_page_lists_and_finds(editor: EditorPage) -> None:
    page = opened(editor, hostile())
    inert(page, times=8)
    expect(panel(page, "Workflows").get_by_text(f"{EVIL} folder")).to_be_visible()
    inert(page, times=9)
    expect(panel(page, "Nodes").get_by_role("treeitem").filter(has_text="<img").first).to_be_visible()
    inert(page)

    editor.canvas.press("Control+f")
    page.keyboard.type("<img")
    expect(page.get_by_role("search").get_by_role("status")).to_contain_text(" of ")
    inert(page)
    page.keyboard.press("Escape")

    editor.canvas.press("a")
    page.get_by_role("combobox", name="Add a node").fill("evil")
    expect(page.get_by_role("option").first).to_contain_text(f"{EVIL} class")
    inert(page)
    page.keyboard.press("Escape")

    editor.widget(f"{EVIL} CheckpointLoaderSimple", "ckpt_name").click()
    expect(page.get_by_role("option", name=EVIL).first).to_be_visible()
    inert(page)
    page.keyboard.press("Escape")

    editor.canvas.press("Control+o")
    page.get_by_role("textbox", name="Search your workflows").fill("<img")
    expect(page.get_by_role("dialog").get_by_text("<img").first).to_be_visible()
    inert(page)
    page.keyboard.press("Escape")


def test_names_in_what_a_workflow_lacks(editor: EditorPage) -> None:
    page = opened(editor, hostile(n1={"ckpt_name": f"{EVIL} none.safetensors"}))
    page.get_by_role("button", name="What to do").click()
    expect(page.get_by_role("dialog", name="What this workflow lacks")).to_contain_text(EVIL)
    inert(page)


def test_names_in_the_queue_and_the_history_and_over_a_picture(editor: EditorPage) -> None:
    page = opened(editor, hostile())
    ask(editor.server, "queue/pause", "POST")
    queue_button(page).click()
    expect(panel(page, "Queue").get_by_role("button", name="Move <img").first).to_be_visible()
    inert(page)
    ask(editor.server, "queue/resume", "POST")
    panel(page, "History").get_by_role("button", name="Show <img").first.click()
    expect(page.get_by_role("dialog").get_by_text("<img").first).to_be_visible()
    inert(page, times=2)


def test_names_in_what_went_wrong(editor: EditorPage) -> None:
    evil = {"class_type": "TestEvil", "inputs": {"text": EVIL}, "_meta": {"title": f"{EVIL} node"}}
    page = opened(editor, json.dumps({**json.loads(hostile(n2={"text": ["8", 0]})), "8": evil}))
    queue_button(page).click()
    expect(page.get_by_text(f"{EVIL} failed").first).to_be_visible()
    inert(page)
