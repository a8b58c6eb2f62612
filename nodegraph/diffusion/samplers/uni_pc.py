"""UniPC: a predictor and a corrector of one form, multistep, without extra network calls.

Reference: Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models",
in its form for data prediction (appendix A), with λ = −ln σ and B(h) = h, the paper's B₁, or eʰ − 1, its B₂.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step

LAST_SIGMA = 0.001
"""Stands for a last level of 0, whose λ is infinite."""

Variant = Literal["bh1", "bh2"]

Prediction = tuple[float, Tensor]
"""A noise level and the picture predicted there."""


def uni_pc(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    order: int = 3,
    variant: Variant = "bh1",
) -> Iterator[Step]:
    """Up to third order, deterministic, one network call a step; the order falls again towards the end."""
    levels = [*sigmas[:-1], sigmas[-1] or LAST_SIGMA]
    count = len(levels) - 1
    # Newest first: the predictions that the step just done was made from, then those for the next.
    known: deque[Prediction] = deque(maxlen=order)
    used: list[Prediction] = []
    start = x
    for index, (sigma, sigma_next) in enumerate(pairwise(levels)):
        denoised = denoise(x, sigma)
        if used:
            x = _advance(start, sigma, used, variant, reached=denoised)
        known.appendleft((sigma, denoised))
        used = list(known)[: count - index]
        start = x
        x = _advance(start, sigma_next, used, variant)
        yield Step(index, sigmas[index + 1], x, denoised)


def _advance(
    x: Tensor, sigma_next: float, known: Sequence[Prediction], variant: Variant, *, reached: Tensor | None = None
) -> Tensor:
    """From the newest of ``known`` to ``sigma_next``: UniP, or UniC given the prediction ``reached`` there."""
    (sigma, newest), *older = known
    h = math.log(sigma / sigma_next)
    others = [(math.log(sigma / level) / h, prediction) for level, prediction in older]
    if reached is not None:
        others.append((1.0, reached))
    x = x * (sigma_next / sigma) - newest * math.expm1(-h)
    for (_, prediction), weight in zip(others, _weights([ratio for ratio, _ in others], h, variant), strict=True):
        x = x + (prediction - newest) * weight
    return x


def _weights(ratios: Sequence[float], h: float, variant: Variant) -> list[float]:
    """The share of each difference to the newest prediction, from where they lie (in steps of h from the newest).

    Makes the step exact for predictions that are polynomials in λ. B(h) cancels from it but
    for a single difference, for which the paper takes ρ = ½.
    """
    if len(ratios) == 1:
        return [(h if variant == "bh1" else -math.expm1(-h)) / (2 * ratios[0])]
    powers = range(len(ratios))
    matrix = np.array([[ratio**power for ratio in ratios] for power in powers])
    target, phi = [], math.expm1(-h) / -h - 1
    for power in powers:
        target.append(phi * math.factorial(power + 1))
        phi = phi / -h - 1 / math.factorial(power + 2)
    rho: list[float] = np.linalg.solve(matrix, target).tolist() if ratios else []
    return [-share / ratio for share, ratio in zip(rho, ratios, strict=True)]
