"""Widget values as files of the field list them reach the inputs of nodes whose widgets are of types of their own."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from nodegraph.graph.canvas.document import CanvasNode
from nodegraph.graph.canvas.widgets import widget_values
from nodegraph.packs.declare import NodeDefinition

BOX = {"x": 0, "y": 0, "width": 1669, "height": 2688}


@pytest.mark.parametrize(
    ("class_id", "listed", "values"),
    [
        ("ImageCropV2", [BOX, 0, 0, 512, 512], {"crop_region": BOX}),
        ("ColorToRGBInt", ["#0a9299"], {"color": "#0a9299"}),
        ("ColorToRGBInt", [], {"color": "#ffffff"}),
        (
            "ColorTransfer",
            ["reinhard_lab", "per_frame", 1],
            {"method": "reinhard_lab", "source_stats": "per_frame", "strength": 1},
        ),
        (
            "SaveImageAdvanced",
            ["GPT_Image_1", "png", "16-bit", "sRGB"],
            {
                "filename_prefix": "GPT_Image_1",
                "format": "png",
                "format.bit_depth": "16-bit",
                "format.input_color_space": "sRGB",
            },
        ),
        ("ImageCompare", [], {}),
        ("LatentCutToBatch", ["t", 1], {"dim": "t", "slice_size": 1}),
    ],
    ids=["box", "colour", "fresh colour", "dynamic combo", "dynamic combo of combos", "no widget", "combo"],
)
def test_values(
    definitions: Mapping[str, NodeDefinition], class_id: str, listed: list[Any], values: dict[str, Any]
) -> None:
    drawn = {"id": 1, "type": class_id, "widgets_values": listed, "inputs": [], "outputs": []}
    assert widget_values(msgspec.convert(drawn, CanvasNode), definitions[class_id].spec) == values
