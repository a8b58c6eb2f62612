"""iPNDM: Adams–Bashforth on the probability-flow equation, without a warm-up.

References: Zhang & Chen 2023, "Fast Sampling of Diffusion Models with Exponential Integrator", appendix (iPNDM),
after Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds".
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.lagrange import lagrange_integrals
from nodegraph.diffusion.samplers.step import Step

ADAMS_BASHFORTH = ((1.0,), (3 / 2, -1 / 2), (23 / 12, -16 / 12, 5 / 12), (55 / 24, -59 / 24, 37 / 24, -9 / 24))
"""The shares of the last slopes, newest first, for steps of one length (Hairer et al. 1993, §III.1)."""

Weigh = Callable[[Sequence[float], float], Sequence[float]]
"""From the last levels, newest first, and the next one, how much of the slope at each goes into the step."""


def ipndm(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Deterministic, one network call a step; of up to fourth order where steps are even, which it takes them for."""
    return _multistep(denoise, x, sigmas, _as_if_even)


def ipndm_v(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """As :func:`ipndm`, with the integrals for levels at any distances."""
    return _multistep(denoise, x, sigmas, lambda known, target: lagrange_integrals(known, known[0], target))


def _multistep(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], weigh: Weigh) -> Iterator[Step]:
    slopes: deque[Tensor] = deque(maxlen=len(ADAMS_BASHFORTH))
    known: deque[float] = deque(maxlen=len(ADAMS_BASHFORTH))
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        slopes.appendleft((x - denoised) / sigma)
        known.appendleft(sigma)
        if sigma_next == 0:
            x = denoised
        else:
            for slope, weight in zip(slopes, weigh(known, sigma_next), strict=True):
                x = x + slope * weight
        yield Step(index, sigma_next, x, denoised)


def _as_if_even(known: Sequence[float], target: float) -> list[float]:
    return [share * (target - known[0]) for share in ADAMS_BASHFORTH[len(known) - 1]]
