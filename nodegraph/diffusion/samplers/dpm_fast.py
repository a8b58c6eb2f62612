"""DPM-Solver-fast: steps of third order, as many as the network calls allow, and one or two of lower order.

Reference: Lu et al. 2022, "DPM-Solver", section 3.4: the levels are even in λ = −ln σ from the first of the schedule
to its last above 0; of the schedule between only the number of steps counts, which are network calls here.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.dpm_solver import Singlestep
from nodegraph.diffusion.samplers.step import Step


def dpm_fast(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Third order, deterministic, one network call for each pair of levels; the noise of the last level is left.

    Steps are counted in network calls: ``index`` skips those between.
    """
    calls = len(sigmas) - 1
    start, end = -math.log(sigmas[0]), -math.log(sigmas[-1] if sigmas[-1] > 0 else sigmas[-2])
    orders = _orders(calls)
    grid = [start + (end - start) * index / len(orders) for index in range(len(orders) + 1)]
    if start == end:  # a single level, from which there is nowhere to go but to the picture
        denoised = denoise(x, sigmas[0])
        yield Step(0, sigmas[0], denoised, denoised)
        return
    done = 0
    for order, (lam, lam_next) in zip(orders, pairwise(grid), strict=True):
        step = Singlestep(denoise, x, lam)
        x = (step.first, step.second, step.third)[order - 1](lam_next)
        done += order
        yield Step(done - 1, math.exp(-lam_next), x, step.denoised)


def _orders(calls: int) -> list[int]:
    """The orders of the steps, whose sum is the number of calls: …, 3, 3, 2, 1 or …, 3, 3, and the rest."""
    thirds = calls // 3 + 1
    if calls % 3 == 0:
        return [3] * (thirds - 2) + [2, 1]
    return [3] * (thirds - 1) + [calls % 3]
