"""What nodes show of what they made, in words and in pictures, on the nodes themselves."""

import io
import json
from typing import Any

import pytest
from editor_page import EditorPage, box, named
from graphs import flow, node
from page_server import Workflow
from PIL import Image
from playwright.sync_api import Locator, expect
from running import eventually, fit, queue_button, run_once

pytestmark = pytest.mark.usefixtures("idle_after")

JSON = '{"seed": 7, "words": ["a", "lighthouse"]}'


def shown(kind: str, title: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}


def opened(editor: EditorPage, name: str, **nodes: dict[str, Any]) -> None:
    workflow: Workflow = nodes
    editor.open(json.dumps(workflow), name)
    fit(editor)


RED, BLUE = (1, 0, 0), (0, 0, 1)


def sides(compared: Locator) -> list[tuple[int, ...]]:
    """What is seen left and right of the divider."""
    with Image.open(io.BytesIO(compared.screenshot())) as seen:
        picture = seen.convert("RGB")
    spots = [(picture.width * quarter // 4, picture.height // 2) for quarter in (1, 3)]
    return [tuple(round(level / 255) for level in picture.getpixel(spot)) for spot in spots]  # type: ignore[union-attr]


def said(editor: EditorPage, title: str) -> Locator:
    return editor.node(title).get_by_role("textbox", name="What the node says")


def test_a_text_that_was_made_stands_on_its_node(editor: EditorPage) -> None:
    page = editor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = "\n".join(f"line {number}" for number in range(60))
    opened(
        editor,
        "outputs/words.json",
        words=shown("PrimitiveStringMultiline", "Words", value=text),
        show=shown("PreviewAny", "Shown", source=["words", 0]),
        columns=shown("PrimitiveStringMultiline", "Columns", value=JSON),
        json=shown("PreviewAny", "As JSON", source=["columns", 0]),
    )
    run_once(editor)
    expect(said(editor, "Shown")).to_have_value(text)
    expect(said(editor, "As JSON")).to_have_value(JSON)
    assert "mono" in said(editor, "As JSON").evaluate("field => getComputedStyle(field).fontFamily")
    assert "mono" not in said(editor, "Shown").evaluate("field => getComputedStyle(field).fontFamily")

    frame = box(said(editor, "Shown"))
    editor.click((frame["x"] + 40, frame["y"] + 20))
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => document.activeElement.scrollTop > 0")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    eventually(lambda: page.evaluate("navigator.clipboard.readText()"), text)
    page.keyboard.press("Escape")
    editor.node("As JSON").get_by_role("button", name="Copy the text").click()
    eventually(lambda: page.evaluate("navigator.clipboard.readText()"), JSON)

    page.reload()
    editor.ready()
    expect(said(editor, "Shown")).to_have_value(text)


def test_what_a_node_tells_while_it_runs_stands_on_it(editor: EditorPage) -> None:
    opened(
        editor,
        "outputs/told.json",
        picture=shown("EmptyImage", "Picture", width=48, height=32, batch_size=1, color=0),
        size=shown("GetImageSize", "Size", image=["picture", 0]),
        show=shown("PreviewAny", "Width", source=["size", 0]),
    )
    run_once(editor)
    expect(said(editor, "Size")).to_have_value("48 x 32")
    expect(said(editor, "Width")).to_have_value("48")


def test_two_pictures_are_compared_on_their_node(editor: EditorPage) -> None:
    page = editor.page
    size = {"width": 64, "height": 64, "batch_size": 1}
    opened(
        editor,
        "outputs/compared.json",
        red=shown("EmptyImage", "Red", **size, color=0xFF0000),
        blue=shown("EmptyImage", "Blue", **size, color=0x0000FF),
        both=shown("ImageCompare", "Both", image_a=["red", 0], image_b=["blue", 0]),
    )
    queue_button(page).click()
    divider = editor.node("Both").get_by_role("slider", name="Divider between pictures A and B")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    expect(editor.node("Both").locator("[data-socket]")).to_have_count(2)
    fit(editor)
    compared = editor.node("Both").locator("[data-compare]")
    eventually(lambda: sides(compared), [RED, BLUE])
    frame = box(compared)
    middle = frame["y"] + frame["height"] / 2
    page.mouse.move(frame["x"] + frame["width"] * 0.5, middle)
    page.mouse.move(frame["x"] + frame["width"] * 0.25, middle, steps=4)
    expect(divider).to_have_attribute("aria-valuenow", "25")
    page.mouse.move(*editor.empty())
    place = box(editor.node("Both"))
    divider.focus()
    page.keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "30")
    assert box(editor.node("Both")) == place

    page.mouse.dblclick(frame["x"] + frame["width"] * 0.75, middle)
    viewer = page.get_by_role("dialog", name="Pictures")
    expect(viewer.get_by_role("slider")).to_be_visible()
    expect(viewer.get_by_role("button", name="Compare two pictures")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()

    page.reload()
    editor.ready()
    expect(divider).to_be_visible()

    said_of_it = str(editor.node("Both").get_by_alt_text("A: the picture").get_attribute("alt"))
    name = said_of_it.removeprefix("A: the picture ")
    (cleaned_away,) = editor.server.home.rglob(name)
    cleaned_away.unlink()
    page.reload()
    editor.ready()
    expect(editor.node("Both").get_by_text(f"{name} is not there")).to_be_visible()
    expect(editor.node("Both").get_by_role("button", name="Show")).to_have_count(1)
    expect(divider).to_have_count(0)


def test_a_choice_is_made_among_options_that_are_typed(editor: EditorPage) -> None:
    page = editor.page
    combo = node(1, "CustomCombo", (0, 0), title="Quality or speed", outputs="STRING:STRING INDEX:INT")
    chosen = node(2, "PreviewAny", (320, 0), title="Chosen", inputs="source:*")
    place = node(3, "PreviewAny", (320, 240), title="Place", inputs="source:*")
    links = ((1, 1, 0, 2, 0, "STRING"), (2, 1, 1, 3, 0, "INT"))
    editor.open(flow(combo, chosen, place, links=links), "outputs/options.json")
    written = editor.node("Quality or speed")
    for number, option in enumerate(("Quality", "Turbo"), start=1):
        written.locator(f'[data-name="option{number}"] [data-widget]').dblclick()
        page.keyboard.type(option)
        page.keyboard.press("Enter")
    choice = written.get_by_role("combobox", name="choice")
    expect(choice).to_have_accessible_name("choice: Quality")
    choice.click()
    page.get_by_role("option", name="Turbo").click()
    expect(choice).to_have_accessible_name("choice: Turbo")
    assert named(editor.saved(), "Quality or speed")["widgets_values"][:4] == ["Turbo", 1, "Quality", "Turbo"]
    run_once(editor)
    expect(said(editor, "Chosen")).to_have_value("Turbo")
    expect(said(editor, "Place")).to_have_value("1")
