"""Pictures without files: making, measuring, choosing sizes, scaling, inverting, joining. ``b h w c`` in 0..1."""

import math
from typing import Annotated, Literal, NamedTuple

import torch

from nodegraph.media.geometry import opaque
from nodegraph.media.resize import Crop, ImageMethod, fit_images, fit_size, resize_images
from nodegraph.media.resize_types import MEGAPIXEL
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Range, Tooltip
from nodegraph.packs.types import MAX_RESOLUTION, Image

Side = Annotated[int, Range(1, MAX_RESOLUTION)]
ScaledSide = Annotated[int, Range(0, MAX_RESOLUTION, step=1), Tooltip("0 follows from the other side.")]


@node("EmptyImage", category="image", display_name="Empty Image")
def empty_image(
    *,
    width: Side = 512,
    height: Side = 512,
    batch_size: Annotated[int, Range(1, 4096)] = 1,
    color: Annotated[int, Range(0, 0xFFFFFF, step=1), ClientOptions({"display": "color"})] = 0,
) -> Image:
    """Pictures of one colour, which is written 0xRRGGBB."""
    rgb = torch.tensor([color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF]) / 255
    return rgb.repeat(batch_size, height, width, 1)


@node("ImageScale", category="image/upscaling", display_name="Upscale Image")
def image_scale(
    *,
    image: Image,
    upscale_method: ImageMethod,
    width: ScaledSide = 512,
    height: ScaledSide = 512,
    crop: Crop,
) -> Image:
    """Scale a picture to a size; with one side 0 the aspect is kept, with both nothing changes."""
    if width == 0 and height == 0:
        return image
    size = fit_size(width, height, old_width=image.shape[2], old_height=image.shape[1])
    return resize_images(image, *size, method=upscale_method, crop=crop)


@node("ImageScaleBy", category="image/upscaling", display_name="Upscale Image By")
def image_scale_by(
    *, image: Image, upscale_method: ImageMethod, scale_by: Annotated[float, Range(0.01, 8.0, step=0.01)] = 1.0
) -> Image:
    """Scale a picture by a factor."""
    size = (max(1, round(image.shape[2] * scale_by)), max(1, round(image.shape[1] * scale_by)))
    return resize_images(image, *size, method=upscale_method, crop="disabled")


@node("ImageInvert", category="image", display_name="Invert Image")
def image_invert(*, image: Image) -> Image:
    """Turn every value v into 1 − v."""
    return 1.0 - image


@node("ImageBatch", category="image", display_name="Batch Images")
def image_batch(*, image1: Image, image2: Image) -> Image:
    """Join two batches; the second is scaled and cut to the first's size; one without alpha is made opaque."""
    channels = max(image1.shape[3], image2.shape[3])
    first, second = opaque(image1, channels), opaque(image2, channels)
    return torch.cat([first, fit_images(second, first, method="bilinear")])


class Sides(NamedTuple):
    """The sides of a picture in pixels."""

    width: int
    height: int


AspectRatio = Literal[
    "1:1 (Square)",
    "3:2 (Photo)",
    "4:3 (Standard)",
    "16:9 (Widescreen)",
    "21:9 (Ultrawide)",
    "2:3 (Portrait Photo)",
    "3:4 (Portrait Standard)",
    "9:16 (Portrait Widescreen)",
]


@node("ResolutionSelector", category="image", display_name="Resolution Selector")
def resolution_selector(
    *,
    aspect_ratio: AspectRatio = "1:1 (Square)",
    megapixels: Annotated[float, Range(0.1, 16.0, step=0.1), Tooltip("Of 1048576 pixels each.")] = 1.0,
    multiple: Annotated[int, Range(8, 128, step=4), Tooltip("Both sides are multiples of this.")] = 8,
) -> Sides:
    """The sides of a picture of an aspect and an area."""
    across, down = (int(side) for side in aspect_ratio.split()[0].split(":"))
    scale = math.sqrt(megapixels * MEGAPIXEL / (across * down))
    width, height = (max(multiple, round(side * scale / multiple) * multiple) for side in (across, down))
    return Sides(width, height)


class ImageSize(NamedTuple):
    """The sides of pictures in pixels, and how many there are."""

    width: int
    height: int
    batch_size: int


@node("GetImageSize", category="image", display_name="Get Image Size", idempotent=False)
def get_image_size(ctx: Context, *, image: Image) -> ImageSize:
    """How large a picture is, and how many there are of it; also told while it runs."""
    count, height, width = image.shape[:3]
    ctx.send_text(f"{width} x {height}" if count == 1 else f"{count} x {width} x {height}")
    return ImageSize(width, height, count)
