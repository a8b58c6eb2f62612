"""DPM-Solver++ (stochastic), a two-stage singlestep solver.

Reference: Lu et al. 2022, "DPM-Solver++", algorithm 1 (DPM-Solver++(2S)), with λ = −ln σ, each stage taken down too
far and noised back as in DDIM (Song et al. 2021, eq. 16).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split
from nodegraph.diffusion.samplers.step import Step


def dpmpp_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    eta: float = 1.0,
    r: float = 0.5,
) -> Iterator[Step]:
    """Stochastic, two network calls a step (one for a last step to 0); ``r`` places the middle stage in log σ."""

    def advance(start: Tensor, aim: Tensor, sigma: float, sigma_next: float) -> Tensor:
        """Exactly along the equation for a constant prediction ``aim``, with noise."""
        down, up = ancestral_split(sigma, sigma_next, eta=eta)
        reached = start * (down / sigma) + aim * (1 - down / sigma)
        return reached + noise(sigma, sigma_next) * up if up > 0 else reached

    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            middle = sigma * math.exp(-r * math.log(sigma / sigma_next))
            denoised_middle = denoise(advance(x, denoised, sigma, middle), middle)
            aim = denoised * (1 - 1 / (2 * r)) + denoised_middle * (1 / (2 * r))
            x = advance(x, aim, sigma, sigma_next)
        yield Step(index, sigma_next, x, denoised)
