"""Noise levels for the custom sampling nodes: schedules, and what can be done with a list of levels."""

import re
from typing import Annotated, Literal, NamedTuple

import torch

from nodegraph.diffusion import align_your_steps, schedules, sigma_lists
from nodegraph.diffusion.sample import SCHEDULERS, scheduled_sigmas
from nodegraph.diffusion.steps import NOTHING
from nodegraph.errors import UserError
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Options, Range, Tooltip
from nodegraph.packs.types import Model, Sigmas

SCHEDULES = "sampling/custom_sampling/schedulers"
LISTS = "sampling/custom_sampling/sigmas"

Steps = Annotated[int, Range(1, 10_000)]
Denoise = Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("Below 1, the last part of a longer schedule.")]
Level = Range(0.0, 5000.0, step=0.01)
SigmaMax = Annotated[float, Level, Tooltip("The first noise level.")]
SigmaMin = Annotated[float, Level, Tooltip("The last noise level above 0.")]


class NoLevelsError(UserError):
    """A text or a list without noise levels where there must be some."""


class Split(NamedTuple):
    """A schedule in two parts, which share a level."""

    high_sigmas: Sigmas
    low_sigmas: Sigmas


@node("BasicScheduler", category=SCHEDULES, display_name="Basic Scheduler")
def basic_scheduler(
    ctx: Context,
    *,
    model: Model,
    scheduler: Annotated[str, Options(tuple(SCHEDULERS))],
    steps: Steps = 20,
    denoise: Denoise = 1.0,
) -> Sigmas:
    """The noise levels of a schedule; with ``denoise`` below 1, the last part of a longer one."""
    return scheduled_sigmas(ctx.diffusion(model).sampling.levels, scheduler, steps, denoise=denoise)


@node("BetaSamplingScheduler", category=SCHEDULES)
def beta_sampling_scheduler(
    ctx: Context,
    *,
    model: Model,
    steps: Steps = 20,
    alpha: Annotated[float, Range(0.0, 50.0, step=0.01)] = 0.6,
    beta: Annotated[float, Range(0.0, 50.0, step=0.01)] = 0.6,
) -> Sigmas:
    """Levels at quantiles of a Beta distribution."""
    if alpha <= 0 or beta <= 0:
        raise UserError(f"A Beta distribution needs parameters above 0; alpha is {alpha:g} and beta {beta:g}.")
    return schedules.beta(ctx.diffusion(model).sampling.levels, steps, a=alpha, b=beta)


@node("KarrasScheduler", category=SCHEDULES)
def karras_scheduler(
    *,
    steps: Steps = 20,
    sigma_max: SigmaMax = 14.614642,
    sigma_min: SigmaMin = 0.0291675,
    rho: Annotated[float, Range(0.0, 100.0, step=0.01)] = 7.0,
) -> Sigmas:
    """Even distances in the rho-th root of the level."""
    return sigma_lists.karras(steps, sigma_max=sigma_max, sigma_min=sigma_min, rho=rho)


@node("ExponentialScheduler", category=SCHEDULES)
def exponential_scheduler(
    *, steps: Steps = 20, sigma_max: SigmaMax = 14.614642, sigma_min: SigmaMin = 0.0291675
) -> Sigmas:
    """Even distances in the logarithm of the level."""
    return sigma_lists.polyexponential(steps, sigma_max=sigma_max, sigma_min=sigma_min, rho=1.0)


@node("PolyexponentialScheduler", category=SCHEDULES)
def polyexponential_scheduler(
    *,
    steps: Steps = 20,
    sigma_max: SigmaMax = 14.614642,
    sigma_min: SigmaMin = 0.0291675,
    rho: Annotated[float, Range(0.0, 100.0, step=0.01)] = 1.0,
) -> Sigmas:
    """A power of even distances, in the logarithm of the level."""
    return sigma_lists.polyexponential(steps, sigma_max=sigma_max, sigma_min=sigma_min, rho=rho)


@node("LaplaceScheduler", category=SCHEDULES)
def laplace_scheduler(
    *,
    steps: Steps = 20,
    sigma_max: SigmaMax = 14.614642,
    sigma_min: SigmaMin = 0.0291675,
    mu: Annotated[float, Range(-10.0, 10.0, step=0.1), Tooltip("Where levels are dense, as a logarithm.")] = 0.0,
    beta: Annotated[float, Range(0.0, 10.0, step=0.1), Tooltip("How widely they spread.")] = 0.5,
) -> Sigmas:
    """Logarithms at quantiles of a Laplace distribution; does not end in 0."""
    return sigma_lists.laplace(steps, sigma_max=sigma_max, sigma_min=sigma_min, mu=mu, beta=beta)


