"""Noise levels by formula, for no model in particular, and lists of them made from others.

References: Karras et al. 2022, eq. 5; Song et al. 2021, "Score-Based Generative Modeling through Stochastic
Differential Equations" (the variance-preserving equation); Hang et al. 2024, "Improved Noise Schedule for Diffusion
Training" (the Laplace schedule); Sauer et al. 2023, "Adversarial Diffusion Distillation" (the turbo steps).

Every list is a float32 vector; those that are schedules fall, most to a last 0.
"""

import math
from typing import Literal

import torch
from torch import Tensor

from nodegraph.diffusion.noise_levels import NoiseLevels
from nodegraph.errors import UserError

Spacing = Literal["linear", "cosine", "sine"]

NEAR_ZERO = 1e-4
"""What a walk away from the picture starts at: at 0 there is no slope."""


class LevelsError(UserError):
    """Ends of a schedule between which there are no levels."""


def karras(steps: int, *, sigma_max: float, sigma_min: float, rho: float) -> Tensor:
    """Even distances in σ^(1/ρ), and 0.

    Raises:
        LevelsError: ``rho`` is 0 or an end is not above 0.
    """
    _check_ends(sigma_max, sigma_min)
    if rho <= 0:
        raise LevelsError(f"rho is {rho:g}; the rho-th root needs a number above 0.")
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return _to_zero((high + _evenly(0, 1, steps) * (low - high)) ** rho)


def polyexponential(steps: int, *, sigma_max: float, sigma_min: float, rho: float) -> Tensor:
    """Distances in log σ that are a power ρ of even ones, and 0.

    Raises:
        LevelsError: an end is not above 0.
    """
    _check_ends(sigma_max, sigma_min)
    shares = _evenly(1, 0, steps) ** rho
    return _to_zero((math.log(sigma_min) + shares * math.log(sigma_max / sigma_min)).exp())


def laplace(steps: int, *, sigma_max: float, sigma_min: float, mu: float, beta: float) -> Tensor:
    """Log σ at even quantiles of Laplace(μ, β), clamped; without a last 0."""
    x = _evenly(0, 1, steps)
    log_sigmas = mu - beta * torch.sign(0.5 - x) * torch.log(1 - 2 * (0.5 - x).abs() + 1e-5)
    return log_sigmas.exp().clamp(sigma_min, max(sigma_max, sigma_min)).float()


def variance_preserving(steps: int, *, beta_d: float, beta_min: float, last_time: float) -> Tensor:
    """σ² = exp(½·β_d·t² + β_min·t) − 1 at even times from 1 to ``last_time``, and 0."""
    t = _evenly(1, last_time, steps)
    return _to_zero(torch.special.expm1(beta_d * t**2 / 2 + beta_min * t).sqrt())


def turbo(levels: NoiseLevels, steps: int, *, denoise: float = 1.0) -> Tensor:
    """The levels of timesteps 999, 899, …, 99 from a share of the way on, ``steps`` of them at most, and 0."""
    first = 10 - int(10 * denoise)
    timesteps = torch.arange(999, 0, -100)[first : first + steps]
    return _to_zero(levels.sigma(timesteps.float()))


def flipped(sigmas: Tensor) -> Tensor:
    """The levels from last to first; a first level of 0 becomes almost 0."""
    levels = sigmas.flip(0)
    if len(levels) and levels[0] == 0:
        levels[0] = NEAR_ZERO
    return levels


def extended(sigmas: Tensor, steps: int, *, start: float, end: float, spacing: Spacing) -> Tensor:
    """Each step from a level between ``start`` and ``end`` divided into ``steps``, spaced evenly or along a curve."""
    shares = torch.linspace(0, 1, steps + 1, dtype=torch.float64)[1:-1]
    if spacing == "cosine":
        shares = torch.sin(shares * math.pi / 2)
    elif spacing == "sine":
        shares = 1 - torch.cos(shares * math.pi / 2)
    levels: list[float] = []
    for level, level_next in zip(sigmas[:-1].tolist(), sigmas[1:].tolist(), strict=True):
        levels.append(level)
        if end <= level <= start:
            levels.extend((level + shares * (level_next - level)).tolist())
    return torch.tensor([*levels, *sigmas[-1:].tolist()])


def _check_ends(sigma_max: float, sigma_min: float) -> None:
    if sigma_min <= 0 or sigma_max <= 0:
        raise LevelsError(
            f"The schedule runs from {sigma_max:g} to {sigma_min:g}; both must be above 0, which is added at the end."
        )


def _evenly(start: float, end: float, steps: int) -> Tensor:
    if steps < 1:
        raise LevelsError(f"steps is {steps}; a schedule has at least one.")
    return torch.linspace(start, end, steps, dtype=torch.float64)


def _to_zero(levels: Tensor) -> Tensor:
    return torch.cat([levels.float(), torch.zeros(1)])
