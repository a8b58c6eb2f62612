"""Linear multistep: Adams–Bashforth in σ with uneven steps.

Reference: Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", §III.5: the last slopes are
interpolated by a polynomial, which is integrated over the step.
"""

from collections import deque
from collections.abc import Iterator, Sequence

from numpy.polynomial import Polynomial
from torch import Tensor

from nodegraph.diffusion.model import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


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
    origin = known[0]
    points = [level - origin for level in known]
    weights = []
    for node in points:
        basis = Polynomial([1.0])
        for other in points:
            if other != node:
                basis *= Polynomial([-other, 1.0]) / (node - other)
        weights.append(float(basis.integ()(target - origin)))
    return weights