@node("VPScheduler", category=SCHEDULES)
def vp_scheduler(
    *,
    steps: Steps = 20,
    beta_d: Annotated[float, Level] = 19.9,
    beta_min: Annotated[float, Level] = 0.1,
    eps_s: Annotated[float, Range(0.0, 1.0, step=0.0001), Tooltip("The last time.")] = 0.001,
) -> Sigmas:
    """Even times of the variance-preserving equation with a linear β."""
    return sigma_lists.variance_preserving(steps, beta_d=beta_d, beta_min=beta_min, last_time=eps_s)


@node("SDTurboScheduler", category=SCHEDULES)
def sd_turbo_scheduler(
    ctx: Context, *, model: Model, steps: Annotated[int, Range(1, 10)] = 1, denoise: Denoise = 1.0
) -> Sigmas:
    """The levels that turbo models were distilled for: timesteps 999, 899, …, 99."""
    return sigma_lists.turbo(ctx.diffusion(model).sampling.levels, steps, denoise=denoise)


@node("AlignYourStepsScheduler", category=SCHEDULES)
def align_your_steps_scheduler(
    *, model_type: Literal["SD1", "SDXL", "SVD"], steps: Steps = 10, denoise: Denoise = 1.0
) -> Sigmas:
    """Levels that were optimised for a family of models."""
    return align_your_steps.sigmas(model_type, steps, denoise=denoise)


@node("SplitSigmas", category=LISTS)
def split_sigmas(*, sigmas: Sigmas, step: Annotated[int, Range(0, 10_000)] = 0) -> Split:
    """Two parts of a schedule: up to a step, and from there."""
    return Split(sigmas[: step + 1], sigmas[step:])


@node("SplitSigmasDenoise", category=LISTS)
def split_sigmas_denoise(*, sigmas: Sigmas, denoise: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0) -> Split:
    """Two parts of a schedule, of which the second has the share ``denoise`` of the steps."""
    steps = round((len(sigmas) - 1) * denoise) if len(sigmas) else 0
    return Split(sigmas[: len(sigmas) - steps], sigmas[len(sigmas) - steps - 1 :] if len(sigmas) else NOTHING)


@node("FlipSigmas", category=LISTS)
def flip_sigmas(*, sigmas: Sigmas) -> Sigmas:
    """The levels from last to first, for walking from a picture to its noise with a sampler that adds none.

    A first level of 0 becomes 0.0001.
    """
    return sigma_lists.flipped(sigmas)


@node("SetFirstSigma", category=LISTS)
def set_first_sigma(*, sigmas: Sigmas, sigma: Annotated[float, Range(0.0, 20_000.0, step=0.001)] = 136.0) -> Sigmas:
    """The same levels with another first one."""
    changed = sigmas.clone()
    changed[:1] = sigma
    return changed


@node("ExtendIntermediateSigmas", category=LISTS)
def extend_intermediate_sigmas(
    *,
    sigmas: Sigmas,
    steps: Annotated[int, Range(1, 100), Tooltip("How many steps each becomes.")] = 2,
    start_at_sigma: Annotated[
        float, Range(-1.0, 20_000.0, step=0.01), Tooltip("From this level down; -1 from the first.")
    ] = -1.0,
    end_at_sigma: Annotated[float, Range(0.0, 20_000.0, step=0.01), Tooltip("Down to this level.")] = 12.0,
    spacing: Literal["linear", "cosine", "sine"],
) -> Sigmas:
    """More levels between those there are."""
    start = float("inf") if start_at_sigma < 0 else start_at_sigma
    return sigma_lists.extended(sigmas, steps, start=start, end=end_at_sigma, spacing=spacing)


@node("ManualSigmas", category=LISTS)
def manual_sigmas(*, sigmas: Annotated[str, Tooltip("Numbers, with anything between them.")] = "1, 0.5") -> Sigmas:
    """Noise levels as they are written."""
    numbers = re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", sigmas)
    if not numbers:
        raise NoLevelsError(f"There are no numbers in {sigmas!r}; write noise levels such as 14.6, 5, 1, 0.")
    return torch.tensor([float(number) for number in numbers])


@node("SamplingPercentToSigma", category=LISTS)
def sampling_percent_to_sigma(
    ctx: Context,
    *,
    model: Model,
    sampling_percent: Annotated[float, Range(0.0, 1.0, step=0.0001)] = 0.0,
    return_actual_sigma: Annotated[
        bool, Tooltip("At 0 and 1 the model's first and last level, in place of one above and one below all.")
    ] = False,
) -> Annotated[float, Named("sigma_value")]:
    """The noise level at a share of the way."""
    levels = ctx.diffusion(model).sampling.levels
    if return_actual_sigma and sampling_percent in (0.0, 1.0):
        return levels.sigma_max if sampling_percent == 0.0 else levels.sigma_min
    return levels.percent_to_sigma(sampling_percent)
