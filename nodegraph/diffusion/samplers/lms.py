"""Linear multistep: Adams–Bashforth in σ with uneven steps.

Reference: Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", §III.5: the last slopes are
interpolated by a polynomial, which is integrated over the step.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence

from numpy.polynomial.legendre import leggauss
from torch import Tensor

from nodegraph.diffusion.model import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step

QUADRATURE_NODES, QUADRATURE_WEIGHTS = (values.tolist() for values in leggauss(4))
"""Gauss-Legendre quadrature between -1 and 1, exact up to degree 7: for polynomials through at most 8 slopes."""


def lms(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, order: int = 4) -> Iterator[Step]:
    """Up to fourth order, deterministic, one network call a step."""
    slopes: deque[Tensor] = deque(maxlen=order)
    for index in range(len(sigmas) - 1):
        sigma, sigma_next = sigmas[index], sigmas[index + 1]
        denoised = denoise(x, sigma)
        slopes.appendleft((x - denoised) / sigma)
        known = [sigmas[index - back] for back in range(len(slopes))]
        for slope, weight in zip(slopes, adams_bashforth_weights(known, sigma_next), strict=True):
            x = x + slope * weight
        yield Step(index, sigma_next, x, denoised)


def adams_bashforth_weights(known: Sequence[float], target: float) -> list[float]:
    """∫ from known[0] to ``target`` of each Lagrange basis polynomial on the ``known`` levels, newest first."""
    half = (target - known[0]) / 2
    points = [known[0] + half * (1 + node) for node in QUADRATURE_NODES]

    def integral(of: int) -> float:
        others = [level for index, level in enumerate(known) if index != of]
        values = [math.prod((point - other) / (known[of] - other) for other in others) for point in points]
        return half * sum(weight * value for weight, value in zip(QUADRATURE_WEIGHTS, values, strict=True))

    return [integral(index) for index in range(len(known))]
