"""Samplers against problems with known answers: pictures that are Gaussian, N(μ, c²) in every cell."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LMSDiscreteScheduler,
    UniPCMultistepScheduler,
)
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nodegraph.diffusion.noise import StepNoise, generator
from nodegraph.diffusion.samplers.ancestral import ancestral_split
from nodegraph.diffusion.samplers.ddim import ddim
from nodegraph.diffusion.samplers.ddpm import ddpm
from nodegraph.diffusion.samplers.dpmpp_2m import dpmpp_2m
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.euler import euler
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral
from nodegraph.diffusion.samplers.heun import heun
from nodegraph.diffusion.samplers.lcm import lcm
from nodegraph.diffusion.samplers.lms import adams_bashforth_weights, lms
from nodegraph.diffusion.samplers.registry import SAMPLERS, UnknownSamplerError, find_sampler
from nodegraph.diffusion.samplers.step import Step, Walk
from nodegraph.diffusion.samplers.uni_pc import uni_pc

MEAN, SPREAD = 0.3, 0.7
DETERMINISTIC = {"euler": euler, "heun": heun, "lms": lms, "dpmpp_2m": dpmpp_2m, "ddim": ddim, "uni_pc": uni_pc}
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "linspace"}
LEADING = {**BETAS, "timestep_spacing": "leading", "steps_offset": 1, "final_sigmas_type": "sigma_min"}


def posterior_mean(x: Tensor, sigma: float) -> Tensor:
    """The exact denoiser of N(MEAN, SPREAD²)."""
    return (SPREAD**2 * x + sigma**2 * MEAN) / (SPREAD**2 + sigma**2)


def exact(x: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """The exact solution of the probability-flow equation."""
    return MEAN + (x - MEAN) * math.sqrt((SPREAD**2 + sigma_next**2) / (SPREAD**2 + sigma**2))


def levels(high: float, low: float, steps: int) -> list[float]:
    return np.geomspace(high, low, steps + 1).tolist()


def silent(sigma: float, sigma_next: float) -> Tensor:
    raise AssertionError("a deterministic sampler asked for noise")


def gaussian(like: Tensor, seed: int = 1) -> StepNoise:
    stream = generator(seed)
    return lambda sigma, sigma_next: torch.randn(like.shape, generator=stream, dtype=like.dtype)


def end(walk: Walk, x: Tensor, sigmas: Sequence[float], noise: StepNoise = silent) -> Tensor:
    return list(walk(posterior_mean, x, sigmas, noise))[-1].x


def test_names_are_in_the_fields_order() -> None:
    assert list(SAMPLERS) == [
        "euler",
        "euler_ancestral",
        "heun",
        "lms",
        "dpmpp_sde",
        "dpmpp_2m",
        "dpmpp_2m_sde",
        "ddpm",
        "lcm",
        "ddim",
        "uni_pc",
    ]


def test_unknown_sampler_is_refused_by_name() -> None:
    with pytest.raises(UnknownSamplerError, match=r"'eulr'.*euler"):
        find_sampler("eulr")


# The multistep solvers start, and UniPC ends, with a first-order step: that one step's error is of second order.
@pytest.mark.parametrize(
    ("name", "order"), [("euler", 1), ("ddim", 1), ("heun", 2), ("lms", 2), ("dpmpp_2m", 2), ("uni_pc", 2)]
)
def test_converges_with_its_order(name: str, order: int) -> None:
    x = torch.tensor([-3.0, 0.5, 11.0], dtype=torch.float64)
    errors = [
        float((end(DETERMINISTIC[name], x, levels(10.0, 0.1, steps)) - exact(x, 10.0, 0.1)).abs().max())
        for steps in (64, 128)
    ]
    assert errors[1] < 0.1
    assert math.log2(errors[0] / errors[1]) > order - 0.2


@pytest.mark.parametrize("name", SAMPLERS)
def test_one_step_for_each_pair_of_levels(name: str) -> None:
    sigmas = [*levels(10.0, 0.1, 5), 0.0]
    x = torch.randn(2, 4, 3, 3, generator=generator(0))
    steps = list(SAMPLERS[name].walk(posterior_mean, x, sigmas, gaussian(x)))
    assert [step.index for step in steps] == list(range(6))
    assert [step.sigma for step in steps] == sigmas[1:]
    assert all(step.x.shape == step.denoised.shape == x.shape and step.x.dtype == x.dtype for step in steps)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_single_picture_is_found_exactly(name: str) -> None:
    picture = torch.full((1, 4, 2, 2), 0.25)
    x = picture + 10 * torch.randn(picture.shape, generator=generator(0))
    walk = SAMPLERS[name].walk
    last = list(walk(lambda x, sigma: picture, x, [*levels(10.0, 0.1, 6), 0.0], gaussian(x)))[-1]
    torch.testing.assert_close(last.x, picture, rtol=0, atol=5e-3 if name == "uni_pc" else 1e-5)


@pytest.mark.parametrize("name", SAMPLERS)
def test_inputs_are_not_changed(name: str) -> None:
    x = torch.randn(1, 4, 2, 2, generator=generator(0))
    before, sigmas = x.clone(), [*levels(10.0, 0.1, 3), 0.0]
    for step in SAMPLERS[name].walk(posterior_mean, x, tuple(sigmas), gaussian(x)):
        kept = step.x.clone()
        previous = step
    assert torch.equal(x, before)
    assert torch.equal(previous.x, kept)


@pytest.mark.parametrize(
    ("name", "steps"), [("euler_ancestral", 400), ("ddpm", 400), ("dpmpp_sde", 50), ("dpmpp_2m_sde", 50)]
)
def test_stochastic_samplers_draw_the_right_pictures(name: str, steps: int) -> None:
    sigmas = [*levels(20.0, 0.02, steps), 0.0]
    x = MEAN + math.hypot(SPREAD, sigmas[0]) * torch.randn(20_000, generator=generator(3))
    pictures = end(SAMPLERS[name].walk, x, sigmas, SAMPLERS[name].noise_source(x, sigmas, 5))
    assert float(pictures.mean()) == pytest.approx(MEAN, abs=0.03)
    assert float(pictures.std()) == pytest.approx(SPREAD, rel=0.04)


def test_lcm_with_a_consistency_function_draws_the_right_pictures() -> None:
    sigmas = [20.0, 5.0, 1.0, 0.0]
    x = MEAN + math.hypot(SPREAD, sigmas[0]) * torch.randn(20_000, generator=generator(3))
    pictures = list(lcm(lambda x, sigma: exact(x, sigma, 0.0), x, sigmas, gaussian(x)))[-1].x
    assert float(pictures.mean()) == pytest.approx(MEAN, abs=0.03)
    assert float(pictures.std()) == pytest.approx(SPREAD, rel=0.04)


def final_and_between(walk: Walk, noise: Callable[[Tensor], StepNoise]) -> list[Tensor]:
    x = 10 * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)
    return [step.x for step in walk(posterior_mean, x, [*levels(10.0, 0.1, 7), 0.0], noise(x))]


def test_ddim_with_eta_0_is_euler() -> None:
    for one, other in zip(
        final_and_between(partial(ddim, eta=0.0), lambda x: silent),
        final_and_between(euler, lambda x: silent),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("walk", [ddpm, euler_ancestral])
def test_ddim_with_eta_1_is_ddpm(walk: Walk) -> None:
    for one, other in zip(
        final_and_between(partial(ddim, eta=1.0), gaussian), final_and_between(walk, gaussian), strict=True
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(("walk", "limit"), [(euler_ancestral, euler), (dpmpp_2m_sde, dpmpp_2m)])
def test_without_noise_the_stochastic_form_is_the_deterministic_one(walk: Walk, limit: Walk) -> None:
    quiet = partial(walk, eta=0.0)
    for one, other in zip(
        final_and_between(quiet, lambda x: silent), final_and_between(limit, lambda x: silent), strict=True
    ):
        torch.testing.assert_close(one, other)


def test_dpmpp_sde_without_noise_converges_with_order_2() -> None:
    x = torch.tensor([-3.0, 0.5, 11.0], dtype=torch.float64)
    errors = [
        float((end(partial(dpmpp_sde, eta=0.0), x, levels(10.0, 0.1, steps)) - exact(x, 10.0, 0.1)).abs().max())
        for steps in (32, 64)
    ]
    assert math.log2(errors[0] / errors[1]) > 1.8


@given(st.floats(0.01, 20), st.floats(0, 1), st.floats(0, 1))
def test_ancestral_split_keeps_the_variance(sigma: float, fraction: float, eta: float) -> None:
    sigma_next = sigma * fraction
    down, up = ancestral_split(sigma, sigma_next, eta=eta)
    assert down**2 + up**2 == pytest.approx(sigma_next**2)
    assert 0 <= up <= sigma_next


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=4, unique_by=lambda v: round(v, 1)), st.floats(0, 0.05))
def test_adams_bashforth_is_exact_for_polynomials(known: list[float], target: float) -> None:
    weights = adams_bashforth_weights(known, target)
    for power in range(len(known)):
        integral = (target ** (power + 1) - known[0] ** (power + 1)) / (power + 1)
        total = sum(weight * level**power for weight, level in zip(weights, known, strict=True))
        size = sum(abs(weight) * level**power for weight, level in zip(weights, known, strict=True))
        assert total == pytest.approx(integral, abs=1e-6 * max(size, 1.0))


# ---- the same step formulas, written by others ----


def diffusers_run(scheduler: object, x: Tensor, *, preserving: bool) -> tuple[list[float], Tensor]:
    """Drive a diffusers scheduler with the exact denoiser; ``preserving``: its samples have unit variance."""
    scheduler.set_timesteps(12)
    sigmas = [float(sigma) for sigma in scheduler.sigmas.unique().flip(0)]
    scale = 1 / math.hypot(1, sigmas[0]) if preserving else 1.0
    sample = x * scale
    for timestep in scheduler.timesteps:
        index = 0 if scheduler.step_index is None else scheduler.step_index
        sigma = float(scheduler.sigmas[index])
        plain = sample * math.hypot(1, sigma) if preserving else sample
        epsilon = (plain - posterior_mean(plain, sigma)) / sigma
        sample = scheduler.step(epsilon, timestep, sample).prev_sample
    return sigmas, sample * (math.hypot(1, sigmas[-1]) if preserving else 1.0)


@pytest.mark.parametrize(
    ("walk", "scheduler", "preserving", "tolerance"),
    [
        (euler, EulerDiscreteScheduler(**BETAS, use_karras_sigmas=True), False, 1e-5),
        (heun, HeunDiscreteScheduler(**BETAS, use_karras_sigmas=True), False, 1e-5),
        (lms, LMSDiscreteScheduler(**BETAS, use_karras_sigmas=True), False, 1e-3),
        (dpmpp_2m, DPMSolverMultistepScheduler(**BETAS, use_karras_sigmas=True, euler_at_final=True), True, 1e-4),
        (uni_pc, UniPCMultistepScheduler(**LEADING, solver_order=3, solver_type="bh1"), True, 1e-4),
    ],
)
def test_agrees_with_diffusers(walk: Walk, scheduler: object, preserving: bool, tolerance: float) -> None:
    x = 14.6 * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)
    sigmas, expected = diffusers_run(scheduler, x, preserving=preserving)
    torch.testing.assert_close(end(walk, x, sigmas), expected.double(), rtol=tolerance, atol=tolerance)


def test_dpmpp_2m_sde_agrees_with_diffusers() -> None:
    scheduler = DPMSolverMultistepScheduler(
        **BETAS, use_karras_sigmas=True, algorithm_type="sde-dpmsolver++", euler_at_final=True
    )
    scheduler.set_timesteps(12)
    sigmas = [float(sigma) for sigma in scheduler.sigmas]
    x = 14.6 * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)
    ours, theirs = gaussian(x), gaussian(x)
    sample = x / math.hypot(1, sigmas[0])
    for timestep, (sigma, sigma_next) in zip(scheduler.timesteps, pairwise(sigmas), strict=True):
        plain = sample * math.hypot(1, sigma)
        epsilon = (plain - posterior_mean(plain, sigma)) / sigma
        sample = scheduler.step(epsilon, timestep, sample, variance_noise=theirs(sigma, sigma_next)).prev_sample
    torch.testing.assert_close(end(dpmpp_2m_sde, x, sigmas, ours), sample.double(), rtol=1e-4, atol=1e-4)


def test_a_step_can_be_the_last_one_asked_for() -> None:
    calls: list[float] = []

    def counted(x: Tensor, sigma: float) -> Tensor:
        calls.append(sigma)
        return posterior_mean(x, sigma)

    walk = euler(counted, torch.zeros(1), [3.0, 2.0, 1.0, 0.0], silent)
    assert isinstance(next(walk), Step)
    walk.close()
    assert calls == [3.0]
