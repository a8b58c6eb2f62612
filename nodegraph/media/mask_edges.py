"""Growing, shrinking and fading masks at their edges. Shapes: ``b h w`` in 0..1."""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor


def grow(masks: Tensor, by: int, *, tapered: bool) -> Tensor:
    """Masks grown by so many pixels, or shrunk by as many where it is negative: grey dilation and erosion.

    A step takes the largest (smallest) of a pixel and its neighbours: four of them where corners are ``tapered``, so
    that a point becomes a diamond, else eight. What lies outside of the mask counts as nothing.
    """
    sign = 1 if by >= 0 else -1
    grown = rearrange(masks * sign, "b h w -> b 1 h w")
    for _ in range(min(abs(by), sum(masks.shape[-2:]))):  # after so many steps every pixel has reached every other
        rows, columns = F.max_pool2d(grown, (3, 1), 1, (1, 0)), F.max_pool2d(grown, (1, 3), 1, (0, 1))
        grown = torch.maximum(rows, columns) if tapered else F.max_pool2d(rows, (1, 3), 1, (0, 1))
    return rearrange(grown, "b 1 h w -> b h w") * sign


def feather(masks: Tensor, *, left: int, top: int, right: int, bottom: int) -> Tensor:
    """Masks that fade towards their borders: 1/n, 2/n, … of their value over the n pixels of each side."""
    height, width = masks.shape[-2:]
    rows = _rising(height, top) * _rising(height, bottom).flip(0)
    columns = _rising(width, left) * _rising(width, right).flip(0)
    return masks * rows[:, None].to(masks) * columns[None, :].to(masks)


def _rising(length: int, over: int) -> Tensor:
    """``length`` weights that rise from the start to 1 over at most as many places."""
    over = min(over, length)
    return (torch.arange(1, length + 1) / over).clamp(max=1.0) if over else torch.ones(length)
