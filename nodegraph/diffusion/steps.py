"""From what a person asks for (steps, strength, a range of steps) to the noise levels a sampler walks through.

The formulas are the field's, so that a saved workflow gives the same picture. Knows no tensors of pictures.
"""

import torch
from torch import Tensor

from nodegraph.diffusion.noise_levels import NoiseLevels
from nodegraph.diffusion.samplers.sampler import Sampler
from nodegraph.diffusion.schedules import SCHEDULERS, Schedule, ScheduleError

FULL_DENOISE = 0.9999
"""Strengths above this start from the top of the schedule."""

MOST_STEPS = 1_000_000
"""Of a schedule of which only the last are taken: the most steps a node offers, at the least strength."""

NOTHING = torch.empty(0)
"""The levels of a run with nothing to do."""


def scheduled_sigmas(levels: NoiseLevels, scheduler: str, steps: int, *, denoise: float = 1.0) -> Tensor:
    """``steps`` + 1 levels of a schedule, descending float32; the last part of a longer one when ``denoise`` < 1.

    With 0 < denoise < 1 the schedule is made for int(steps/denoise) steps. With denoise ≤ 0 there are none.

    Raises:
        ScheduleError: no such scheduler, or fewer than one step.
    """
    return _strength(find_schedule(scheduler), levels, steps, denoise)


def ksampler_sigmas(
    levels: NoiseLevels,
    scheduler: str,
    steps: int,
    *,
    sampler: Sampler,
    denoise: float = 1.0,
    start_at_step: int = 0,
    end_at_step: int | None = None,
    leftover_noise: bool = True,
) -> Tensor:
    """The levels of a KSampler or KSamplerAdvanced: as :func:`scheduled_sigmas`, then cut to the range of steps.

    An end before the last step leaves noise in the latent, unless ``leftover_noise`` is off: then the last step goes
    to 0. Fewer than two levels are left, or none, when the range is empty. Samplers that say so get a schedule of one
    step more with the last level but one left out.

    Raises:
        ScheduleError: no such scheduler, fewer than one step, or a negative range.
    """
    schedule = find_schedule(scheduler)
    if sampler.discard_penultimate:
        schedule = _without_penultimate(schedule)
    sigmas = _strength(schedule, levels, steps, denoise)
    if start_at_step < 0 or (end_at_step is not None and end_at_step < 0):
        raise ScheduleError(f"Steps {start_at_step} to {end_at_step} were asked for; steps count from 0.")
    if end_at_step is not None and end_at_step < len(sigmas) - 1:
        sigmas = sigmas[: end_at_step + 1].clone()
        if not leftover_noise:
            sigmas[-1] = 0.0
    return sigmas[start_at_step:] if start_at_step < len(sigmas) - 1 else NOTHING


def find_schedule(name: str) -> Schedule:
    """The schedule of that name.

    Raises:
        ScheduleError: there is none.
    """
    if name not in SCHEDULERS:
        raise ScheduleError(f"There is no scheduler {name!r}. There are: {', '.join(SCHEDULERS)}.")
    return SCHEDULERS[name]


def _strength(schedule: Schedule, levels: NoiseLevels, steps: int, denoise: float) -> Tensor:
    if steps < 1:
        raise ScheduleError(f"{steps} steps were asked for; at least 1 is needed.")
    if denoise <= 0.0:
        return NOTHING
    if denoise > FULL_DENOISE:
        return schedule(levels, steps)
    if steps / denoise > MOST_STEPS:
        raise ScheduleError(
            f"denoise is {denoise:g}: the schedule that {steps} steps are the last of would have "
            f"{steps / denoise:.3g}, expected at most {MOST_STEPS}. Take 0 to change nothing, or more."
        )
    return schedule(levels, int(steps / denoise))[-(steps + 1) :]


def _without_penultimate(schedule: Schedule) -> Schedule:
    def shortened(levels: NoiseLevels, steps: int) -> Tensor:
        sigmas = schedule(levels, steps + 1)
        return torch.cat([sigmas[:-2], sigmas[-1:]])

    return shortened
