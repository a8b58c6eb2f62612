"""Euler steps that go down too far and add noise back.

Reference: Song et al. 2021, "Denoising Diffusion Implicit Models", eq. 12 and 16: DDIM with η = 1 by default, in the
variance-exploding frame.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split, flow_ancestral_split
from nodegraph.diffusion.samplers.step import Step


def euler_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """First order, stochastic, one network call a step; ``eta`` 0 is Euler, 1 is DDPM."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        down, up = ancestral_split(sigma, sigma_next, eta=eta)
        x = x + (x - denoised) * ((down - sigma) / sigma)
        if up > 0:
            x = x + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)


def euler_ancestral_flow(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """As :func:`euler_ancestral`, for a flow."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        down, scale, up = flow_ancestral_split(sigma, sigma_next, eta=eta)
        x = x + (x - denoised) * ((down - sigma) / sigma)
        if up > 0:
            x = x * scale + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)
