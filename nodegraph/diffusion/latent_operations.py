"""What may be done to a latent, or to the guidance of each step: values of the socket type LATENT_OPERATION.

Both work on the vector of each cell's channels: on its length, or its direction. Shapes: ``b c h w``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nodegraph.diffusion.blur import convolve, sharpening_kernel
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage

LatentOperation = Callable[[Tensor], Tensor]

_TINY = 1e-10
_DIM = 1e-6


@dataclass(frozen=True, slots=True)
class TonemapReinhard:
    """Long vectors are shortened: ``|v| → t·m/(m + 1)`` with m = |v|/t (Reinhard et al. 2002, eq. 3).

    t is ``multiplier`` · (mean + 5 standard deviations) of all lengths of an item.
    """

    multiplier: float

    def __call__(self, samples: Tensor) -> Tensor:
        """A latent ``b c h w`` of which no cell is longer than t."""
        length: Tensor = torch.linalg.vector_norm(samples, dim=1, keepdim=True) + _TINY
        mean, deviation = length.mean(dim=(1, 2, 3), keepdim=True), length.std(dim=(1, 2, 3), keepdim=True)
        longest = (mean + 5 * deviation) * self.multiplier + _TINY
        # |v| · t / (|v| + t) is the new length; it tends to t.
        return samples * (longest / (length + longest))


@dataclass(frozen=True, slots=True)
class Sharpen:
    """Directions of cells are sharpened against their neighbours', lengths kept for each."""

    radius: int
    sigma: float
    amount: float

    def __call__(self, samples: Tensor) -> Tensor:
        """A latent ``b c h w``."""
        length: Tensor = torch.linalg.vector_norm(samples, dim=1, keepdim=True) + _DIM
        return convolve(samples / length, sharpening_kernel(self.radius, self.sigma, self.amount)) * length


@dataclass(frozen=True, slots=True)
class OperatedGuidance(GuidanceOption, Stage):
    """An operation on what the positive prompt adds to the negative, before it is scaled by cfg."""

    operation: LatentOperation

    def begin(self, ask: Ask) -> Stage:
        return self

    def before(self, step: Predicted) -> Predicted:
        return replace(step, cond=step.uncond + self.operation(step.cond - step.uncond))
