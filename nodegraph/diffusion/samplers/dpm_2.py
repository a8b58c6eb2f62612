"""DPM2: the midpoint method with the middle at the geometric mean of the levels.

References: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 2 with
its middle in log σ; the ancestral form goes down too far and adds noise back (Song et al. 2021, eq. 16).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split, flow_ancestral_split
from nodegraph.diffusion.samplers.step import Step


def dpm_2(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Second order, deterministic, two network calls a step (one for a last step to 0)."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        x = _midpoint(denoise, x, denoised, sigma, sigma_next)
        yield Step(index, sigma_next, x, denoised)


def dpm_2_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """Stochastic, two network calls a step (one for a last step to 0)."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        down, up = ancestral_split(sigma, sigma_next, eta=eta)
        x = _midpoint(denoise, x, denoised, sigma, down)
        if up > 0:
            x = x + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)


def dpm_2_ancestral_flow(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """As :func:`dpm_2_ancestral`, for a flow."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        down, scale, up = flow_ancestral_split(sigma, sigma_next, eta=eta)
        x = _midpoint(denoise, x, denoised, sigma, down)
        if up > 0:
            x = x * scale + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)


def _midpoint(denoise: Denoiser, x: Tensor, denoised: Tensor, sigma: float, target: float) -> Tensor:
    """From ``sigma`` to ``target`` along the slope in between; Euler's method if that is 0."""
    slope = (x - denoised) / sigma
    if target > 0:
        middle = math.sqrt(sigma * target)
        reached = x + slope * (middle - sigma)
        slope = (reached - denoise(reached, middle)) / middle
    return x + slope * (target - sigma)
