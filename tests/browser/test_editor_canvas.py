"""How a workflow is drawn and looked at: by pointer and keyboard alone, in a real browser against a real server."""

import io
import json
from typing import Any

import pytest
from editor_page import Canvas, EditorPage, Spot, box
from page_server import Server
from PIL import Image
from playwright.sync_api import Locator, Page, expect

DEFINITION = "5f0c7a2b-0000-4000-8000-000000000002"


def node(number: int, kind: str, at: tuple[int, int], size: tuple[int, int], **rest: Any) -> Canvas:
    return {
        "id": number,
        "type": kind,
        "pos": list(at),
        "size": list(size),
        "flags": {},
        "order": number,
        "mode": 0,
        "inputs": [],
        "outputs": [],
        "properties": {},
        "widgets_values": [],
        **rest,
    }


def latent(number: int, at: tuple[int, int], title: str, **rest: Any) -> Canvas:
    output = {"name": "LATENT", "type": "LATENT", "links": []}
    values = [64, 64, 1]
    return node(
        number, "EmptyLatentImage", at, (300, 106), title=title, outputs=[output], widgets_values=values, **rest
    )


def flow(*nodes: Canvas, **rest: Any) -> Canvas:
    return {
        "last_node_id": 100,
        "last_link_id": 100,
        "nodes": list(nodes),
        "links": [],
        "groups": [],
        "config": {},
        "extra": {},
        "version": 0.4,
        **rest,
    }


def with_subgraph() -> Canvas:
    inner = latent(1, (200, 0), "Within")
    definition = {
        "id": DEFINITION,
        "version": 1,
        "revision": 0,
        "name": "Maker",
        "config": {},
        "state": {"lastGroupId": 0, "lastNodeId": 1, "lastLinkId": 1, "lastRerouteId": 0},
        "inputNode": {"id": -10, "bounding": [0, 0, 120, 40]},
        "outputNode": {"id": -20, "bounding": [600, 0, 120, 60]},
        "inputs": [],
        "outputs": [{"id": "o", "name": "LATENT", "type": "LATENT", "linkIds": [1]}],
        "widgets": [],
        "nodes": [inner],
        "groups": [],
        "links": [
            {"id": 1, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "LATENT"},
        ],
    }
    instance = node(2, DEFINITION, (0, 0), (210, 60), title="Instance")
    return flow(instance, definitions={"subgraphs": [definition]})


def button(editor: EditorPage, name: str) -> Locator:
    return editor.page.get_by_role("group", name="Zoom").get_by_role("button", name=name)


def scale(editor: EditorPage) -> int:
    """In percent, as the button between those that zoom says it."""
    return int(button(editor, "Full size").inner_text().removesuffix(" %"))


def in_view(editor: EditorPage, found: Locator) -> bool:
    frame, canvas = box(found), box(editor.canvas)
    return (
        canvas["x"] <= frame["x"]
        and frame["x"] + frame["width"] <= canvas["x"] + canvas["width"]
        and canvas["y"] <= frame["y"]
        and frame["y"] + frame["height"] <= canvas["y"] + canvas["height"]
    )


def colours(editor: EditorPage, spot: Spot, reach: int = 6) -> set[Any]:
    """What is on the screen around a place."""
    x, y = spot
    clip = {"x": x - reach, "y": y - reach, "width": 2 * reach, "height": 2 * reach}
    picture = Image.open(io.BytesIO(editor.page.screenshot(clip=clip)))  # type: ignore[arg-type]
    return set(picture.convert("RGB").get_flattened_data())


def near(found: set[Any], wanted: tuple[int, int, int]) -> bool:
    return any(all(abs(a - b) <= 12 for a, b in zip(colour, wanted, strict=True)) for colour in found)


def test_a_workflow_is_shown_whole_when_it_is_opened(editor: EditorPage) -> None:
    editor.open(flow(latent(1, (0, 0), "West"), latent(2, (700, 300), "East")), name="close-by.json")
    for title in ("West", "East"):
        assert in_view(editor, editor.node(title))


