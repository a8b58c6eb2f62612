"""Telling the formats apart."""

import pytest
from sample_specs import TEXT_TO_IMAGE

from nodegraph.graph.formats import Format, UnknownFormatError, detect, unwrap

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
