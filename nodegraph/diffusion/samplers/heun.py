"""Heun's method on the probability-flow equation.

Reference: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 1.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def heun(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Second order, deterministic, two network calls a step (one for a last step to 0)."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        slope = (x - denoised) / sigma
        reached = x + slope * (sigma_next - sigma)
        if sigma_next > 0:
            slope_next = (reached - denoise(reached, sigma_next)) / sigma_next
            x = x + (slope + slope_next) * ((sigma_next - sigma) / 2)
        else:
            x = reached
        yield Step(index, sigma_next, x, denoised)
