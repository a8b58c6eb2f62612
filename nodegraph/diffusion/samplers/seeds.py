"""SEEDS: exponential Runge-Kutta steps of the reverse equation with noise, of two or three stages.

Reference: Gonzalez et al. 2023, "SEEDS: Exponential SDE Solvers for Fast High-Quality Sampling from Diffusion Models",
algorithms 2 and 3, in the variance-exploding frame with λ = −ln σ; η scales the noise. Stages share their noise: that
of a later one continues that of the one before.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step

Solver = Literal["phi_1", "phi_2"]
"""How the stages of :func:`seeds_2` are weighed: to reach the order in the limit, or exactly for a straight line."""


@dataclass(eq=False)
class _Path:
    """The noise of one step, gathered stage by stage; its standard deviation, in units of σ, belongs to the stage."""

    noise: StepNoise
    sigma: float
    eta: float
    gathered: Tensor | float = 0.0

    def reach(self, sigma_next: float) -> Tensor | float:
        """The noise of standard deviation σ'·√(1 − (σ'/σ)^2η) at ``sigma_next``, which continues that at the last."""
        if self.eta == 0:
            return 0.0
        rest = (sigma_next / self.sigma) ** self.eta
        fresh = self.noise(self.sigma, sigma_next) * math.sqrt(max(1 - rest**2, 0.0))
        self.gathered = self.gathered * rest + fresh
        self.sigma = sigma_next
        return self.gathered * sigma_next


def seeds_2(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    eta: float = 1.0,
    r: float = 0.5,
    solver: Solver = "phi_1",
) -> Iterator[Step]:
    """Stochastic, two network calls a step (one for a last step to 0); ``r`` places the middle stage in log σ."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            middle = sigma * math.exp(-r * h)
            path = _Path(noise, sigma, eta)
            reached = x * _rest(r * h, eta) + denoised * _gain(r * h, eta) + path.reach(middle)
            denoised_middle = denoise(reached, middle)
            gain = _gain(h, eta)
            share = gain / (2 * r) if solver == "phi_1" else _second(h, eta) / r
            x = x * _rest(h, eta) + denoised * (gain - share) + denoised_middle * share + path.reach(sigma_next)
        yield Step(index, sigma_next, x, denoised)


def seeds_3(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    eta: float = 1.0,
    r_1: float = 1 / 3,
    r_2: float = 2 / 3,
) -> Iterator[Step]:
    """Stochastic, three network calls a step (one for a last step to 0)."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            first, second = sigma * math.exp(-r_1 * h), sigma * math.exp(-r_2 * h)
            path = _Path(noise, sigma, eta)
            reached = x * _rest(r_1 * h, eta) + denoised * _gain(r_1 * h, eta) + path.reach(first)
            change = denoise(reached, first) - denoised
            reached = x * _rest(r_2 * h, eta) + denoised * _gain(r_2 * h, eta) + path.reach(second)
            reached = reached + change * (r_2 / r_1 * _second(r_2 * h, eta))
            change = denoise(reached, second) - denoised
            x = x * _rest(h, eta) + denoised * _gain(h, eta) + path.reach(sigma_next)
            x = x + change * (_second(h, eta) / r_2)
        yield Step(index, sigma_next, x, denoised)


def _rest(h: float, eta: float) -> float:
    """The share of x that is left after h."""
    return math.exp(-h * (1 + eta))


def _gain(h: float, eta: float) -> float:
    """The share of a constant prediction after h: the integral φ₁ times its length."""
    return -math.expm1(-h * (1 + eta))


def _second(h: float, eta: float) -> float:
    """The share of a prediction that grows evenly from 0 to 1 over h: the integral φ₂ times its length."""
    length = h * (1 + eta)
    return 1 + math.expm1(-length) / length
