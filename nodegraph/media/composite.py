"""Laying one batch onto another at a place: latents with soft borders, masks by arithmetic or logic.

Shapes: b batch, c channels, h height, w width. x, y are offsets of the upper layer's top left corner, in cells.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import Tensor

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.errors import UserError

MaskOperation = Literal["multiply", "add", "subtract", "and", "or", "xor"]

_OPERATIONS: Mapping[MaskOperation, Callable[[Tensor, Tensor], Tensor]] = {
    "multiply": lambda below, above: below * above,
    "add": lambda below, above: below + above,
    "subtract": lambda below, above: below - above,
    "and": lambda below, above: (below.round().bool() & above.round().bool()).float(),
    "or": lambda below, above: (below.round().bool() | above.round().bool()).float(),
    "xor": lambda below, above: (below.round().bool() ^ above.round().bool()).float(),
}


class CompositeError(UserError):
    """Two batches that cannot be laid onto each other."""


def paste(below: Tensor, above: Tensor, *, x: int, y: int, feather: int = 0) -> Tensor:
    """``b c h w`` laid onto ``b c H W``; what reaches over the border is cut off. Neither is changed.

    The upper batch is repeated or cut to the lower one's. Along each edge that lies inside the lower layer its weight
    rises linearly to 1 over ``feather`` cells, 1/feather in the outermost. Raises :class:`CompositeError`.
    """
    if below.shape[1] != above.shape[1]:
        raise CompositeError(
            f"A latent with {above.shape[1]} channels cannot be laid onto one with {below.shape[1]}: they come from "
            "models of different families."
        )
    result = below.clone()
    target = result[..., y : y + above.shape[-2], x : x + above.shape[-1]]
    height, width = target.shape[-2:]
    visible = to_batch(above, below.shape[0])[..., :height, :width].to(below)
    if feather <= 0:
        target.copy_(visible)
        return result
    rows = _ramp(above.shape[-2], feather, start=y > 0, end=y + above.shape[-2] < below.shape[-2])
    columns = _ramp(above.shape[-1], feather, start=x > 0, end=x + above.shape[-1] < below.shape[-1])
    weight = (rows[:height, None] * columns[None, :width]).to(below)
    target.lerp_(visible, weight)
    return result


def _ramp(length: int, feather: int, *, start: bool, end: bool) -> Tensor:
    """``length`` weights: 1/feather, 2/feather, … 1 from each end that is to be soft; the product where both reach."""
    distance = torch.arange(1, length + 1) / feather
    rising = distance.clamp(max=1.0)
    weights = torch.ones(length)
    if start:
        weights = weights * rising
    return weights * rising.flip(0) if end else weights


def combine_masks(below: Tensor, above: Tensor, *, x: int, y: int, operation: MaskOperation) -> Tensor:
    """``b h w`` combined with ``b H W`` where they overlap, clamped to 0..1; logic rounds first. Neither is changed.

    The upper batch is repeated or cut to the lower one's.
    """
    result = below.clone()
    target = result[:, y : y + above.shape[1], x : x + above.shape[2]]
    visible = to_batch(above, below.shape[0])[:, : target.shape[1], : target.shape[2]].to(below)
    target.copy_(_OPERATIONS[operation](target, visible))
    return result.clamp(0.0, 1.0)
