"""Euler's method on the probability-flow equation dx/dσ = (x − D(x, σ))/σ.

Reference: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 1 without
its correction. Step for step this is DDIM with η = 0 (Song et al. 2021, eq. 12).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def euler(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """First order, deterministic, one network call a step."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        x = x + (x - denoised) * ((sigma_next - sigma) / sigma)
        yield Step(index, sigma_next, x, denoised)
