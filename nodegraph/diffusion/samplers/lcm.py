"""Multistep sampling of a consistency model: predict the picture, noise it again, repeat.

Reference: Luo et al. 2023, "Latent Consistency Models", algorithm 3; Song et al. 2023, "Consistency Models",
algorithm 1.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def lcm(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Stochastic, one network call a step."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        x = denoised
        if sigma_next > 0:
            x = denoise.sampling.add_noise(denoised, noise(sigma, sigma_next), sigma_next)
        yield Step(index, sigma_next, x, denoised)
