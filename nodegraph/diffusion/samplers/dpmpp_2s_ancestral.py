"""DPM-Solver++(2S): a two-stage singlestep solver that goes down too far and adds noise back.

References: Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
algorithm 1 with r = ½ and λ = −ln σ; Song et al. 2021, eq. 16 (the noise); Chung et al. 2024, "CFG++".
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split, flow_ancestral_split
from nodegraph.diffusion.samplers.step import Step

MIDDLE_OF_ALL_NOISE = 0.9999
"""Stands for the level halfway from that of all noise, from which there is no half of the way in log SNR."""


def dpmpp_2s_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """Stochastic, two network calls a step (one for a last step to 0)."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        down, up = ancestral_split(sigma, sigma_next, eta=eta)
        aim = denoised
        if down > 0:
            middle = math.sqrt(sigma * down)
            aim = denoise(_towards(x, denoised, middle / sigma), middle)
        x = _towards(x, aim, down / sigma)
        if up > 0:
            x = x + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)


def dpmpp_2s_ancestral_cfg_pp(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """As :func:`dpmpp_2s_ancestral`, but the noise that is kept is what the negative alone predicts."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised, avoided = denoise.both(x, sigma)
        down, up = ancestral_split(sigma, sigma_next, eta=eta)
        if down > 0:
            shifted = x + (denoised - avoided)
            middle = math.sqrt(sigma * down)
            aim = denoise(_towards(shifted, denoised, middle / sigma), middle)
            x = _towards(shifted, aim, down / sigma)
        else:
            x = denoised
        if up > 0:
            x = x + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)


def dpmpp_2s_ancestral_flow(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """As :func:`dpmpp_2s_ancestral`, for a flow: λ = ln((1 − σ)/σ)."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        down, scale, up = flow_ancestral_split(sigma, sigma_next, eta=eta)
        aim = denoised
        if down > 0:
            middle = _flow_middle(sigma, down)
            aim = denoise(_towards(x, denoised, middle / sigma), middle)
        x = _towards(x, aim, down / sigma)
        if up > 0:
            x = x * scale + noise(sigma, sigma_next) * up
        yield Step(index, sigma_next, x, denoised)


def _towards(x: Tensor, aim: Tensor, rest: float) -> Tensor:
    """Exactly along the equation for a constant prediction ``aim``, until ``rest`` of the noise level is left."""
    return x * rest + aim * (1 - rest)


def _flow_middle(sigma: float, target: float) -> float:
    if sigma >= 1:
        return MIDDLE_OF_ALL_NOISE
    odds = math.sqrt(sigma / (1 - sigma) * target / (1 - target))
    return odds / (1 + odds)
