"""Pictures saved in formats of one's choice, and vector pictures."""

from collections.abc import Mapping
from typing import Annotated, Any

from nodegraph.execution.results import Shown
from nodegraph.graph.sockets import DYNAMIC_COMBO
from nodegraph.media.deep_png import encode_deep_png
from nodegraph.media.images import SAVED, encode_png
from nodegraph.media.metadata import as_text
from nodegraph.media.svg import harmless
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Socket, Tooltip
from nodegraph.packs.types import ExtraInfo, Image, PromptGraph, Svg

_DEPTHS = ["8-bit", "16-bit"]

FORMATS = [
    {
        "key": "png",
        "inputs": {
            "required": {
                "bit_depth": [_DEPTHS, {"default": "8-bit", "tooltip": "Of each channel."}],
                "input_color_space": [["sRGB"], {"default": "sRGB"}],
            }
        },
    }
]


@node("SaveImageAdvanced", category="image", display_name="Save Image (Advanced)", output=True)
def save_image_advanced(
    ctx: Context,
    *,
    images: Annotated[Image, Tooltip("The pictures to save.")],
    filename_prefix: Annotated[
        str, Tooltip("Begins the file's name; may hold folders and tokens such as %year% or %width%.")
    ] = "ComfyUI",
    format: Annotated[Mapping[str, Any], Socket(DYNAMIC_COMBO), ClientOptions({"options": FORMATS})],
    prompt: PromptGraph = None,
    extra_pnginfo: ExtraInfo = None,
) -> Shown:
    """Save pictures in the output folder in a format of one's choice, with the workflow that made them."""
    text = as_text(prompt, extra_pnginfo)
    encode = encode_deep_png if format["bit_depth"] == "16-bit" else encode_png
    contents = (encode(image, text=text, compression=SAVED) for image in images)
    height, width = images.shape[1:3]
    saved = ctx.save("output", filename_prefix, ".png", contents, width=width, height=height)
    return Shown({"images": [file.shown() for file in saved]})


@node("SaveSVGNode", category="image/save", display_name="Save SVG", output=True)
def save_svg(
    ctx: Context,
    *,
    svg: Svg,
    filename_prefix: Annotated[
        str, Tooltip("Begins the file's name; may hold folders and tokens such as %year%.")
    ] = "svg/ComfyUI",
    prompt: PromptGraph = None,
    extra_pnginfo: ExtraInfo = None,
) -> Shown:
    """Save vector pictures in the output folder, with the workflow that made them.

    Scripts, links to elsewhere and what else does not draw are left out.
    """
    text = as_text(prompt, extra_pnginfo)
    saved = ctx.save("output", filename_prefix, ".svg", (harmless(document, text=text) for document in svg))
    return Shown({"files": [file.shown() for file in saved]})
