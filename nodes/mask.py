"""Masks: ``b h w`` in 0..1."""

from typing import Annotated, Literal

import torch
from einops import repeat
from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.media.composite import MaskOperation, combine_masks
from nodegraph.media.geometry import window
from nodegraph.media.mask_edges import feather, grow
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Range, Tooltip
from nodegraph.packs.types import MAX_RESOLUTION, Image, Mask

Side = Annotated[int, Range(1, MAX_RESOLUTION, step=1)]
Offset = Annotated[int, Range(0, MAX_RESOLUTION, step=1)]


class NoChannelError(UserError):
    """A picture lacks the channel that was asked for."""


@node("SolidMask", category="mask", display_name="Solid Mask")
def solid_mask(
    *, value: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0, width: Side = 512, height: Side = 512
) -> Mask:
    """A mask of one value."""
    return torch.full((1, height, width), value)


@node("InvertMask", category="mask", display_name="Invert Mask")
def invert_mask(*, mask: Mask) -> Mask:
    """Turn every value v into 1 − v."""
    return 1.0 - mask


@node("MaskComposite", category="mask", display_name="Mask Composite")
def mask_composite(*, destination: Mask, source: Mask, x: Offset = 0, y: Offset = 0, operation: MaskOperation) -> Mask:
    """Combine two masks where the second lies on the first."""
    below, above = (_batched(mask) for mask in (destination, source))
    return combine_masks(below, above, x=x, y=y, operation=operation)


@node("MaskToImage", category="mask", display_name="Convert Mask to Image")
def mask_to_image(*, mask: Mask) -> Image:
    """A grey picture of a mask."""
    return repeat(_batched(mask), "b h w -> b h w c", c=3)


@node("ImageToMask", category="mask", display_name="Convert Image to Mask")
def image_to_mask(*, image: Image, channel: Literal["red", "green", "blue", "alpha"]) -> Mask:
    """Take one channel of a picture as a mask."""
    index = ("red", "green", "blue", "alpha").index(channel)
    if index >= image.shape[3]:
        raise NoChannelError(
            f"The picture has {image.shape[3]} channels and no {channel}. Use the MASK output of Load Image."
        )
    return image[..., index]


@node("ImageColorToMask", category="mask", display_name="Image Color to Mask")
def image_color_to_mask(
    *,
    image: Image,
    color: Annotated[int, Range(0, 0xFFFFFF, step=1), ClientOptions({"display": "color"})] = 0,
) -> Mask:
    """1 where a picture has exactly one colour, which is written 0xRRGGBB."""
    if image.shape[3] < 3:
        raise NoChannelError(f"image has {image.shape[3]} channels; a colour has three. Use a picture in colour.")
    levels = (image[..., :3].clamp(0, 1) * 255).round().int()
    wanted = torch.tensor([color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF], device=image.device)
    return (levels == wanted).all(dim=-1).float()


@node("CropMask", category="mask", display_name="Crop Mask")
def crop_mask(*, mask: Mask, x: Offset = 0, y: Offset = 0, width: Side = 512, height: Side = 512) -> Mask:
    """Cut a rectangle out of a mask; what reaches over its border is left out."""
    masks = _batched(mask)
    rows, columns = window(x, y, width, height, old_width=masks.shape[2], old_height=masks.shape[1])
    return masks[:, rows, columns]


@node("GrowMask", category="mask", display_name="Grow Mask")
def grow_mask(
    *,
    mask: Mask,
    expand: Annotated[int, Range(-MAX_RESOLUTION, MAX_RESOLUTION, step=1), Tooltip("Pixels; below 0 it shrinks.")] = 0,
    tapered_corners: Annotated[bool, Tooltip("Corners are cut off.")] = True,
) -> Mask:
    """Make what a mask covers larger or smaller all around."""
    return grow(_batched(mask), expand, tapered=tapered_corners)


@node("FeatherMask", category="mask", display_name="Feather Mask")
def feather_mask(*, mask: Mask, left: Offset = 0, top: Offset = 0, right: Offset = 0, bottom: Offset = 0) -> Mask:
    """Let a mask fade towards the borders of the picture, over so many pixels of each side."""
    return feather(_batched(mask), left=left, top=top, right=right, bottom=bottom)


@node("ThresholdMask", category="mask", display_name="Threshold Mask")
def threshold_mask(*, mask: Mask, value: Annotated[float, Range(0.0, 1.0, step=0.01)] = 0.5) -> Mask:
    """1 where a mask is greater than a value, else 0."""
    return (mask > value).float()


def _batched(mask: Tensor) -> Tensor:
    """``h w`` or ``… h w`` as ``b h w``."""
    return mask.reshape(-1, *mask.shape[-2:])
