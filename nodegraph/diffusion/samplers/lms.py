"""Linear multistep: Adams–Bashforth in σ with uneven steps.

Reference: Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", §III.5.
"""

from collections import deque
from collections.abc import Iterator, Sequence

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.lagrange import lagrange_integrals
from nodegraph.diffusion.samplers.step import Step


def lms(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, order: int = 4) -> Iterator[Step]:
    """Up to fourth order, deterministic, one network call a step."""
    slopes: deque[Tensor] = deque(maxlen=order)
    for index in range(len(sigmas) - 1):
        sigma, sigma_next = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        slopes.appendleft((x - denoised) / sigma)
        known = [sigmas[index - back] for back in range(len(slopes))]
        for slope, weight in zip(slopes, lagrange_integrals(known, sigma, sigma_next), strict=True):
            x = x + slope * weight
        yield Step(index, sigma_next, x, denoised)
