"""The inside of a subgraph: its borders, and links that lead to them or bend. What is asserted is the saved file."""

from typing import Any

import pytest
from editor_page import EditorPage, Spot, box, named
from graphs import INPUTS, LEFT, OUTPUTS, RIGHT, with_subgraph
from playwright.sync_api import expect

ROW, PADDING = 20, 10


@pytest.fixture
def inside(editor: EditorPage) -> EditorPage:
    """In the subgraph."""
    editor.open(with_subgraph())
    editor.node("Inside out").get_by_role("button", name="Open the subgraph").click()
    expect(editor.node("Latent")).to_be_visible()
    return editor


def spot(editor: EditorPage, x: float, y: float) -> Spot:
    """Where a place of the plane is seen: the node at its origin tells."""
    frame = box(editor.node("Latent"))
    scale = frame["width"] / 220
    return frame["x"] + x * scale, frame["y"] + (y + 30) * scale


def border(editor: EditorPage, side: str, slot: int) -> Spot:
    """A dot of the subgraph's own; the one behind the last takes a new input or output."""
    x, y = LEFT if side == "inputs" else RIGHT
    return spot(editor, x + (100 if side == "inputs" else 20), y + PADDING + ROW * (slot + 0.5))


def definition(editor: EditorPage) -> dict[str, Any]:
    (saved,) = editor.saved()["definitions"]["subgraphs"]
    return saved  # type: ignore[no-any-return]


def links(saved: dict[str, Any]) -> set[tuple[int, int, int, int]]:
    return {(link["origin_id"], link["origin_slot"], link["target_id"], link["target_slot"]) for link in saved["links"]}


GIVEN_OUT = (1, 0, OUTPUTS, 0)


def test_links_lead_from_a_border_to_a_node_and_are_taken_away(inside: EditorPage) -> None:
    clip = inside.socket("Words", "inputs", "clip")
    inside.drag(border(inside, "inputs", 0), clip)
    saved = definition(inside)
    assert links(saved) == {GIVEN_OUT, (INPUTS, 0, 2, 0)}
    (made,) = (link["id"] for link in saved["links"] if link["origin_id"] == INPUTS)
    assert saved["inputs"][0]["linkIds"] == [made]
    assert named(saved, "Words")["inputs"][0]["link"] == made

    inside.drag(clip, inside.empty())
    saved = definition(inside)
    assert links(saved) == {GIVEN_OUT}
    assert saved["inputs"][0]["linkIds"] == []
    inside.drag(border(inside, "outputs", 0), inside.empty())
    saved = definition(inside)
    assert links(saved) == set()
    assert saved["outputs"][0]["linkIds"] == []
    for _ in range(3):
        inside.page.keyboard.press("Control+z")
    assert links(definition(inside)) == {GIVEN_OUT}


def test_a_link_let_go_behind_the_last_socket_of_a_border_adds_one(inside: EditorPage) -> None:
    inside.drag(inside.socket("Words", "outputs", "C"), border(inside, "outputs", 1))
    saved = definition(inside)
    assert links(saved) == {GIVEN_OUT, (2, 0, OUTPUTS, 1)}
    assert [output["type"] for output in saved["outputs"]] == ["LATENT", "CONDITIONING"]
    inside.page.keyboard.press("Alt+ArrowUp")
    outputs = inside.node("Inside out").locator('[data-side="outputs"]')
    expect(outputs).to_have_count(2)
    expect(outputs.last).to_have_attribute("data-socket", saved["outputs"][1]["name"])


def test_a_link_to_a_border_is_bent_by_a_reroute_that_is_dragged(inside: EditorPage) -> None:
    start, end = inside.socket("Latent", "outputs", "LATENT"), border(inside, "outputs", 0)
    half = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    inside.page.mouse.dblclick(*half)
    (reroute,) = reroutes(definition(inside))
    assert reroute["linkIds"] == [1]
    inside.drag(half, (half[0], half[1] + 120))
    saved = definition(inside)
    (bent,) = reroutes(saved)
    scale = box(inside.node("Latent"))["width"] / 220
    assert bent["pos"][1] == pytest.approx(reroute["pos"][1] + 120 / scale, abs=2)
    assert [link.get("parentId") for link in saved["links"]] == [bent["id"]]
    inside.page.keyboard.press("Delete")
    saved = definition(inside)
    assert reroutes(saved) == []
    assert links(saved) == {GIVEN_OUT}


def reroutes(saved: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = saved.get("reroutes") or saved.get("extra", {}).get("reroutes", [])
    return found
