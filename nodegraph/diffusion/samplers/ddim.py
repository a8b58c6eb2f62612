"""DDIM as its paper writes it, in the variance-preserving frame, with the parameter η.

Reference: Song et al. 2021, "Denoising Diffusion Implicit Models", eq. 12 (the step) and 16 (σ(η)). η = 0, the
default, is deterministic; η = 1 is DDPM.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def ddim(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 0.0
) -> Iterator[Step]:
    """First order, one network call a step; ``eta`` in 0…1 scales the noise added at each step."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        epsilon = (x - denoised) / sigma
        # With ᾱ = 1/(1 + σ²), the paper's x is √ᾱ times ours; so is its noise.
        alpha_bar, alpha_bar_next = 1 / (1 + sigma**2), 1 / (1 + sigma_next**2)
        variance = (1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next)
        spread = eta * math.sqrt(variance) if eta else 0.0  # where levels rise, the variance is below 0
        direction = math.sqrt(max(1 - alpha_bar_next - spread**2, 0.0))
        x = denoised + epsilon * (direction / math.sqrt(alpha_bar_next))
        if spread > 0:
            x = x + noise(sigma, sigma_next) * (spread / math.sqrt(alpha_bar_next))
        yield Step(index, sigma_next, x, denoised)