def test_of_a_large_workflow_the_beginning_is_shown_and_all_of_it_when_asked_for(editor: EditorPage) -> None:
    # The first by reading order stands neither first in the file nor in the corner of the whole.
    east, north, west = latent(1, (6000, 2500), "East"), latent(2, (2500, -900), "North"), latent(3, (0, 300), "West")
    editor.open(flow(east, north, west))
    expect(editor.node("West")).to_be_visible()
    assert scale(editor) == 50
    assert in_view(editor, editor.node("West"))
    button(editor, "Fit everything into view").click()
    expect(editor.page.locator("[data-node]")).to_have_count(0)  # painted from afar
    assert scale(editor) < 30


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (820, 1180)])
def test_the_first_example_can_be_read_on_a_tablet(page: Page, server: Server, width: int, height: int) -> None:
    editor = EditorPage(page, server)
    page.set_viewport_size({"width": width, "height": height})
    editor.visit()
    expect(editor.node("Load Checkpoint")).to_contain_text("ckpt_name")
    assert scale(editor) == 50
    assert in_view(editor, editor.node("What this model knows"))


def test_a_file_that_says_where_it_was_looked_at_is_shown_there(editor: EditorPage) -> None:
    extra = {"ds": {"scale": 1.25, "offset": [40, 80]}}
    editor.open(flow(latent(1, (0, 0), "West"), latent(2, (3000, 0), "East"), extra=extra))
    assert scale(editor) == 125
    canvas, frame = box(editor.canvas), box(editor.node("West"))
    assert frame["x"] - canvas["x"] == pytest.approx(40 * 1.25, abs=1)
    assert frame["y"] - canvas["y"] == pytest.approx((80 - 30) * 1.25, abs=1)


def test_buttons_zoom_and_fit(editor: EditorPage) -> None:
    editor.open(flow(latent(1, (0, 0), "West"), latent(2, (700, 300), "East")))
    assert scale(editor) == 100
    button(editor, "Zoom in").click()
    assert scale(editor) == 125
    assert box(editor.node("West"))["width"] == pytest.approx(375, abs=1)
    button(editor, "Zoom out").click()
    button(editor, "Zoom out").click()
    assert scale(editor) == 80
    button(editor, "Full size").click()
    assert scale(editor) == 100

    editor.drag(editor.empty(), (editor.empty()[0] + 900, editor.empty()[1] - 500))
    assert not in_view(editor, editor.node("East"))
    button(editor, "Fit everything into view").click()
    editor.page.wait_for_timeout(500)
    assert in_view(editor, editor.node("West"))
    assert in_view(editor, editor.node("East"))


def test_the_minimap_shows_the_way_and_can_be_put_away(editor: EditorPage) -> None:
    editor.open(flow(latent(1, (0, 0), "West"), latent(2, (6000, 0), "East")))
    minimap = editor.page.get_by_role("group", name="Minimap")
    button(editor, "Full size").click()
    frame = box(minimap)
    editor.click((frame["x"] + 12, frame["y"] + frame["height"] / 2))
    expect(editor.node("West")).to_be_visible()
    expect(editor.node("East")).to_have_count(0)

    west = box(editor.node("West"))
    editor.drag(
        (frame["x"] + 12, frame["y"] + frame["height"] / 2),
        (frame["x"] + frame["width"] - 12, frame["y"] + frame["height"] / 2),
    )
    expect(editor.node("East")).to_be_visible()
    expect(editor.node("West")).to_have_count(0)
    assert west["width"] == box(editor.node("East"))["width"]  # looked at from as near

    before = box(editor.node("East"))
    editor.page.keyboard.press("ArrowRight")
    expect(editor.node("East")).to_be_visible()
    assert box(editor.node("East"))["x"] == pytest.approx(before["x"] - 80, abs=1)

    button(editor, "Hide the minimap").click()
    expect(minimap).to_have_count(0)
    button(editor, "Show the minimap").click()
    expect(minimap).to_be_visible()


