"""DPM-Solver++(2M).

Reference: Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
algorithm 2, with λ = −ln σ.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.model import Denoiser
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
