"""DEIS (tAB): the last slopes as a polynomial in time, integrated over the step in σ.

Reference: Zhang & Chen 2023, "Fast Sampling of Diffusion Models with Exponential Integrator", eq. 15 and 16. Time is
that of the variance-preserving equation of Song et al. 2021, "Score-Based Generative Modeling through Stochastic
Differential Equations", whose β is linear, with the ends of Karras et al. 2022, table 1.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.lagrange import Places, lagrange_integrals
from nodegraph.diffusion.samplers.step import Step

SIGMA_MIN, SIGMA_MAX, TIME_MIN = 0.002, 80.0, 1e-3
"""The levels at the times TIME_MIN and 1."""

BETA_SLOPE = 2 * (math.log(SIGMA_MIN**2 + 1) / TIME_MIN - math.log(SIGMA_MAX**2 + 1)) / (TIME_MIN - 1)
BETA_START = math.log(SIGMA_MAX**2 + 1) - BETA_SLOPE / 2


def deis(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, order: int = 3) -> Iterator[Step]:
    """Up to third order, deterministic, one network call a step; a last step to 0 is Euler's."""
    slopes: deque[Tensor] = deque(maxlen=order)
    times = [vp_time(sigma) for sigma in sigmas]
    for index in range(len(sigmas) - 1):
        sigma, sigma_next = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        slopes.appendleft((x - denoised) / sigma)
        if sigma_next == 0 or len(slopes) == 1:
            x = x + slopes[0] * (sigma_next - sigma)
        else:
            known = [times[index - back] for back in range(len(slopes))]
            shares = lagrange_integrals(known, times[index], times[index + 1], vp_sigma_rate)
            for slope, share in zip(slopes, shares, strict=True):
                x = x + slope * share
        yield Step(index, sigma_next, x, denoised)


def vp_time(sigma: float) -> float:
    """The time at which the variance-preserving equation has noise level σ."""
    return (math.sqrt(BETA_START**2 + 2 * BETA_SLOPE * math.log1p(sigma**2)) - BETA_START) / BETA_SLOPE


def vp_sigma_rate(time: Places) -> Places:
    """dσ/dt there, with σ² = exp(½·slope·t² + start·t) − 1."""
    exponent = BETA_SLOPE * time**2 / 2 + BETA_START * time
    rate: Places = (BETA_SLOPE * time + BETA_START) * np.exp(exponent) / (2 * np.sqrt(np.expm1(exponent)))
    return rate
