"""Samplers step by step beside the schedulers of diffusers that are the same, on pictures of a known distribution.

Theirs are driven with the exact prediction, ours walk over their noise levels; where noise is added, both get the same.
docs/sampling.md says which samplers have no like there, and where theirs differ.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest
import torch
from diffusers import (
    CosineDPMSolverMultistepScheduler,
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSDEScheduler,
    DPMSolverSinglestepScheduler,
    EDMDPMSolverMultistepScheduler,
    EDMEulerScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    IPNDMScheduler,
    KDPM2AncestralDiscreteScheduler,
    KDPM2DiscreteScheduler,
    LCMScheduler,
    LMSDiscreteScheduler,
    SASolverScheduler,
    UniPCMultistepScheduler,
)
from gaussian_pictures import denoiser, gaussian, levels, posterior_mean, silent
from torch import Tensor

from nodegraph.diffusion.noise import StepNoise, generator
from nodegraph.diffusion.predictions import Consistency
from nodegraph.diffusion.samplers.ddim import ddim
from nodegraph.diffusion.samplers.ddpm import ddpm
from nodegraph.diffusion.samplers.dpm_2 import dpm_2, dpm_2_ancestral
from nodegraph.diffusion.samplers.dpmpp_2m import dpmpp_2m
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral
from nodegraph.diffusion.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.euler import euler
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral
from nodegraph.diffusion.samplers.heun import heun
from nodegraph.diffusion.samplers.ipndm import ipndm
from nodegraph.diffusion.samplers.lcm import lcm
from nodegraph.diffusion.samplers.lms import lms
from nodegraph.diffusion.samplers.sa_solver import sa_solver
from nodegraph.diffusion.samplers.step import Walk
from nodegraph.diffusion.samplers.uni_pc import uni_pc

Scheduler = Any  # theirs have no types

STEPS = 12
TRAINING = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
BETAS = {**TRAINING, "timestep_spacing": "linspace"}
KARRAS = {**BETAS, "use_karras_sigmas": True}
LEADING = {**BETAS, "timestep_spacing": "leading", "steps_offset": 1, "final_sigmas_type": "sigma_min"}
EVEN_LEVELS = levels(14.0, 0.1, STEPS)


def own_levels(scheduler: Scheduler) -> list[float]:
    return [float(sigma) for sigma in scheduler.sigmas]


def once_each(scheduler: Scheduler) -> list[float]:
    """Those of a scheduler that lists the levels between its steps twice."""
    return list(dict.fromkeys(own_levels(scheduler)))


def trained_levels(scheduler: Scheduler) -> list[float]:
    """Those of the timesteps that it visits, and 0."""
    alphas_bar = scheduler.alphas_cumprod[scheduler.timesteps]
    return [*((1 - alphas_bar) / alphas_bar).sqrt().tolist(), 0.0]


def current(scheduler: Scheduler, call: int) -> float:
    """The level of the sample."""
    return float(scheduler.sigmas[scheduler.step_index or 0])


def first_or_middle(scheduler: Scheduler, call: int) -> float:
    """That of a solver whose steps have a stage in the middle, in log σ."""
    index = scheduler.step_index or 0
    if scheduler.state_in_first_order:
        return float(scheduler.sigmas[index])
    return math.sqrt(float(scheduler.sigmas[index - 1]) * float(scheduler.sigmas[index]))


def first_or_middle_of_less(scheduler: Scheduler, call: int) -> float:
    """The same, of one whose steps go down too far."""
    index = scheduler.step_index or 0
    return float((scheduler.sigmas if scheduler.state_in_first_order else scheduler.sigmas_interpol.roll(1))[index])


def trained(scheduler: Scheduler, call: int) -> float:
    return trained_levels(scheduler)[call]


Answer = Callable[[Tensor, Tensor, float], Tensor]
"""What the network says of x at a level, given the picture behind it."""


def noise_in(x: Tensor, picture: Tensor, sigma: float) -> Tensor:
    return (x - picture) / sigma


def preconditioned(spread: float, sign: float, x: Tensor, picture: Tensor, sigma: float) -> Tensor:
    """F of Karras et al. 2022, eq. 7, in this or the other sign."""
    skip = spread**2 / (sigma**2 + spread**2)
    return (picture - x * skip) / (sign * sigma * spread / math.hypot(sigma, spread))


def velocity(x: Tensor, picture: Tensor, sigma: float) -> Tensor:
    """Salimans & Ho 2022, appendix D: what their iPNDM asks for, of x as it has it, which has unit variance."""
    return (noise_in(x, picture, sigma) - picture * sigma) / math.hypot(1, sigma)


def of_generator(scheduler: Scheduler, like: Tensor) -> Iterator[Mapping[str, object]]:
    """Theirs draws its noise itself, from a stream that is seeded as ours."""
    stream = generator(1)
    return ({"generator": stream} for _ in count())


def given(scheduler: Scheduler, like: Tensor, **more: object) -> Iterator[Mapping[str, object]]:
    noise = gaussian(like)
    return ({"variance_noise": noise(1.0, 0.0), **more} for _ in count())


def sampled(scheduler: Scheduler, like: Tensor) -> Iterator[Mapping[str, object]]:
    noise = gaussian(like)
    scheduler.noise_sampler = lambda sigma, sigma_next: noise(1.0, 0.0)
    return ({} for _ in count())


def none(scheduler: Scheduler, like: Tensor) -> Iterator[Mapping[str, object]]:
    return ({} for _ in count())


def constantly(value: float, timestep: object) -> float:
    return value


@dataclass(frozen=True)
class Pair:
    """A walk of ours and its like. ``preserving``: its samples have unit variance.

    ``stop``: after so many of their steps, ``every``: at each so manieth of their levels is one of ours.
    """

    name: str
    walk: Walk
    make: Callable[..., Scheduler]
    options: Mapping[str, object] = field(default_factory=dict)
    preserving: bool = False
    level: Callable[[Scheduler, int], float] = current
    visited: Callable[[Scheduler], Sequence[float]] = own_levels
    answer: Answer = noise_in
    noise: Callable[[Scheduler, Tensor], Iterator[Mapping[str, object]]] = none
    stop: int | None = None
    every: int = 1
    tolerance: float = 1e-5


MULTISTEP = {**KARRAS, "euler_at_final": True}
SDE = {**MULTISTEP, "algorithm_type": "sde-dpmsolver++"}
THIRD = {"solver_order": 3, "lower_order_final": False, "euler_at_final": True}
EDM = partial(preconditioned, 0.5, 1.0)


def pairs() -> Iterator[Pair]:
    yield Pair("euler", euler, EulerDiscreteScheduler, KARRAS)
    yield Pair("heun", heun, HeunDiscreteScheduler, KARRAS, visited=once_each)
    yield Pair("lms", lms, LMSDiscreteScheduler, KARRAS, tolerance=1e-3)
    yield Pair("euler_ancestral", euler_ancestral, EulerAncestralDiscreteScheduler, BETAS, noise=of_generator)
    yield Pair("dpm_2", dpm_2, KDPM2DiscreteScheduler, KARRAS, visited=once_each, level=first_or_middle)
    yield Pair(
        "dpm_2_ancestral",
        dpm_2_ancestral,
        KDPM2AncestralDiscreteScheduler,
        KARRAS,
        visited=once_each,
        level=first_or_middle_of_less,
        noise=of_generator,
    )
    yield Pair(
        "dpmpp_sde", dpmpp_sde, DPMSolverSDEScheduler, KARRAS, visited=once_each, level=first_or_middle, noise=sampled
    )
    yield Pair(
        "dpmpp_2s",
        partial(dpmpp_2s_ancestral, eta=0.0),
        DPMSolverSinglestepScheduler,
        {**TRAINING, "use_exponential_sigmas": True},
        preserving=True,
        stop=STEPS - 2,
        every=2,
    )
    yield Pair("dpmpp_2m", dpmpp_2m, DPMSolverMultistepScheduler, MULTISTEP, preserving=True)
    for correction in ("midpoint", "heun"):
        yield Pair(
            f"dpmpp_2m_sde {correction}",
            partial(dpmpp_2m_sde, correction=correction),
            DPMSolverMultistepScheduler,
            {**SDE, "solver_type": correction},
            preserving=True,
            noise=given,
        )
        yield Pair(
            f"dpmpp_2m_sde {correction}, cosine",
            partial(dpmpp_2m_sde, correction=correction),
            CosineDPMSolverMultistepScheduler,
            {"solver_type": correction},
            answer=partial(preconditioned, 1.0, -1.0),
            noise=sampled,
        )
    quiet = partial(dpmpp_3m_sde, eta=0.0)
    yield Pair("dpmpp_3m_sde", quiet, DPMSolverMultistepScheduler, {**KARRAS, **THIRD}, preserving=True, tolerance=1e-4)
    yield Pair("dpmpp_3m_sde, EDM", quiet, EDMDPMSolverMultistepScheduler, THIRD, answer=EDM)
    yield Pair("dpmpp_2m, EDM", dpmpp_2m, EDMDPMSolverMultistepScheduler, {"euler_at_final": True}, answer=EDM)
    yield Pair("euler, EDM", euler, EDMEulerScheduler, answer=EDM)
    for variant in ("bh1", "bh2"):
        for order in (1, 2, 3):
            yield Pair(
                f"uni_pc {variant} {order}",
                partial(uni_pc, order=order, variant=variant),
                UniPCMultistepScheduler,
                {**LEADING, "solver_order": order, "solver_type": variant},
                preserving=True,
                visited=once_each,
            )
    for orders in ((1, 1), (2, 2), (3, 4)):
        for tau in (0.0, 1.0):
            predictor, corrector = orders
            yield Pair(
                f"sa_solver {orders} {tau}",
                partial(
                    sa_solver,
                    predictor_order=predictor,
                    corrector_order=corrector,
                    eta=tau,
                    sde_start_percent=0.0,
                    sde_end_percent=1.0,
                    simple_order_2=True,
                ),
                SASolverScheduler,
                {
                    **KARRAS,
                    "predictor_order": predictor,
                    "corrector_order": corrector,
                    "tau_func": partial(constantly, tau),
                    "lower_order_final": False,
                },
                preserving=True,
                noise=of_generator,
                stop=STEPS - 1,  # the last step stays at its level
                tolerance=1e-4,
            )
    for eta in (0.0, 0.6):
        yield Pair(
            f"ddim {eta}",
            partial(ddim, eta=eta),
            DDIMScheduler,
            {**TRAINING, "clip_sample": False},
            preserving=True,
            visited=trained_levels,
            level=trained,
            noise=partial(given, eta=eta),
        )
    yield Pair(
        "ddpm",
        ddpm,
        DDPMScheduler,
        {**TRAINING, "clip_sample": False},
        preserving=True,
        visited=trained_levels,
        level=trained,
        noise=of_generator,
        tolerance=1e-4,
    )
    yield Pair(
        "ipndm",
        ipndm,
        IPNDMScheduler,
        {"trained_betas": [sigma / math.hypot(1, sigma) for sigma in EVEN_LEVELS]},
        preserving=True,
        visited=lambda scheduler: EVEN_LEVELS,
        level=lambda scheduler, call: EVEN_LEVELS[call],
        answer=velocity,
        tolerance=1e-4,
    )


def theirs(pair: Pair) -> tuple[list[float], Tensor, Tensor]:
    """The levels of their run, where it starts and where it ends, as ours have it."""
    scheduler = pair.make(**pair.options)
    scheduler.set_timesteps(STEPS)
    visited = list(pair.visited(scheduler))[: None if pair.stop is None else pair.stop + 1]
    x = visited[0] * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)

    def size(sigma: float) -> float:
        return math.hypot(1, sigma) if pair.preserving else 1.0

    sample = x / size(visited[0])
    further = pair.noise(scheduler, x)
    for call, timestep in enumerate(scheduler.timesteps[: pair.stop]):
        sigma = pair.level(scheduler, call)
        plain = sample * size(sigma)
        answer = pair.answer(plain, posterior_mean(plain, sigma), sigma)
        sample = scheduler.step(answer, timestep, sample, **next(further)).prev_sample
    return visited[:: pair.every], x, (sample * size(visited[-1])).double()


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.name)
def test_steps_are_those_of_diffusers(pair: Pair) -> None:
    sigmas, x, expected = theirs(pair)
    noise: StepNoise = silent if pair.noise is none else gaussian(x)
    walked = list(pair.walk(denoiser(posterior_mean), x, sigmas, noise))[-1].x
    torch.testing.assert_close(walked, expected, rtol=pair.tolerance, atol=pair.tolerance)


def test_lcm_steps_are_those_of_diffusers() -> None:
    """Under the condition that makes it consistent (:class:`Consistency`), which theirs has in the scheduler."""
    scheduler = LCMScheduler(**TRAINING)
    scheduler.set_timesteps(4)
    sigmas = trained_levels(scheduler)
    known = dict(zip(sigmas, scheduler.timesteps.tolist(), strict=False))
    x = sigmas[0] * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)
    stream = generator(1)
    sample = x / math.hypot(1, sigmas[0])
    for sigma, timestep in known.items():
        plain = sample * math.hypot(1, sigma)
        answer = noise_in(plain, posterior_mean(plain, sigma), sigma)
        sample = scheduler.step(answer, timestep, sample, generator=stream).prev_sample

    def predict(x: Tensor, sigma: float) -> Tensor:
        return Consistency().denoised(x, noise_in(x, posterior_mean(x, sigma), sigma), sigma, known[sigma])

    walked = list(lcm(denoiser(predict), x, sigmas, gaussian(x)))[-1].x
    torch.testing.assert_close(walked, sample.double(), rtol=1e-5, atol=1e-5)
