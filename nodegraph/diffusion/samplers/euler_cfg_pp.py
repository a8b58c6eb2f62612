"""Euler's method under CFG++: the picture follows the guidance, the noise that is put back the negative alone.

Reference: Chung et al. 2024, "CFG++: Manifold-constrained Classifier Free Guidance for Diffusion Models", algorithm 2.
Ancestral as :mod:`~nodegraph.diffusion.samplers.euler_ancestral`.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split
from nodegraph.diffusion.samplers.step import Step


def euler_ancestral_cfg_pp(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """First order, stochastic, one network call a step; ``eta`` 0 is :func:`euler_cfg_pp`."""
    alpha = denoise.sampling.prediction.alpha
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised, avoided = denoise.both(x, sigma)
        direction = (x - avoided * alpha(sigma)) / sigma
        # A flow at σ = 1 is noise throughout: all of it may be replaced.
        from_level = sigma / alpha(sigma) if alpha(sigma) > 0 else math.inf
        down, up = ancestral_split(from_level, sigma_next / alpha(sigma_next), eta=eta)
        x = (denoised + direction * down) * alpha(sigma_next)
        if up > 0:
            x = x + noise(sigma, sigma_next) * (up * alpha(sigma_next))
        yield Step(index, sigma_next, x, denoised)


def euler_cfg_pp(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """First order, deterministic, one network call a step."""
    return euler_ancestral_cfg_pp(denoise, x, sigmas, noise, eta=0.0)


def euler_cfg_pp_alternative(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """The field's other form: Euler's method along (x − 2·D + u)/σ, u what the negative alone predicts.

    It ends at 2·D − u, past the guided picture away from the negative, so that it needs even less guidance.
    """
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised, avoided = denoise.both(x, sigma)
        x = x + (x - denoised + avoided - denoised) * ((sigma_next - sigma) / sigma)
        yield Step(index, sigma_next, x, denoised)
