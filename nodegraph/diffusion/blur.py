"""Gaussian blurs and the sharpening that is their opposite, as the field's nodes measure them.

Shapes: ``b c h w``; a kernel is ``k k``.
"""

import torch
import torch.nn.functional as F
from einops import repeat
from torch import Tensor

_STRENGTH = 10
"""How much a sharpening of 1 takes of the blur."""


def gaussian_kernel(radius: int, sigma: float) -> Tensor:
    """Weights ``exp(−(x² + y²)/2σ²)`` over −1 … 1 in 2·radius + 1 places each way, with a sum of 1.

    The unit of ``sigma`` is therefore the radius, not a cell.
    """
    place = torch.linspace(-1, 1, 2 * radius + 1)
    weights = torch.exp(-(place**2) / (2 * sigma**2))
    kernel = weights[:, None] * weights[None, :]
    return kernel / kernel.sum()


def sharpening_kernel(radius: int, sigma: float, amount: float) -> Tensor:
    """The identity plus ``amount`` · 10 times its difference from the blur: an unsharp mask, with a sum of 1."""
    kernel = -amount * _STRENGTH * gaussian_kernel(radius, sigma)
    kernel[radius, radius] += 1 - kernel.sum()
    return kernel


def convolve(samples: Tensor, kernel: Tensor) -> Tensor:
    """Each channel with the same kernel, shape kept; beyond a border is what lies within it, mirrored."""
    radius, channels = kernel.shape[0] // 2, samples.shape[1]
    padded = _mirrored(_mirrored(samples, radius, axis=2), radius, axis=3)
    weights = repeat(kernel.to(samples), "h w -> c 1 h w", c=channels)
    return F.conv2d(padded, weights, groups=channels)


def _mirrored(samples: Tensor, radius: int, *, axis: int) -> Tensor:
    """Longer by ``radius`` at both ends: … 2 1 | 0 1 2 … n | n−1 …, back and forth where it is shorter than that."""
    last = samples.shape[axis] - 1
    if last == 0:
        return samples.repeat_interleave(2 * radius + 1, dim=axis)
    place = torch.arange(-radius, last + radius + 1, device=samples.device) % (2 * last)
    return samples.index_select(axis, last - (place - last).abs())