def test_a_subgraph_is_entered_and_left_by_its_path(editor: EditorPage) -> None:
    editor.open(with_subgraph())
    editor.node("Instance").get_by_role("button", name="Open the subgraph").click()
    expect(editor.node("Within")).to_be_visible()
    path = editor.page.get_by_role("navigation", name="Where in the subgraphs")
    expect(path.get_by_text("Instance")).to_have_attribute("aria-current", "location")

    # The box of its output stands in the file 100 to the right of the node, and the link to it is drawn.
    frame = box(editor.node("Within"))
    dot = (frame["x"] + frame["width"] + 120, frame["y"] + 30 + 20)
    assert near(colours(editor, dot), (0xB9, 0x44, 0xB3))

    path.get_by_role("button", name="Workflow").click()
    expect(editor.node("Instance")).to_be_visible()
    expect(path).to_have_count(0)


def test_from_afar_nodes_are_painted_and_found_all_the_same(editor: EditorPage) -> None:
    editor.open(flow(latent(1, (0, 0), "West", color="#322", bgcolor="#533"), latent(2, (700, 300), "East")))
    frame = box(editor.node("West"))
    middle = (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    editor.page.mouse.move(*middle)
    while scale(editor) >= 20:
        editor.page.mouse.wheel(0, 400)
    expect(editor.page.locator("[data-node]")).to_have_count(0)
    editor.page.mouse.move(*editor.empty())
    tint = (0xD9, 0xB2, 0xB2)  # what the file's #533 is on the light page
    assert near(colours(editor, middle), tint)
    assert not near(colours(editor, editor.empty()), tint)
    editor.click(middle)
    editor.page.keyboard.press("Delete")
    assert [node["title"] for node in editor.saved()["nodes"]] == ["East"]


def test_looking_changes_no_file(editor: EditorPage) -> None:
    small = latent(1, (10, 20), "Small")
    small["size"] = [40, 20]  # drawn larger than it says, and still not changed
    text = json.dumps(flow(small, node(2, "NobodyKnows", (400, 0), (33, 44), widgets_values=[1, "two"])))
    editor.open(text)
    expect(editor.node("NobodyKnows")).to_contain_text("Missing")
    assert box(editor.node("Small"))["height"] > 100
    button(editor, "Zoom in").click()
    assert editor.saved() == json.loads(text)


def test_nodes_are_reached_by_tab_in_the_order_of_the_file(editor: EditorPage) -> None:
    editor.open(flow(latent(7, (600, 0), "First"), latent(3, (0, 0), "Second", mode=2)))
    editor.page.locator("[data-node]").first.focus()
    expect(editor.page.locator("[data-node]:focus")).to_have_attribute("aria-label", "First, Empty Latent Image")
    for _ in range(10):
        editor.page.keyboard.press("Tab")
        if editor.page.locator("[data-node]:focus").count() > 0:
            break
    expect(editor.page.locator("[data-node]:focus")).to_have_attribute(
        "aria-label", "Second, Empty Latent Image, Muted"
    )


def test_a_node_that_loads_a_picture_shows_it(editor: EditorPage, server: Server) -> None:
    folder = server.home / "input"
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32), (255, 0, 128)).save(folder / "pink.png")
    outputs: list[Canvas] = [{"name": name, "type": name, "links": []} for name in ("IMAGE", "MASK")]
    values = ["pink.png", "image"]
    editor.open(flow(node(1, "LoadImage", (0, 0), (300, 320), outputs=outputs, widgets_values=values)))
    picture = editor.node("Load Image").get_by_role("img", name="The picture pink.png")
    expect(picture).to_be_visible()
    frame = box(picture)
    middle = (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    expect(picture).to_have_js_property("complete", True)
    assert near(colours(editor, middle), (255, 0, 128))

    # From afar, where the node has no element of its own, its picture is painted.
    editor.page.mouse.move(*middle)
    while scale(editor) >= 40:
        editor.page.mouse.wheel(0, 200)
    expect(editor.page.locator("[data-node]")).to_have_count(0)
    for _ in range(50):
        if near(colours(editor, middle), (255, 0, 128)):
            return
        editor.page.wait_for_timeout(100)
    pytest.fail("the picture is not painted from afar")


def test_the_canvas_follows_light_and_dark(page: Page, server: Server) -> None:
    editor = EditorPage(page, server)
    editor.open(flow(latent(1, (0, 0), "West")))
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(300)
    assert near(colours(editor, editor.empty(), 20), (0xF5, 0xF6, 0xF9))
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert near(colours(editor, editor.empty(), 20), (0x14, 0x16, 0x1B))
