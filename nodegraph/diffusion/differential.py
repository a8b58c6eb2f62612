"""Differential diffusion: a grey mask says how much of the way a cell may change, instead of how strongly.

The lighter a cell, the earlier it is let go: at each level a cell changes freely if the mask is at least the share of
the way that is still to go, and else not at all. At the lowest level of the network nothing is still to go and even
black cells are let go, as in the field: hardly any noise is left then for a network to take away.

Reference: Levin & Fried 2023, "Differential Diffusion: Giving Each Pixel Its Strength", algorithm 1, with the way
measured in timesteps of the network.

Shapes: b batch, h w latent cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.masked import MaskAt, MaskOption
from nodegraph.diffusion.model_sampling import ModelSampling


@dataclass(frozen=True, slots=True)
class DifferentialDiffusion(MaskOption):
    """``strength`` 1: cells are let go at once. Below, that much of it, and for the rest the mask as it is."""

    strength: float = 1.0

    def schedule(self, mask: Tensor, sampling: ModelSampling, levels: Sequence[float]) -> MaskAt:
        """m ≥ τ with τ = (t(σ) − t(σ_end))/(t(σ₀) − t(σ_end)); σ_end is the last level, but one of the table."""
        first = sampling.timestep(levels[0])
        last = sampling.timestep(max(levels[-1], sampling.levels.sigma_min))
        way = first - last

        def mask_at(sigma: float) -> Tensor:
            # All levels may be told to the network as the same timestep: then the whole way is to go.
            left = (sampling.timestep(sigma) - last) / way if way else 1.0
            let_go = (mask >= left).to(mask.dtype)
            return let_go if self.strength >= 1.0 else mask + (let_go - mask) * self.strength

        return mask_at
