"""Multistep sampling of a consistency model: predict the picture, noise it again, repeat.

Reference: Luo et al. 2023, "Latent Consistency Models", algorithm 3; Song et al. 2023, "Consistency Models",
algorithm 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise, independent_noise
from nodegraph.diffusion.patches.downscale import Resize
from nodegraph.diffusion.samplers.step import Step


def lcm(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    first_scale: float = 1.0,
    last_scale: float = 1.0,
    clip: float = 0.0,
) -> Iterator[Step]:
    """Stochastic, one network call a step.

    The noise of the steps that add some goes evenly from ``first_scale`` times as much to ``last_scale``, after what
    is further from 0 than ``clip`` standard deviations has been moved there (0: nothing is).
    """
    noisy = sum(sigma > 0 for sigma in sigmas[1:])
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        x = denoised
        if sigma_next > 0:
            drawn = noise(sigma, sigma_next)
            if clip > 0:
                drawn = drawn.clamp(-clip, clip)
            scale = first_scale + (last_scale - first_scale) * (index / max(noisy - 1, 1))
            x = denoise.sampling.add_noise(denoised, drawn if scale == 1.0 else drawn * scale, sigma_next)
        yield Step(index, sigma_next, x, denoised)


@dataclass(frozen=True, slots=True)
class Growing:
    """As :func:`lcm`, enlarging the picture evenly over the first ``steps``, to ``ratio`` times its sides.

    Without ``steps``, over the first half of them. The denoiser must take latents of any size.
    """

    ratio: float
    steps: int | None
    resize: Resize

    def __call__(self, denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
        growing = min(len(sigmas), max(len(sigmas) // 2, 1) if self.steps is None else self.steps)
        height, width = x.shape[-2:]
        for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
            denoised = denoise(x, sigma)
            if index < growing:
                scale = 1.0 + (self.ratio - 1.0) * ((index + 1) / growing)
                denoised = self.resize(denoised, max(1, round(width * scale)), max(1, round(height * scale)))
            x = denoised
            if sigma_next > 0:
                drawn = noise(sigma, sigma_next)[..., : x.shape[-2], : x.shape[-1]]
                x = denoise.sampling.add_noise(denoised, drawn, sigma_next)
            yield Step(index, sigma_next, x, denoised)

    def noise_source(self, x: Tensor, sigmas: Sequence[float], seed: int) -> StepNoise:
        """Noise for the largest latent of the run, of which a smaller one takes a part."""
        height, width = (max(side, round(side * self.ratio)) for side in x.shape[-2:])
        return independent_noise(x.new_empty(*x.shape[:-2], height, width), sigmas, seed)
