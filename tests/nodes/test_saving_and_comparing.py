"""Pictures saved in other formats, compared, and vector pictures saved."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from PIL import Image as Pillow

from nodegraph.errors import UnsafePathError
from nodegraph.media.folders import DataFolders
from nodegraph.media.metadata import read_embedded
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


@pytest.mark.parametrize(("bit_depth", "depth"), [("8-bit", 8), ("16-bit", 16)])
def test_png_of_two_depths_with_the_workflow(
    nodes: Nodes, ctx: Context, folders: DataFolders, bit_depth: str, depth: int
) -> None:
    chosen = {"format": "png", "bit_depth": bit_depth, "input_color_space": "sRGB"}
    shown = nodes["SaveImageAdvanced"](
        ctx,
        images=torch.rand(2, 4, 6, 3),
        filename_prefix="a/%width%",
        format=chosen,
        prompt={"1": {}},
        extra_pnginfo={"workflow": {"nodes": []}},
    )
    assert [file["filename"] for file in shown.ui["images"]] == ["6_00001_.png", "6_00002_.png"]
    path = folders.output / "a" / "6_00001_.png"
    assert path.read_bytes()[24] == depth
    assert Pillow.open(path).size == (6, 4)
    assert read_embedded(path) == {"prompt": {"1": {}}, "workflow": {"nodes": []}}


def test_compared_pictures_are_shown_by_side(nodes: Nodes, ctx: Context, folders: DataFolders) -> None:
    shown = nodes["ImageCompare"](ctx, image_a=torch.zeros(2, 3, 4, 3), image_b=torch.ones(1, 3, 4, 3))
    assert [len(shown.ui[name]) for name in ("a_images", "b_images")] == [2, 1]
    for name, value in (("a_images", 0), ("b_images", 255)):
        for file in shown.ui[name]:
            assert file["type"] == "temp"
            assert Pillow.open(folders.temp / file["filename"]).getpixel((0, 0)) == (value,) * 3
    assert nodes["ImageCompare"](ctx, image_b=torch.ones(1, 3, 4, 3)).ui["a_images"] == []


def test_vector_pictures_are_saved_without_what_runs(nodes: Nodes, ctx: Context, folders: DataFolders) -> None:
    document = '<svg xmlns="http://www.w3.org/2000/svg"><script>a()</script><circle r="1"/></svg>'
    shown = nodes["SaveSVGNode"](ctx, svg=[document] * 2, filename_prefix="svg/ComfyUI", prompt={"1": {}})
    assert [file["filename"] for file in shown.ui["files"]] == ["ComfyUI_00001_.svg", "ComfyUI_00002_.svg"]
    saved = (folders.output / "svg" / "ComfyUI_00001_.svg").read_text()
    assert "circle" in saved
    assert "script" not in saved
    assert "prompt" in saved


@pytest.mark.parametrize("prefix", ["../a", "/a", "a/../../b"])
def test_no_prefix_leads_out_of_the_output_folder(nodes: Nodes, ctx: Context, prefix: str) -> None:
    with pytest.raises(UnsafePathError):
        nodes["SaveSVGNode"](ctx, svg=["<svg/>"], filename_prefix=prefix)
    chosen = {"format": "png", "bit_depth": "8-bit", "input_color_space": "sRGB"}
    with pytest.raises(UnsafePathError):
        nodes["SaveImageAdvanced"](ctx, images=torch.rand(1, 4, 6, 3), filename_prefix=prefix, format=chosen)
