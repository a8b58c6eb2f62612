"""Arithmetic of latents: sums, blends, and joining of two of which the second is made like the first.

Shapes: b batch, c channels, h w cells.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from nodegraph.errors import UserError


class LatentMismatchError(UserError):
    """Latents that cannot be combined."""


def check_channels(first: Tensor, second: Tensor) -> None:
    """Raises :class:`LatentMismatchError` where they are of different families."""
    if first.shape[1] != second.shape[1]:
        raise LatentMismatchError(
            f"samples2 has {second.shape[1]} channels and samples1 {first.shape[1]}: they come from models of "
            "different families, and cannot be combined."
        )


def interpolate(first: Tensor, second: Tensor, ratio: float) -> Tensor:
    """``ratio`` of the first and the rest of the second, cell by cell: directions and lengths each for themselves.

    The direction is that of the mean of the unit vectors (over c), and the length the mean of the lengths; where a
    vector has no length it has no direction, and adds none.
    """
    one: Tensor = torch.linalg.vector_norm(first, dim=1, keepdim=True)
    other: Tensor = torch.linalg.vector_norm(second, dim=1, keepdim=True)
    mixed = F.normalize(first, dim=1) * ratio + F.normalize(second, dim=1) * (1 - ratio)
    return F.normalize(mixed, dim=1) * (one * ratio + other * (1 - ratio))


def cut(samples: Tensor, axis: int, index: int, amount: int) -> Tensor:
    """``amount`` places along an axis from ``index`` on, from the end where it is negative; at least one."""
    size = samples.shape[axis]
    start = min(index, size - 1) if index >= 0 else max(size + index, 0)
    return samples.narrow(axis, start, min(amount, size - start))


def cut_to_batch(samples: Tensor, axis: int, size: int) -> Tensor:
    """Slices of ``size`` places along an axis as items of a batch, those of the first item first.

    What is left at the end and fills no slice is dropped; what is smaller than one slice stays as it is.
    """
    count = samples.shape[axis] // size
    if count == 0:
        return samples
    slices = torch.split(samples.narrow(axis, 0, count * size), size, axis)
    return torch.stack(slices, dim=1).flatten(0, 1)


def concat(first: Tensor, second: Tensor, axis: int) -> Tensor:
    """Joined along an axis. Raises :class:`LatentMismatchError` where the other sides differ."""
    others = [side for side in range(1, first.ndim) if side != axis]
    if any(first.shape[side] != second.shape[side] for side in others):
        raise LatentMismatchError(
            f"samples1 has {_told(first)} and samples2 {_told(second)}; beside each other they need the same height, "
            "above each other the same width. Scale or crop one."
        )
    return torch.cat([first, second], dim=axis)


def _told(samples: Tensor) -> str:
    return f"{samples.shape[-1]} by {samples.shape[-2]} cells of {samples.shape[1]} channels"
