"""ER-SDE-Solver: the reverse equation with as much noise as a function of σ says, and Taylor terms of the prediction.

Reference: Cui et al. 2023, "Elucidating the Solution Space of Extended Reverse-Time SDE for Diffusion Models",
algorithms 1 to 3 and the function of its eq. 22, in the variance-exploding frame (λ there is our σ).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step

POINTS = 200
"""Over so many points the integrals of 1/φ are summed."""

Levels = NDArray[np.float64]

NoiseScale = Callable[[Levels], Levels]
"""φ at each of several levels. The level itself is the equation without noise, its square the reverse-time one."""


def er_sde_scale(sigma: Levels) -> Levels:
    """φ(σ) = σ·(exp(σ^0.3) + 10), the paper's ER-SDE 5."""
    return sigma * (np.exp(sigma**0.3) + 10.0)


def er_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    scale: NoiseScale = er_sde_scale,
    max_stage: int = 3,
) -> Iterator[Step]:
    """Up to third order, stochastic, one network call a step; a last step to 0 goes to the prediction."""
    previous: Tensor | None = None
    slope_before: Tensor | None = None
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            stage = min(max_stage, index + 1)
            scale_at, scale_next = scale(np.array([sigma, sigma_next])).tolist()
            ratio = scale_next / scale_at
            x = x * ratio + denoised * (1 - ratio)
            step = sigma_next - sigma
            width = -step / POINTS
            places = np.linspace(sigma_next, sigma, POINTS, endpoint=False)
            shares = scale_next * width / scale(places)
            if stage >= 2 and previous is not None:
                slope = (denoised - previous) / (sigma - sigmas[index - 1])
                x = x + slope * (step + float(shares.sum()))
                if stage >= 3 and slope_before is not None:
                    curve = (slope - slope_before) / ((sigma - sigmas[index - 2]) / 2)
                    x = x + curve * (step**2 / 2 + float(((places - sigma) * shares).sum()))
                slope_before = slope
            spread = math.sqrt(max(sigma_next**2 - (sigma * ratio) ** 2, 0.0))
            if spread > 0:
                x = x + noise(sigma, sigma_next) * spread
        previous = denoised
        yield Step(index, sigma_next, x, denoised)
