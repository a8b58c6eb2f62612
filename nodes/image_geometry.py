"""Cutting, turning, framing and joining pictures, ``b h w c``."""

import math
from typing import Annotated, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from nodegraph.media.geometry import join, pad_for_outpaint, window
from nodegraph.media.resize import ImageMethod, fit_size, resize_images
from nodegraph.media.resize_types import MEGAPIXEL
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Range, Tooltip
from nodegraph.packs.types import MAX_RESOLUTION, Image, Mask

Side = Annotated[int, Range(1, MAX_RESOLUTION)]
Offset = Annotated[int, Range(0, MAX_RESOLUTION)]
Border = Annotated[int, Range(0, MAX_RESOLUTION, step=8), Tooltip("Pixels to add at this side.")]
FlipMethod = Literal["x-axis: vertically", "y-axis: horizontally"]
Rotation = Literal["none", "90 degrees", "180 degrees", "270 degrees"]


@node("ImageCrop", category="image/transform", display_name="Image Crop")
def image_crop(*, image: Image, width: Side = 512, height: Side = 512, x: Offset = 0, y: Offset = 0) -> Image:
    """Cut a rectangle out of a picture; what reaches over its border is left out."""
    rows, columns = window(x, y, width, height, old_width=image.shape[2], old_height=image.shape[1])
    return image[:, rows, columns]


@node("ImageFlip", category="image/transform", display_name="Flip Image")
def image_flip(*, image: Image, flip_method: FlipMethod) -> Image:
    """Mirror a picture top to bottom, or left to right."""
    return image.flip(1 if flip_method.startswith("x") else 2)


@node("ImageRotate", category="image/transform", display_name="Rotate Image")
def image_rotate(*, image: Image, rotation: Rotation) -> Image:
    """Turn a picture clockwise."""
    turns = 0 if rotation == "none" else int(rotation.split()[0]) // 90
    return image.rot90(turns, (2, 1))


@node("ImageScaleToTotalPixels", category="image/upscaling", display_name="Scale Image to Total Pixels")
def image_scale_to_total_pixels(
    *,
    image: Image,
    upscale_method: ImageMethod,
    megapixels: Annotated[float, Range(0.01, 16.0, step=0.01), Tooltip("Of 1048576 pixels each.")] = 1.0,
) -> Image:
    """Scale a picture to an area and keep its aspect."""
    height, width = image.shape[1:3]
    factor = math.sqrt(megapixels * MEGAPIXEL / (width * height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return resize_images(image, *size, method=upscale_method, crop="disabled")


@node("ImageScaleToMaxDimension", category="image/upscaling", display_name="Scale Image to Max Dimension")
def image_scale_to_max_dimension(
    *,
    image: Image,
    upscale_method: Literal["area", "lanczos", "bilinear", "nearest-exact", "bicubic"],
    largest_size: Annotated[int, Range(0, MAX_RESOLUTION), Tooltip("0 keeps the size.")] = 512,
) -> Image:
    """Scale a picture until its longer side has a length, and keep its aspect."""
    height, width = image.shape[1:3]
    longer = (largest_size, 0) if width >= height else (0, largest_size)
    size = fit_size(*longer, old_width=width, old_height=height)
    return resize_images(image, *size, method=upscale_method, crop="disabled")


@node("ResizeAndPadImage", category="image/transform", display_name="Resize And Pad Image")
def resize_and_pad_image(
    *,
    image: Image,
    target_width: Side = 512,
    target_height: Side = 512,
    padding_color: Literal["white", "black"],
    interpolation: Literal["area", "bicubic", "nearest-exact", "bilinear", "lanczos"],
) -> Image:
    """Scale a picture until it just fits into a size, keep its aspect and fill up what is left of the size."""
    height, width = image.shape[1:3]
    factor = min(target_width / width, target_height / height)
    new_width, new_height = max(1, round(width * factor)), max(1, round(height * factor))
    scaled = resize_images(image, new_width, new_height, method=interpolation, crop="disabled")
    across, down = target_width - new_width, target_height - new_height
    borders = (0, 0, across // 2, across - across // 2, down // 2, down - down // 2)
    return F.pad(scaled, borders, value=1.0 if padding_color == "white" else 0.0)


class Padded(NamedTuple):
    """A picture with a border, and where there is something to paint."""

    image: Annotated[Image, Named("IMAGE")]
    mask: Annotated[Mask, Named("MASK")]


@node("ImagePadForOutpaint", category="image", display_name="Pad Image for Outpainting")
def image_pad_for_outpaint(
    *,
    image: Image,
    left: Border = 0,
    top: Border = 0,
    right: Border = 0,
    bottom: Border = 0,
    feathering: Annotated[
        int, Range(0, MAX_RESOLUTION), Tooltip("So far into the picture the mask reaches, ever fainter.")
    ] = 40,
) -> Padded:
    """Add a grey border to a picture, and make the mask of what is to be painted."""
    return Padded(*pad_for_outpaint(image, left=left, top=top, right=right, bottom=bottom, feather=feathering))


_COLOURS: dict[str, tuple[float, float, float]] = {
    "white": (1, 1, 1),
    "black": (0, 0, 0),
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "blue": (0, 0, 1),
}


@node("ImageStitch", category="image/transform", display_name="Image Stitch")
def image_stitch(
    *,
    image1: Image,
    direction: Annotated[
        Literal["right", "down", "left", "up"], Tooltip("Where the second picture goes, seen from the first.")
    ] = "right",
    match_image_size: Annotated[bool, Tooltip("Scale the second picture to the first one's edge.")] = True,
    spacing_width: Annotated[int, Range(0, 1024, step=2), Tooltip("Pixels between the two.")] = 0,
    spacing_color: Literal["white", "black", "red", "green", "blue"] = "white",
    image2: Image | None = None,
) -> Image:
    """Put a second picture beside the first, or above or below it."""
    if image2 is None:
        return image1
    vertical = direction in ("down", "up")
    other = _matched(image2, image1, vertical=vertical) if match_image_size else image2
    first, second = (image1, other) if direction in ("right", "down") else (other, image1)
    colour = torch.tensor(_COLOURS[spacing_color], dtype=torch.float32)
    return join(first, second, vertical=vertical, spacing=spacing_width, colour=colour)


def _matched(image: Tensor, to: Tensor, *, vertical: bool) -> Tensor:
    """``image`` scaled to the width of ``to`` if they are joined vertically, else to its height."""
    height, width = image.shape[1:3]
    wanted = (to.shape[2], 0) if vertical else (0, to.shape[1])
    size = fit_size(*wanted, old_width=width, old_height=height)
    return image if size == (width, height) else resize_images(image, *size, method="lanczos", crop="disabled")
