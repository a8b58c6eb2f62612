"""Layers: one picture or latent over another, through masks or alpha. A mask is 1 where a picture is transparent."""

from typing import Annotated, NamedTuple

import torch
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.media.geometry import opaque
from nodegraph.media.layers import BlendMode, paste_masked, porter_duff, scale_masks
from nodegraph.media.resize import fit_images
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Range, Tooltip
from nodegraph.packs.types import MAX_RESOLUTION, Image, Latent, Mask

_CELL = 8

Offset = Annotated[int, Range(0, MAX_RESOLUTION)]
CellOffset = Annotated[int, Range(0, MAX_RESOLUTION, step=_CELL)]
Fit = Annotated[bool, Tooltip("Scale the source to the destination's size.")]
Where = Annotated[Mask, Tooltip("1 where the source is to be seen; scaled to it.")]


class WithAlpha(NamedTuple):
    """A picture and its transparency."""

    image: Annotated[Image, Named("IMAGE")]
    mask: Annotated[Mask, Named("MASK")]


@node("ImageCompositeMasked", category="image", display_name="Image Composite Masked")
def image_composite_masked(
    *,
    destination: Image,
    source: Image,
    x: Offset = 0,
    y: Offset = 0,
    resize_source: Fit = False,
    mask: Where | None = None,
) -> Image:
    """Lay a picture onto another, where a mask says so."""
    channels = destination.shape[3]
    below, above = (
        rearrange(images, "b h w c -> b c h w") for images in (destination, opaque(source, channels)[..., :channels])
    )
    return rearrange(paste_masked(below, above, x=x, y=y, mask=mask, fit=resize_source), "b c h w -> b h w c")


@node("LatentCompositeMasked", category="latent", display_name="Latent Composite Masked")
def latent_composite_masked(
    *,
    destination: Latent,
    source: Latent,
    x: CellOffset = 0,
    y: CellOffset = 0,
    resize_source: Fit = False,
    mask: Where | None = None,
) -> Latent:
    """Lay a latent onto another, where a mask says so."""
    below, above = destination["samples"], source["samples"]
    pasted = paste_masked(below, above, x=x // _CELL, y=y // _CELL, mask=mask, fit=resize_source)
    return {**destination, "samples": pasted}


@node("JoinImageWithAlpha", category="mask/compositing", display_name="Join Image with Alpha")
def join_image_with_alpha(*, image: Image, alpha: Mask) -> Image:
    """Make a picture transparent where a mask is 1. The mask is made as large, and as many."""
    return torch.cat([image[..., :3], 1.0 - _alpha_channel(alpha, image)], dim=-1)


@node("SplitImageWithAlpha", category="mask/compositing", display_name="Split Image with Alpha")
def split_image_with_alpha(*, image: Image) -> WithAlpha:
    """A picture's colours, and a mask that is 1 where it is transparent."""
    return WithAlpha(image[..., :3], 1.0 - opaque(image, 4)[..., 3])


@node("PorterDuffImageComposite", category="mask/compositing", display_name="Porter-Duff Image Composite")
def porter_duff_image_composite(
    *,
    source: Image,
    source_alpha: Mask,
    destination: Image,
    destination_alpha: Mask,
    mode: BlendMode = "DST",
) -> WithAlpha:
    """Combine two pictures with transparency. The destination and both masks are scaled to the source's size."""
    below = fit_images(destination[..., :3], source, method="bicubic")
    colours, alpha = porter_duff(
        source[..., :3],
        1.0 - _alpha_channel(source_alpha, source),
        to_batch(below, source.shape[0]),
        1.0 - _alpha_channel(destination_alpha, source),
        mode,
    )
    return WithAlpha(colours, 1.0 - alpha[..., 0])


def _alpha_channel(mask: Tensor, image: Tensor) -> Tensor:
    """A mask as ``b h w 1`` of the size and number of pictures ``b h w c``."""
    scaled = to_batch(scale_masks(mask, image.shape[2], image.shape[1]), image.shape[0])
    return rearrange(scaled, "b h w -> b h w 1")
