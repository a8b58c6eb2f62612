"""Ancestral sampling of the original diffusion model, in the variance-preserving frame.

Reference: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", algorithm 2 with the posterior variance β̃
(eq. 7) and α taken between the two levels of the step.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def ddpm(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """First order, stochastic, one network call a step."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        epsilon = (x - denoised) / sigma
        alpha_bar, alpha_bar_next = 1 / (1 + sigma**2), 1 / (1 + sigma_next**2)
        alpha = alpha_bar / alpha_bar_next
        preserving = x * math.sqrt(alpha_bar)
        mean = (preserving - epsilon * ((1 - alpha) / math.sqrt(1 - alpha_bar))) / math.sqrt(alpha)
        variance = (1 - alpha) * (1 - alpha_bar_next) / (1 - alpha_bar)
        if variance > 0:
            mean = mean + noise(sigma, sigma_next) * math.sqrt(variance)
        x = mean / math.sqrt(alpha_bar_next)
        yield Step(index, sigma_next, x, denoised)
