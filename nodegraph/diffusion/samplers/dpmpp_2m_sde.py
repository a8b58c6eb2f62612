"""SDE-DPM-Solver++(2M), with the midpoint or the Heun correction.

Reference: Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", the
solver it calls SDE-DPM-Solver++(2M), with λ = −ln σ. η scales the noise of the reverse equation as in Karras et al.
2022 (eq. 6); η = 0 is the deterministic DPM-Solver++(2M).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step

Correction = Literal["midpoint", "heun"]


def dpmpp_2m_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    eta: float = 1.0,
    correction: Correction = "midpoint",
) -> Iterator[Step]:
    """Second order, stochastic, one network call a step; the first step, and a last step to 0, are first order."""
    previous: Tensor | None = None
    h_last = math.nan
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            gain = -math.expm1(-h * (1 + eta))
            x = x * (sigma_next / sigma * math.exp(-h * eta)) + denoised * gain
            if previous is not None:
                # The share of the slope between two predictions that the step sees: exact ("heun") or to first order.
                share = gain / 2 if correction == "midpoint" else 1 - gain / (h * (1 + eta))
                x = x + (denoised - previous) * (share * h / h_last)
            if eta > 0:
                x = x + noise(sigma, sigma_next) * (sigma_next * math.sqrt(-math.expm1(-2 * h * eta)))
            h_last = h
        previous = denoised
        yield Step(index, sigma_next, x, denoised)
