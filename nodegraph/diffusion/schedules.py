"""Schedules: which noise levels a sampler visits.

Each takes a model's σ table and a number of steps and returns the levels, descending to 0, as a float32 vector of
usually ``steps`` + 1. Nothing here knows samplers or strengths.

References: Karras et al. 2022 (eq. 5); Lee et al. 2024, "Beta Sampling is All You Need"; Sabour et al. 2024, "Align
Your Steps" (the KL-optimal schedule, theorem 3.1); Polyak et al. 2024, "Movie Gen" (the linear-quadratic schedule).
"""

import math
from collections.abc import Callable, Mapping
from itertools import groupby
from types import MappingProxyType

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from nodegraph.diffusion.noise_levels import NoiseLevels
from nodegraph.errors import UserError

Schedule = Callable[[NoiseLevels, int], Tensor]


class ScheduleError(UserError):
    """A schedule that does not exist or cannot have so many steps."""


def simple(levels: NoiseLevels, steps: int) -> Tensor:
    """Table entries at even distances, counted from the top."""
    count = len(levels.sigmas)
    picked = [levels.sigmas[-(1 + int(i * count / steps))] for i in range(steps)]
    return _ending_in_zero(picked)


def sgm_uniform(levels: NoiseLevels, steps: int) -> Tensor:
    """Even distances in the timestep from the top, the bottom left out."""
    return _ending_in_zero(levels.sigma(_timesteps(levels, steps + 1)[:-1]))


def karras(levels: NoiseLevels, steps: int, *, rho: float = 7.0) -> Tensor:
    """Even distances in σ^(1/ρ) (Karras et al. 2022, eq. 5)."""
    low, high = levels.sigma_min ** (1 / rho), levels.sigma_max ** (1 / rho)
    return _ending_in_zero((high + np.linspace(0, 1, steps) * (low - high)) ** rho)


def exponential(levels: NoiseLevels, steps: int) -> Tensor:
    """Even distances in log σ."""
    return _ending_in_zero(np.exp(np.linspace(math.log(levels.sigma_max), math.log(levels.sigma_min), steps)))


def ddim_uniform(levels: NoiseLevels, steps: int) -> Tensor:
    """Every ⌊T/steps⌋-th table entry from the second up (Song et al. 2021); may be longer than ``steps`` + 1."""
    stride = max(len(levels.sigmas) // steps, 1)
    return _ending_in_zero(levels.sigmas[1::stride].flip(0))


def beta(levels: NoiseLevels, steps: int, *, a: float = 0.6, b: float = 0.6) -> Tensor:
    """Table entries at quantiles of Beta(a, b): dense at both ends (Lee et al. 2024). Repeated entries are left out."""
    quantiles = stats.beta.ppf(1 - np.arange(steps) / steps, a, b)
    indices = np.rint(quantiles * (len(levels.sigmas) - 1)).astype(int)
    return _ending_in_zero([levels.sigmas[index] for index, _ in groupby(indices.tolist())])


def normal(levels: NoiseLevels, steps: int) -> Tensor:
    """Even distances in the timestep, bottom included; a table that ends at 0 needs no other 0."""
    if math.isclose(levels.sigma_min, 0.0, abs_tol=1e-5):
        return levels.sigma(_timesteps(levels, steps + 1))
    return _ending_in_zero(levels.sigma(_timesteps(levels, steps)))


def linear_quadratic(levels: NoiseLevels, steps: int, *, threshold: float = 0.025) -> Tensor:
    """Half the steps linear in σ down to 1 − threshold of the top, the rest quadratic (Movie Gen)."""
    if steps == 1:
        return torch.tensor([levels.sigma_max, 0.0])
    linear_steps = steps // 2
    linear = threshold * np.arange(linear_steps) / linear_steps
    # The quadratic a·i² + b·i + c meets the line in value and slope at i = linear_steps, and 1 at i = steps.
    i = np.arange(linear_steps, steps)
    slope = threshold / linear_steps
    rest = steps - linear_steps
    curvature = (1 - threshold - slope * rest) / rest**2
    quadratic = threshold + slope * (i - linear_steps) + curvature * (i - linear_steps) ** 2
    return _ending_in_zero((1 - np.concatenate([linear, quadratic])) * levels.sigma_max)


def kl_optimal(levels: NoiseLevels, steps: int) -> Tensor:
    """Even distances in arctan σ (Sabour et al. 2024, theorem 3.1)."""
    j = np.linspace(0, 1, steps)
    return _ending_in_zero(np.tan(j * math.atan(levels.sigma_min) + (1 - j) * math.atan(levels.sigma_max)))


def _timesteps(levels: NoiseLevels, count: int) -> Tensor:
    """``count`` evenly spaced timesteps from the table's top to its bottom."""
    return torch.linspace(levels.timestep(levels.sigma_max), levels.timestep(levels.sigma_min), count)


def _ending_in_zero(sigmas: Tensor | np.ndarray | list[Tensor]) -> Tensor:
    levels = torch.stack(sigmas) if isinstance(sigmas, list) else torch.as_tensor(sigmas)
    return torch.cat([levels.float(), torch.zeros(1)])


SCHEDULERS: Mapping[str, Schedule] = MappingProxyType(
    {
        "simple": simple,
        "sgm_uniform": sgm_uniform,
        "karras": karras,
        "exponential": exponential,
        "ddim_uniform": ddim_uniform,
        "beta": beta,
        "normal": normal,
        "linear_quadratic": linear_quadratic,
        "kl_optimal": kl_optimal,
    }
)
