"""Layers of pictures or latents, one over the other through masks or alpha.

Shapes: b batch, c channels, h w sides. Pictures come as ``b h w c``, masks as ``b h w``.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.media.composite import CompositeError

BlendMode = Literal[
    "ADD",
    "CLEAR",
    "DARKEN",
    "DST",
    "DST_ATOP",
    "DST_IN",
    "DST_OUT",
    "DST_OVER",
    "LIGHTEN",
    "MULTIPLY",
    "OVERLAY",
    "SCREEN",
    "SRC",
    "SRC_ATOP",
    "SRC_IN",
    "SRC_OUT",
    "SRC_OVER",
    "XOR",
]

_INVISIBLE = 1e-5
"""An alpha below which a colour cannot be told, and is black."""


def scale_masks(masks: Tensor, width: int, height: int) -> Tensor:
    """``… h w`` scaled to ``b height width``, linearly; unchanged where it has that size."""
    masks = masks.reshape(-1, *masks.shape[-2:])
    if masks.shape[-2:] == (height, width):
        return masks
    return rearrange(
        F.interpolate(rearrange(masks, "b h w -> b 1 h w"), size=(height, width), mode="bilinear"), "b 1 h w -> b h w"
    )


def paste_masked(below: Tensor, above: Tensor, *, x: int, y: int, mask: Tensor | None, fit: bool) -> Tensor:
    """``b c h w`` laid onto ``b c H W`` where the mask ``b h w`` is 1. Neither is changed.

    The upper batch is repeated or cut to the lower one's, and so is the mask, which is scaled to the upper layer. With
    ``fit`` the upper layer is scaled to the lower one first. What reaches over the border is cut off.

    Raises:
        CompositeError: the layers have different channels.
    """
    if below.shape[1] != above.shape[1]:
        raise CompositeError(
            f"source has {above.shape[1]} channels and destination {below.shape[1]}: they come from models of "
            "different families."
        )
    if fit and above.shape[-2:] != below.shape[-2:]:
        above = F.interpolate(above, size=below.shape[-2:], mode="bilinear")
    result = below.clone()
    target = result[..., y : y + above.shape[-2], x : x + above.shape[-1]]
    rows, columns = target.shape[-2:]
    visible = to_batch(above, below.shape[0])[..., :rows, :columns].to(below)
    if mask is None:
        target.copy_(visible)
        return result
    scaled = to_batch(scale_masks(mask, above.shape[-1], above.shape[-2]), below.shape[0])
    weight = rearrange(scaled[:, :rows, :columns].to(below), "b h w -> b 1 h w")
    target.copy_(weight * visible + (1 - weight) * target)
    return result


def porter_duff(
    source: Tensor, source_alpha: Tensor, below: Tensor, below_alpha: Tensor, mode: BlendMode
) -> tuple[Tensor, Tensor]:
    """Colours ``b h w c`` and alpha ``b h w 1`` of a source over a destination of the same shape, in 0..1.

    Porter & Duff 1984, "Compositing digital images", on colours multiplied by their alpha; the blending modes as in
    W3C "Compositing and Blending Level 1", §9, but ``MULTIPLY``, which is empty outside of either. ``ADD`` is
    their plus. The result's colours are divided by its alpha again.
    """
    colours, alpha = _MODES[mode](source * source_alpha, source_alpha, below * below_alpha, below_alpha)
    alpha = alpha.clamp(0, 1)
    straight = torch.where(alpha > _INVISIBLE, colours / alpha.clamp(min=_INVISIBLE), 0.0)
    return straight.clamp(0, 1), alpha


def _blended(combine: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> Callable[..., tuple[Tensor, Tensor]]:
    """An operator that keeps both where one is alone, and combines their colours where they overlap."""

    def operator(s: Tensor, sa: Tensor, d: Tensor, da: Tensor) -> tuple[Tensor, Tensor]:
        return s * (1 - da) + d * (1 - sa) + combine(s, sa, d, da), sa + da - sa * da

    return operator


def _overlay(s: Tensor, sa: Tensor, d: Tensor, da: Tensor) -> Tensor:
    return torch.where(2 * d < da, 2 * s * d, sa * da - 2 * (da - d) * (sa - s))


_MODES: Mapping[BlendMode, Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "ADD": lambda s, sa, d, da: ((s + d).clamp(max=1), sa + da),
    "CLEAR": lambda s, sa, d, da: (torch.zeros_like(s), torch.zeros_like(sa)),
    "DARKEN": _blended(lambda s, sa, d, da: torch.minimum(s * da, d * sa)),
    "DST": lambda s, sa, d, da: (d, da),
    "DST_ATOP": lambda s, sa, d, da: (d * sa + s * (1 - da), sa),
    "DST_IN": lambda s, sa, d, da: (d * sa, da * sa),
    "DST_OUT": lambda s, sa, d, da: (d * (1 - sa), da * (1 - sa)),
    "DST_OVER": lambda s, sa, d, da: (d + s * (1 - da), da + sa * (1 - da)),
    "LIGHTEN": _blended(lambda s, sa, d, da: torch.maximum(s * da, d * sa)),
    "MULTIPLY": lambda s, sa, d, da: (s * d, sa * da),
    "OVERLAY": _blended(_overlay),
    "SCREEN": _blended(lambda s, sa, d, da: s * da + d * sa - s * d),
    "SRC": lambda s, sa, d, da: (s, sa),
    "SRC_ATOP": lambda s, sa, d, da: (s * da + d * (1 - sa), da),
    "SRC_IN": lambda s, sa, d, da: (s * da, sa * da),
    "SRC_OUT": lambda s, sa, d, da: (s * (1 - da), sa * (1 - da)),
    "SRC_OVER": lambda s, sa, d, da: (s + d * (1 - sa), sa + da * (1 - sa)),
    "XOR": lambda s, sa, d, da: (s * (1 - da) + d * (1 - sa), sa + da - 2 * sa * da),
}
