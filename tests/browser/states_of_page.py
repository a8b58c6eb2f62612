"""States of the page that keys and menus bring about, each by what a person would call it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from editor_page import EditorPage, box, named
from graphs import with_subgraph
from playwright.sync_api import Locator, Page, expect
from running import ask, opened, panel

EXAMPLE = (Path(__file__).parents[2] / "workflows" / "text-to-image.json").read_text(encoding="utf-8")


def example(editor: EditorPage) -> Page:
    editor.open(EXAMPLE)
    expect(editor.node("KSampler")).to_be_visible()
    return editor.page


def tab(page: Page, title: str = "flow") -> Locator:
    pattern = re.compile(rf"^{title}( not saved)?$")
    return page.get_by_role("navigation", name="Open workflows").get_by_role("button", name=pattern)


# ---- the page at rest, and what keys open over it ----


def at_rest(editor: EditorPage) -> None:
    example(editor)


def all_selected(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+a")
    expect(page.locator("[data-selected]").first).to_be_visible()


def main_menu(editor: EditorPage) -> None:
    page = example(editor)
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="Edit").hover()
    expect(page.get_by_role("menuitem", name="Undo")).to_be_visible()


def language_menu(editor: EditorPage) -> None:
    page = example(editor)
    page.get_by_role("button", name="Language").click()
    expect(page.get_by_role("menuitemradio", name="English")).to_be_visible()


def server_state(editor: EditorPage) -> None:
    page = example(editor)
    page.get_by_role("button", name="Server: ").click()
    expect(page.get_by_text("Runs on CPU")).to_be_visible()


def command_palette(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()


def command_palette_searching(editor: EditorPage) -> None:
    command_palette(editor)
    editor.page.keyboard.type("col")
    expect(editor.page.get_by_role("option", name="Colour").first).to_be_visible()


def shortcut_sheet(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def settings(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+,")
    expect(page.get_by_role("dialog", name="Settings").get_by_role("switch").first).to_be_visible()


def adding_a_node(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("a")
    page.get_by_role("combobox", name="Add a node").fill("lat")
    expect(page.get_by_role("option", name="Empty Latent Image").first).to_be_visible()


def find_in_graph(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+f")
    page.keyboard.type("prompt")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text(re.compile(r"1 of \d"))


# ---- menus ----


def menu_of_a_node(editor: EditorPage) -> None:
    page = example(editor)
    editor.click(editor.title("KSampler"), button="right")
    page.get_by_role("menuitem", name="Colour").hover()
    expect(page.get_by_role("menuitem", name="Colour: green")).to_be_visible()


def menu_of_the_canvas(editor: EditorPage) -> None:
    page = example(editor)
    editor.click(editor.empty(), button="right")
    expect(page.get_by_role("menuitem", name="Arrange all")).to_be_visible()


def menu_of_a_link(editor: EditorPage) -> None:
    opened(editor, seed=203)
    start, end = editor.socket("Sampler", "outputs", "LATENT"), editor.socket("Decode", "inputs", "samples")
    editor.click(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), button="right")
    expect(editor.page.get_by_role("menuitem", name="Delete the link")).to_be_visible()


def menu_of_a_frame(editor: EditorPage) -> None:
    page = example(editor)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+g")
    page.keyboard.press(".")
    page.wait_for_timeout(400)
    (group,) = editor.saved()["groups"]
    frame = box(editor.node("Load Checkpoint"))
    loader = named(json.loads(EXAMPLE), "CheckpointLoaderSimple")
    scale = frame["width"] / loader["size"][0]
    x, y = (place - at for place, at in zip(group["bounding"], loader["pos"], strict=False))
    editor.click((frame["x"] + (x + 40) * scale, frame["y"] + (y + 40) * scale), button="right")
    expect(page.get_by_role("menuitem", name="Select what lies in it")).to_be_visible()


def menu_of_a_tab(editor: EditorPage) -> None:
    page = example(editor)
    tab(page).click(button="right")
    expect(page.get_by_role("menuitem", name="Former versions")).to_be_visible()


def ways_to_queue(editor: EditorPage) -> None:
    page = example(editor)
    page.get_by_role("button", name="More ways to queue").click()
    expect(page.get_by_label("Runs at once")).to_be_visible()


def menu_of_a_seed(editor: EditorPage) -> None:
    opened(editor, seed=204)
    editor.widget("Sampler", "seed").get_by_role("button", name="after each run").click()
    expect(editor.page.get_by_role("menuitem", name="Randomize")).to_be_visible()


def choices_of_a_combo(editor: EditorPage) -> None:
    opened(editor, seed=205)
    editor.widget("Sampler", "sampler_name").click()
    expect(editor.page.get_by_role("option", name="heun", exact=True)).to_be_visible()


# ---- subgraphs and notes ----


def in_a_subgraph(editor: EditorPage) -> None:
    editor.open(with_subgraph())
    editor.node("Inside out").get_by_role("button", name="Open the subgraph").click()
    expect(editor.node("Latent")).to_be_visible()
    expect(editor.page.get_by_role("navigation", name="Where in the subgraphs")).to_be_visible()


def what_a_class_is_for(editor: EditorPage) -> None:
    page = example(editor)
    editor.click(editor.title("KSampler"), button="right")
    page.get_by_role("menuitem", name="About this node").click()
    expect(page.get_by_role("dialog", name="About this node")).to_contain_text("latent_image")


# ---- panels ----


def nodes_panel(editor: EditorPage) -> None:
    example(editor)
    tree = panel(editor.page, "Nodes").get_by_role("treeitem", name="latent", exact=True)
    tree.click()
    expect(tree).to_have_attribute("aria-expanded", "true")


def workflows_panel(editor: EditorPage) -> None:
    example(editor)
    expect(panel(editor.page, "Workflows").get_by_role("list", name="Examples")).to_be_visible()


def menu_of_a_file(editor: EditorPage) -> None:
    example(editor)
    panel(editor.page, "Workflows").get_by_role("button", name="Actions for flow").first.click()
    expect(editor.page.get_by_role("menuitem", name="Duplicate")).to_be_visible()


def empty_queue(editor: EditorPage) -> None:
    ask(editor.server, "queue/clear", "POST")
    example(editor)
    expect(panel(editor.page, "Queue").get_by_text("Nothing runs and nothing waits.")).to_be_visible()


STATES: dict[str, Callable[[EditorPage], None]] = {
    "the page at rest": at_rest,
    "all selected": all_selected,
    "main menu": main_menu,
    "language menu": language_menu,
    "the server's state": server_state,
    "command palette": command_palette,
    "command palette, searching": command_palette_searching,
    "shortcut sheet": shortcut_sheet,
    "settings": settings,
    "adding a node": adding_a_node,
    "find in graph": find_in_graph,
    "menu of a node": menu_of_a_node,
    "menu of the canvas": menu_of_the_canvas,
    "menu of a link": menu_of_a_link,
    "menu of a frame": menu_of_a_frame,
    "menu of a tab": menu_of_a_tab,
    "ways to queue": ways_to_queue,
    "menu of a seed": menu_of_a_seed,
    "choices of a combo": choices_of_a_combo,
    "in a subgraph": in_a_subgraph,
    "what a class is for": what_a_class_is_for,
    "nodes panel": nodes_panel,
    "workflows panel": workflows_panel,
    "workflows panel, menu of a file": menu_of_a_file,
    "queue panel, nothing in it": empty_queue,
}
