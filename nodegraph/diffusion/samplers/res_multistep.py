"""RES, multistep: an exponential integrator of second order, plain, ancestral and under CFG++.

References: Zhang et al. 2023, "Improved Order Analysis and Design of Exponential Integrator for Diffusion Models
Sampling", algorithm 2, with λ = −ln σ; Song et al. 2021, eq. 16 (the noise); Chung et al. 2024, "CFG++".
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split
from nodegraph.diffusion.samplers.step import Step


def res_multistep(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    eta: float = 0.0,
    cfg_pp: bool = False,
) -> Iterator[Step]:
    """Second order without noise, one network call a step; the first step, and a last step to 0, are Euler's.

    ``eta`` adds noise back as in ancestral sampling; ``cfg_pp`` keeps the noise, and the history, that the negative
    alone predicts.
    """
    previous: Tensor | None = None
    sigma_before = down_before = math.nan
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        if cfg_pp:
            denoised, direction = denoise.both(x, sigma)
        else:
            denoised = direction = denoise(x, sigma)
        down, up = ancestral_split(sigma, sigma_next, eta=eta)
        if down == 0 or previous is None:
            x = denoised + (x - direction) * (down / sigma)
        else:
            h = math.log(sigma / down)
            place = math.log(down_before / sigma_before) / h
            phi_1 = -math.expm1(-h) / h
            phi_2 = (phi_1 - 1) / -h
            b_2 = phi_2 / place if place != 0 else 0.0
            b_1 = phi_1 - b_2 if place != 0 else 0.0
            x = (x + (denoised - direction)) * (down / sigma) + (denoised * b_1 + previous * b_2) * h
        if up > 0:
            x = x + noise(sigma, sigma_next) * up
        previous, sigma_before, down_before = direction, sigma, down
        yield Step(index, sigma_next, x, denoised)
