"""Built-in nodes whose inputs grow, match or depend on a choice, and those that take lists, validated and run."""

from collections.abc import Mapping
from typing import Any

from PIL import Image as Pillow

from nodegraph.execution.cache import RamCache
from nodegraph.execution.engine import Engine
from nodegraph.execution.events import Event, NodeOutput, Outcome
from nodegraph.graph.api_format import parse
from nodegraph.graph.validate import validate
from nodegraph.packs.context import Context
from nodegraph.packs.declare import NodeDefinition

TRANSFER = {
    "method": "histogram",
    "source_stats": "target_frame",
    "source_stats.target_index": 0,
    "strength": 1.0,
}


def shown(definitions: Mapping[str, NodeDefinition], ctx: Context, **nodes: tuple[str, dict[str, Any]]) -> list[Any]:
    """The sizes of the pictures that come out of the node ``last``."""
    prompt = {id: {"class_type": class_id, "inputs": inputs} for id, (class_id, inputs) in nodes.items()}
    prompt["show"] = {"class_type": "PreviewImage", "inputs": {"images": ["last", 0]}}
    validated = validate(
        parse(prompt), {name: made.spec for name, made in definitions.items()}, lambda listing: ["set"]
    )
    assert validated.error is None
    assert validated.node_errors == {}
    engine = Engine(definitions, RamCache(10**8, lambda result: 1), fingerprint=lambda owner, listing, name: "")
    events: list[Event] = []
    finished = engine.run("job", validated.graph, ["show"], emit=events.append, make_context=lambda node: ctx)
    assert finished.outcome is Outcome.DONE, finished.failure
    files = [entry for event in events if isinstance(event, NodeOutput) for entry in event.ui["images"]]
    return [Pillow.open(ctx.files.temp / entry["filename"]).size for entry in files]


def empty(width: int, height: int, count: int = 1) -> tuple[str, dict[str, Any]]:
    return "EmptyImage", {"width": width, "height": height, "batch_size": count, "color": 0}


def test_batches_grow_and_lists_are_regrouped(definitions: Mapping[str, NodeDefinition], ctx: Context) -> None:
    sizes = shown(
        definitions,
        ctx,
        one=empty(8, 4),
        two=empty(16, 16, 2),
        join=("BatchImagesNode", {"images.image0": ["one", 0], "images.image1": ["two", 0]}),
        last=("RebatchImages", {"images": ["join", 0], "batch_size": 2}),
    )
    assert sizes == [(8, 4)] * 3


def test_a_size_is_matched_and_typed(definitions: Mapping[str, NodeDefinition], ctx: Context) -> None:
    resize = {"input": ["one", 0], "scale_method": "area"}
    matched = {**resize, "resize_type": "match size", "resize_type.match": ["two", 0], "resize_type.crop": "center"}
    sizes = shown(definitions, ctx, one=empty(8, 4), two=empty(5, 9), last=("ResizeImageMaskNode", matched))
    assert sizes == [(5, 9)]
    typed = {**resize, "resize_type": "scale longer dimension", "resize_type.longer_size": 16}
    assert shown(definitions, ctx, one=empty(8, 4), last=("ResizeImageMaskNode", typed)) == [(16, 8)]


def test_a_mask_is_resized_to_a_mask(definitions: Mapping[str, NodeDefinition], ctx: Context) -> None:
    sizes = shown(
        definitions,
        ctx,
        one=("SolidMask", {"value": 1.0, "width": 8, "height": 4}),
        half=(
            "ResizeImageMaskNode",
            {
                "input": ["one", 0],
                "resize_type": "scale by multiplier",
                "resize_type.multiplier": 0.5,
                "scale_method": "area",
            },
        ),
        last=("MaskToImage", {"mask": ["half", 0]}),
    )
    assert sizes == [(4, 2)]


def test_tiles_are_computed_one_by_one_and_merged(definitions: Mapping[str, NodeDefinition], ctx: Context) -> None:
    given = {
        "one": empty(100, 80),
        "split": ("SplitImageToTileList", {"image": ["one", 0], "tile_width": 64, "tile_height": 64, "overlap": 16}),
        "inverted": ("ImageInvert", {"image": ["split", 0]}),
    }
    assert (
        shown(definitions, ctx, **given, last=("RepeatImageBatch", {"image": ["inverted", 0], "amount": 1}))
        == [(64, 64)] * 4
    )
    merged = {"image_list": ["inverted", 0], "final_width": 100, "final_height": 80, "overlap": 16}
    assert shown(definitions, ctx, **given, last=("ImageMergeTileList", merged)) == [(100, 80)]


def test_a_region_and_a_colour_may_be_written_in_the_graph(
    definitions: Mapping[str, NodeDefinition], ctx: Context
) -> None:
    region = {"x": 2, "y": 0, "width": 4, "height": 3}
    sizes = shown(
        definitions,
        ctx,
        colour=("ColorToRGBInt", {"color": "#ff0000"}),
        one=("EmptyImage", {"width": 8, "height": 4, "batch_size": 1, "color": ["colour", 0]}),
        cut=("ImageCropV2", {"image": ["one", 0], "crop_region": region}),
        last=("ColorTransfer", {"image_target": ["cut", 0], "image_ref": ["one", 0], **TRANSFER}),
    )
    assert sizes == [(4, 3)]


def test_a_data_set_is_saved_graded_and_shown_as_a_sheet(
    definitions: Mapping[str, NodeDefinition], ctx: Context
) -> None:
    (ctx.files.input / "set").mkdir()
    for number in range(3):
        Pillow.new("RGB", (6 + number, 5)).save(ctx.files.input / "set" / f"{number}.png")
    sheet = {"images": ["bright", 0], "columns": 2, "cell_width": 32, "cell_height": 40, "padding": 4}
    sizes = shown(
        definitions,
        ctx,
        load=("LoadImageTextDataSetFromFolder", {"folder": "set"}),
        bright=("AdjustBrightness", {"images": ["load", 0], "factor": 1.5}),
        texts=("AddTextPrefix", {"texts": ["load", 1], "prefix": "a "}),
        last=("ImageGrid", sheet),
    )
    assert sizes == [(68, 84)]
