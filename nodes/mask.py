"""Masks: ``b h w`` in 0..1."""

from typing import Annotated, Literal

import torch
from einops import repeat

from nodegraph.errors import UserError
from nodegraph.media.composite import MaskOperation, combine_masks
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range
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
    below, above = (mask.reshape(-1, *mask.shape[-2:]) for mask in (destination, source))
    return combine_masks(below, above, x=x, y=y, operation=operation)


@node("MaskToImage", category="mask", display_name="Convert Mask to Image")
def mask_to_image(*, mask: Mask) -> Image:
    """A grey picture of a mask."""
    return repeat(mask.reshape(-1, *mask.shape[-2:]), "b h w -> b h w c", c=3)


@node("ImageToMask", category="mask", display_name="Convert Image to Mask")
def image_to_mask(*, image: Image, channel: Literal["red", "green", "blue", "alpha"]) -> Mask:
    """Take one channel of a picture as a mask."""
    index = ("red", "green", "blue", "alpha").index(channel)
    if index >= image.shape[3]:
        raise NoChannelError(
            f"The picture has {image.shape[3]} channels and no {channel}. Use the MASK output of Load Image."
        )
    return image[..., index]
