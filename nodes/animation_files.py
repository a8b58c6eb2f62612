"""Batches of pictures saved as one moving picture."""

from typing import Annotated, Literal

from torch import Tensor

from nodegraph.execution.results import Shown
from nodegraph.media.animation import encode_animated_png, encode_animated_webp
from nodegraph.media.metadata import as_text
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import ExtraInfo, Image, PromptGraph

CATEGORY = "image/animation"

_EFFORTS = {"default": 4, "fastest": 0, "slowest": 6}

FramesPerSecond = Annotated[float, Range(0.01, 1000.0, step=0.01)]


@node("SaveAnimatedPNG", category=CATEGORY, display_name="Save Animated PNG", output=True)
def save_animated_png(
    ctx: Context,
    *,
    images: Image,
    filename_prefix: str = "ComfyUI",
    fps: FramesPerSecond = 6.0,
    compress_level: Annotated[int, Range(0, 9)] = 4,
    prompt: PromptGraph = None,
    extra_pnginfo: ExtraInfo = None,
) -> Shown:
    """Save pictures as the frames of an animated PNG, with the workflow that made them."""
    text = as_text(prompt, extra_pnginfo)
    content = encode_animated_png(images, fps=fps, compression=compress_level, text=text)
    return _save(ctx, images, filename_prefix, ".png", content)


@node("SaveAnimatedWEBP", category=CATEGORY, display_name="Save Animated WebP", output=True)
def save_animated_webp(
    ctx: Context,
    *,
    images: Image,
    filename_prefix: str = "ComfyUI",
    fps: FramesPerSecond = 6.0,
    lossless: bool = True,
    quality: Annotated[int, Range(0, 100), Tooltip("Of a lossless file, the effort to make it small.")] = 80,
    method: Literal["default", "fastest", "slowest"],
    prompt: PromptGraph = None,
    extra_pnginfo: ExtraInfo = None,
) -> Shown:
    """Save pictures as the frames of an animated WebP, with the workflow that made them."""
    text = as_text(prompt, extra_pnginfo)
    effort = _EFFORTS[method]
    content = encode_animated_webp(images, fps=fps, lossless=lossless, quality=quality, effort=effort, text=text)
    return _save(ctx, images, filename_prefix, ".webp", content)


def _save(ctx: Context, images: Tensor, prefix: str, suffix: str, content: bytes) -> Shown:
    height, width = images.shape[1:3]
    saved = ctx.save("output", prefix, suffix, [content], width=width, height=height)
    return Shown({"images": [file.shown() for file in saved], "animated": [True]})
