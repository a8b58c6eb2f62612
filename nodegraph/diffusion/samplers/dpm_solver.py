"""One step of DPM-Solver, of first to third order: the exact solution for a noise prediction polynomial in λ.

Reference: Lu et al. 2022, "DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10
Steps", algorithms 1 and 2 and eq. 3.7, with α = 1 and λ = −ln σ.

Shapes: everything is ``b c h w``.
"""

import math
from dataclasses import dataclass, field

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser


@dataclass(eq=False)
class Singlestep:
    """Steps from one point, x at λ, to another λ. What the network said in between is asked once and remembered."""

    denoise: Denoiser
    x: Tensor
    lam: float
    denoised: Tensor = field(init=False)
    _middle: dict[float, Tensor] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.denoised = self.denoise(self.x, math.exp(-self.lam))
        self.epsilon = (self.x - self.denoised) / math.exp(-self.lam)

    def first(self, target: float) -> Tensor:
        """First order (DDIM), no further network call."""
        return self.x - self.epsilon * (math.exp(-target) * math.expm1(target - self.lam))

    def second(self, target: float, *, r1: float = 1 / 2) -> Tensor:
        """Second order; one call at the share ``r1`` of the way."""
        h, sigma = target - self.lam, math.exp(-target)
        change = self._epsilon_at(r1, h) - self.epsilon
        return self.first(target) - change * (sigma / (2 * r1) * math.expm1(h))

    def third(self, target: float, *, r1: float = 1 / 3, r2: float = 2 / 3) -> Tensor:
        """Third order; two calls, at the shares ``r1`` and ``r2`` of the way."""
        h, sigma = target - self.lam, math.exp(-target)
        middle = self.lam + r2 * h
        change = self._epsilon_at(r1, h) - self.epsilon
        curve = math.expm1(r2 * h) / (r2 * h) - 1
        reached = self.first(middle) - change * (math.exp(-middle) * (r2 / r1) * curve)
        change = self._epsilon_of(reached, middle) - self.epsilon
        return self.first(target) - change * (sigma / r2 * (math.expm1(h) / h - 1))

    def _epsilon_at(self, share: float, h: float) -> Tensor:
        middle = self.lam + share * h
        if middle not in self._middle:
            self._middle[middle] = self._epsilon_of(self.first(middle), middle)
        return self._middle[middle]

    def _epsilon_of(self, x: Tensor, lam: float) -> Tensor:
        sigma = math.exp(-lam)
        return (x - self.denoise(x, sigma)) / sigma
