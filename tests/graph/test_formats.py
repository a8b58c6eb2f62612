"""Telling the formats apart."""

import pytest
from sample_specs import SPECS, TEXT_TO_IMAGE

from nodegraph.graph.formats import Format, UnknownFormatError, convert, detect, unwrap, unwrap_canvas

CANVAS = {"version": 0.4, "nodes": [], "links": []}


@pytest.mark.parametrize(
    ("document", "format", "inside"),
    [
        (TEXT_TO_IMAGE, Format.API, TEXT_TO_IMAGE),
        ({}, Format.API, {}),
        (CANVAS, Format.CANVAS, CANVAS),
        ({"prompt": TEXT_TO_IMAGE, "client_id": "x"}, Format.API, TEXT_TO_IMAGE),
        ({"prompt": CANVAS}, Format.CANVAS, CANVAS),
        ({"workflow": CANVAS}, Format.CANVAS, CANVAS),
        ({"workflow": CANVAS, "prompt": TEXT_TO_IMAGE}, Format.API, TEXT_TO_IMAGE),
        ({**TEXT_TO_IMAGE, "9": {"inputs": {}}}, Format.API, {**TEXT_TO_IMAGE, "9": {"inputs": {}}}),
    ],
)
def test_knows_the_formats_and_their_wrappings(document: object, format: Format, inside: object) -> None:
    assert detect(document) is format
    assert unwrap(document) == (format, inside)


def test_a_node_called_prompt_is_no_wrapping() -> None:
    document = {"prompt": {"class_type": "X", "inputs": {}}}
    assert unwrap(document) == (Format.API, document)


@pytest.mark.parametrize("document", [None, 5, [], "nodes", {"a": 1}, {"nodes": 5}])
def test_says_what_a_workflow_is(document: object) -> None:
    with pytest.raises(UnknownFormatError, match="Expected a JSON object"):
        detect(document)


@pytest.mark.parametrize(
    ("document", "canvas"),
    [
        (CANVAS, CANVAS),
        (TEXT_TO_IMAGE, None),
        ({"prompt": CANVAS}, CANVAS),
        ({"prompt": TEXT_TO_IMAGE, "workflow": CANVAS}, CANVAS),
        ({"prompt": TEXT_TO_IMAGE, "workflow": {}}, None),
        ([], None),
    ],
)
def test_finds_the_drawing_beside_a_prompt(document: object, canvas: object) -> None:
    assert unwrap_canvas(document) == canvas


def test_converts_to_either_format_and_leaves_what_is_there_already() -> None:
    drawn = convert(TEXT_TO_IMAGE, SPECS, Format.CANVAS)
    assert detect(drawn.workflow) is drawn.format is Format.CANVAS
    back = convert({"workflow": drawn.workflow}, SPECS, Format.API)
    assert back.format is Format.API
    assert {id: node["inputs"] for id, node in back.workflow.items()} == {
        id: node["inputs"] for id, node in TEXT_TO_IMAGE.items()
    }
    assert convert(TEXT_TO_IMAGE, SPECS, Format.API).workflow is TEXT_TO_IMAGE
    assert convert({"prompt": TEXT_TO_IMAGE, "workflow": CANVAS}, SPECS, Format.CANVAS).workflow is CANVAS
