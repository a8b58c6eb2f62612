"""DPM-Solver++(2M), plain and under CFG++.

References: Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
algorithm 2, with λ = −ln σ; Chung et al. 2024, "CFG++: Manifold-constrained Classifier Free Guidance for Diffusion
Models" (its form of this solver).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def dpmpp_2m(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Second order, deterministic, one network call a step; the first step, and a last step to 0, are first order."""
    previous: Tensor | None = None
    h_last = math.nan
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            aim = denoised
            if previous is not None:
                ratio = h_last / h
                aim = denoised * (1 + 1 / (2 * ratio)) - previous * (1 / (2 * ratio))
            x = x * (sigma_next / sigma) - aim * math.expm1(-h)
            h_last = h
        previous = denoised
        yield Step(index, sigma_next, x, denoised)


def dpmpp_2m_cfg_pp(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """As :func:`dpmpp_2m`, but the noise that is kept, and the history, are what the negative alone predicts."""
    previous: Tensor | None = None
    h_last = math.nan
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised, avoided = denoise.both(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            x = denoised + (x - avoided) * (sigma_next / sigma)
            if previous is not None:
                x = x - (denoised - previous) * (math.expm1(-h) * h / (2 * h_last))
            h_last = h
        previous = avoided
        yield Step(index, sigma_next, x, denoised)
