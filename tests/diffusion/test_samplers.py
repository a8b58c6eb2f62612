"""Samplers against a problem with a known answer, and against each other."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest
import torch
from gaussian_pictures import (
    GAUSSIAN,
    GAUSSIAN_FLOW,
    MEAN,
    SPREAD,
    denoiser,
    exact,
    gaussian,
    levels,
    posterior_mean,
    silent,
)
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nodegraph.diffusion.noise import StepNoise, generator
from nodegraph.diffusion.samplers.ancestral import ancestral_split
from nodegraph.diffusion.samplers.ddim import ddim
from nodegraph.diffusion.samplers.ddpm import ddpm
from nodegraph.diffusion.samplers.dpm_2 import dpm_2_ancestral
from nodegraph.diffusion.samplers.dpm_adaptive import dpm_adaptive
from nodegraph.diffusion.samplers.dpmpp_2m import dpmpp_2m
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral
from nodegraph.diffusion.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.er_sde import er_sde
from nodegraph.diffusion.samplers.euler import euler
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral
from nodegraph.diffusion.samplers.euler_cfg_pp import euler_ancestral_cfg_pp
from nodegraph.diffusion.samplers.ipndm import ipndm, ipndm_v
from nodegraph.diffusion.samplers.lagrange import lagrange_integrals
from nodegraph.diffusion.samplers.lcm import lcm
from nodegraph.diffusion.samplers.lms import lms
from nodegraph.diffusion.samplers.registry import SAMPLERS, UnknownSamplerError, find_sampler
from nodegraph.diffusion.samplers.sa_solver import sa_solver
from nodegraph.diffusion.samplers.seeds import seeds_2, seeds_3
from nodegraph.diffusion.samplers.step import Step, Walk

NAMES = [
    "euler",
    "euler_cfg_pp",
    "euler_ancestral",
    "euler_ancestral_cfg_pp",
    "heun",
    "heunpp2",
    "exp_heun_2_x0",
    "exp_heun_2_x0_sde",
    "dpm_2",
    "dpm_2_ancestral",
    "lms",
    "dpm_fast",
    "dpm_adaptive",
    "dpmpp_2s_ancestral",
    "dpmpp_2s_ancestral_cfg_pp",
    "dpmpp_sde",
    "dpmpp_sde_gpu",
    "dpmpp_2m",
    "dpmpp_2m_cfg_pp",
    "dpmpp_2m_sde",
    "dpmpp_2m_sde_gpu",
    "dpmpp_2m_sde_heun",
    "dpmpp_2m_sde_heun_gpu",
    "dpmpp_3m_sde",
    "dpmpp_3m_sde_gpu",
    "ddpm",
    "lcm",
    "ipndm",
    "ipndm_v",
    "deis",
    "res_multistep",
    "res_multistep_cfg_pp",
    "res_multistep_ancestral",
    "res_multistep_ancestral_cfg_pp",
    "gradient_estimation",
    "gradient_estimation_cfg_pp",
    "er_sde",
    "seeds_2",
    "seeds_3",
    "sa_solver",
    "sa_solver_pece",
    "ddim",
    "uni_pc",
    "uni_pc_bh2",
]
ORDERS = {
    "euler": 1,
    "euler_cfg_pp": 1,
    "ddim": 1,
    "gradient_estimation": 1,
    "gradient_estimation_cfg_pp": 1,
    "ipndm": 1,  # of steps that are even in σ it is of higher order: see below
    "heunpp2": 1,
    "heun": 2,
    "dpm_2": 2,
    "exp_heun_2_x0": 2,
    # The multistep solvers start, and UniPC ends, with a first-order step: that one step's error is of second order.
    "lms": 2,
    "ipndm_v": 2,
    "deis": 2,
    "dpmpp_2m": 2,
    "dpmpp_2m_cfg_pp": 2,
    "res_multistep": 2,
    "res_multistep_cfg_pp": 2,
    "uni_pc": 2,
    "uni_pc_bh2": 2,
    "dpm_fast": 2,  # its last one or two network calls are of lower order
}
QUIET_ORDERS = {  # stochastic samplers with their noise turned off
    "dpmpp_sde": (partial(dpmpp_sde, eta=0.0), 2),
    "dpmpp_2m_sde_heun": (partial(dpmpp_2m_sde, correction="heun", eta=0.0), 2),
    "dpmpp_3m_sde": (partial(dpmpp_3m_sde, eta=0.0), 2),
    "dpmpp_2s_ancestral": (partial(dpmpp_2s_ancestral, eta=0.0), 2),
    "dpm_2_ancestral": (partial(dpm_2_ancestral, eta=0.0), 2),
    "seeds_2": (partial(seeds_2, eta=0.0), 2),
    "seeds_3": (partial(seeds_3, eta=0.0), 3),
    "er_sde": (partial(er_sde, scale=lambda sigma: sigma), 2),
    "sa_solver": (partial(sa_solver, eta=0.0), 2),
    "sa_solver_pece": (partial(sa_solver, eta=0.0, pece=True), 2),
}
ENDS_ABOVE_ZERO = ("uni_pc", "uni_pc_bh2", "dpm_fast", "dpm_adaptive")
STOCHASTIC = {
    "euler_ancestral": 400,
    "euler_ancestral_cfg_pp": 400,
    "res_multistep_ancestral": 400,
    "ddpm": 400,
    "dpm_2_ancestral": 200,
    "dpmpp_2s_ancestral": 200,
    "dpmpp_sde": 50,
    "dpmpp_2m_sde": 50,
    "dpmpp_2m_sde_heun": 50,
    "dpmpp_3m_sde": 50,
    "exp_heun_2_x0_sde": 50,
    "er_sde": 50,
    "seeds_2": 50,
    "seeds_3": 50,
    "sa_solver": 50,
    "sa_solver_pece": 50,
}


def end(walk: Walk, x: Tensor, sigmas: Sequence[float], noise: StepNoise = silent) -> Tensor:
    return list(walk(GAUSSIAN, x, sigmas, noise))[-1].x


def test_names_are_the_fields_in_the_fields_order() -> None:
    assert list(SAMPLERS) == NAMES


def test_unknown_sampler_is_refused_by_name() -> None:
    with pytest.raises(UnknownSamplerError, match=r"'eulr'.*euler"):
        find_sampler("eulr")


def observed_order(walk: Walk, steps: int) -> float:
    """From the largest error of three points, of ``steps`` and of twice as many."""
    x = torch.tensor([-3.0, 0.5, 11.0], dtype=torch.float64)
    errors = [
        float((end(walk, x, levels(10.0, 0.1, count)) - exact(x, 10.0, 0.1)).abs().max())
        for count in (steps, 2 * steps)
    ]
    assert errors[1] < 0.1
    return math.log2(errors[0] / errors[1])


@pytest.mark.parametrize("name", ORDERS)
def test_converges_with_its_order(name: str) -> None:
    assert observed_order(SAMPLERS[name].walk, 66) > ORDERS[name] - 0.2


@pytest.mark.parametrize("name", QUIET_ORDERS)
def test_without_noise_a_stochastic_sampler_converges_with_its_order(name: str) -> None:
    walk, order = QUIET_ORDERS[name]
    assert observed_order(walk, 32) > order - 0.25


def test_the_adaptive_solver_is_as_exact_as_it_is_asked_to_be() -> None:
    x = torch.tensor([-3.0, 0.5, 11.0], dtype=torch.float64)
    runs = [list(dpm_adaptive(GAUSSIAN, x, [10.0, 0.1], silent, rtol=rtol, atol=rtol / 10)) for rtol in (1e-2, 1e-4)]
    errors = [float((run[-1].x - exact(x, 10.0, 0.1)).abs().max()) for run in runs]
    assert errors[0] < 5e-2
    assert errors[1] < 1e-3
    assert len(runs[1]) > len(runs[0])


@pytest.mark.parametrize("name", SAMPLERS)
def test_one_step_for_each_pair_of_levels(name: str) -> None:
    sigmas = [*levels(10.0, 0.1, 5), 0.0]
    x = torch.randn(2, 4, 3, 3, generator=generator(0))
    steps = list(SAMPLERS[name].walk(GAUSSIAN, x, sigmas, gaussian(x)))
    if name == "dpm_fast":
        assert [step.index for step in steps] == [2, 4, 5]
    elif name != "dpm_adaptive":
        assert [step.index for step in steps] == list(range(6))
        assert [step.sigma for step in steps] == sigmas[1:]
    assert all(step.x.shape == step.denoised.shape == x.shape and step.x.dtype == x.dtype for step in steps)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_single_picture_is_found_exactly(name: str) -> None:
    picture = torch.full((1, 4, 2, 2), 0.25)
    x = picture + 10 * torch.randn(picture.shape, generator=generator(0))
    sigmas = [*levels(10.0, 1e-4, 6), 0.0]
    last = list(SAMPLERS[name].walk(denoiser(lambda x, sigma: picture), x, sigmas, gaussian(x)))[-1]
    torch.testing.assert_close(last.x, picture, rtol=0, atol=5e-3 if name in ENDS_ABOVE_ZERO else 1e-5)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_flow_finds_a_single_picture_too(name: str) -> None:
    picture = torch.full((1, 4, 2, 2), 0.25)
    x = torch.randn(picture.shape, generator=generator(0))
    denoise = denoiser(lambda x, sigma: picture, GAUSSIAN_FLOW.sampling)
    steps = list(SAMPLERS[name].run(denoise, x, [1.0, 0.8, 0.5, 0.2, 0.01, 1e-4, 0.0], 7))
    assert all(bool(torch.isfinite(step.x).all()) for step in steps)
    torch.testing.assert_close(steps[-1].x, picture, rtol=0, atol=5e-3 if name in ENDS_ABOVE_ZERO else 1e-5)


@pytest.mark.parametrize("name", SAMPLERS)
def test_inputs_are_not_changed(name: str) -> None:
    x = torch.randn(1, 4, 2, 2, generator=generator(0))
    before, sigmas = x.clone(), [*levels(10.0, 0.1, 3), 0.0]
    for step in SAMPLERS[name].walk(GAUSSIAN, x, tuple(sigmas), gaussian(x)):
        kept = step.x.clone()
        previous = step
    assert torch.equal(x, before)
    assert torch.equal(previous.x, kept)


@pytest.mark.parametrize("name", STOCHASTIC)
def test_stochastic_samplers_draw_the_right_pictures(name: str) -> None:
    sigmas = [*levels(20.0, 0.02, STOCHASTIC[name]), 0.0]
    x = MEAN + math.hypot(SPREAD, sigmas[0]) * torch.randn(20_000, generator=generator(3))
    pictures = list(SAMPLERS[name].run(GAUSSIAN, x, sigmas, 5))[-1].x
    assert float(pictures.mean()) == pytest.approx(MEAN, abs=0.03)
    assert float(pictures.std()) == pytest.approx(SPREAD, rel=0.04)


# Of the others two are, in the field too, written for exploding noise: for a flow they add too much or too little.
@pytest.mark.parametrize("name", [name for name in STOCHASTIC if name not in ("ddpm", "res_multistep_ancestral")])
def test_flows_draw_the_right_pictures_too(name: str) -> None:
    steps = STOCHASTIC[name]
    sigmas = [*(nu / (1 + nu) for nu in levels(200.0, 0.02, steps)), 0.0]
    x = (1 - sigmas[0]) * MEAN + math.hypot((1 - sigmas[0]) * SPREAD, sigmas[0]) * torch.randn(
        20_000, generator=generator(3)
    )
    pictures = list(SAMPLERS[name].run(GAUSSIAN_FLOW, x, sigmas, 5))[-1].x
    assert float(pictures.mean()) == pytest.approx(MEAN, abs=0.03)
    assert float(pictures.std()) == pytest.approx(SPREAD, rel=0.05)


def test_lcm_with_a_consistency_function_draws_the_right_pictures() -> None:
    sigmas = [20.0, 5.0, 1.0, 0.0]
    x = MEAN + math.hypot(SPREAD, sigmas[0]) * torch.randn(20_000, generator=generator(3))
    pictures = list(lcm(denoiser(lambda x, sigma: exact(x, sigma, 0.0)), x, sigmas, gaussian(x)))[-1].x
    assert float(pictures.mean()) == pytest.approx(MEAN, abs=0.03)
    assert float(pictures.std()) == pytest.approx(SPREAD, rel=0.04)


def final_and_between(walk: Walk, noise: Callable[[Tensor], StepNoise]) -> list[Tensor]:
    x = 10 * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)
    return [step.x for step in walk(GAUSSIAN, x, [*levels(10.0, 0.1, 7), 0.0], noise(x))]


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


@pytest.mark.parametrize(
    ("walk", "limit"), [(euler_ancestral, euler), (euler_ancestral_cfg_pp, euler), (dpmpp_2m_sde, dpmpp_2m)]
)
def test_without_noise_the_stochastic_form_is_the_deterministic_one(walk: Walk, limit: Walk) -> None:
    quiet = partial(walk, eta=0.0)
    for one, other in zip(
        final_and_between(quiet, lambda x: silent), final_and_between(limit, lambda x: silent), strict=True
    ):
        torch.testing.assert_close(one, other)


@given(st.floats(0.01, 20), st.floats(0, 1), st.floats(0, 1))
def test_ancestral_split_keeps_the_variance(sigma: float, fraction: float, eta: float) -> None:
    sigma_next = sigma * fraction
    down, up = ancestral_split(sigma, sigma_next, eta=eta)
    assert down**2 + up**2 == pytest.approx(sigma_next**2)
    assert 0 <= up <= sigma_next


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=4, unique_by=lambda v: round(v, 1)), st.floats(0, 0.05))
def test_adams_bashforth_is_exact_for_polynomials(known: list[float], target: float) -> None:
    weights = lagrange_integrals(known, known[0], target)
    for power in range(len(known)):
        integral = (target ** (power + 1) - known[0] ** (power + 1)) / (power + 1)
        total = sum(weight * level**power for weight, level in zip(weights, known, strict=True))
        size = sum(abs(weight) * level**power for weight, level in zip(weights, known, strict=True))
        assert total == pytest.approx(integral, abs=1e-6 * max(size, 1.0))


def test_a_step_can_be_the_last_one_asked_for() -> None:
    calls: list[float] = []

    def counted(x: Tensor, sigma: float) -> Tensor:
        calls.append(sigma)
        return posterior_mean(x, sigma)

    walk = euler(denoiser(counted), torch.zeros(1), [3.0, 2.0, 1.0, 0.0], silent)
    assert isinstance(next(walk), Step)
    walk.close()
    assert calls == [3.0]


# ---- CFG++ ----


@pytest.mark.parametrize("name", [name for name in NAMES if "cfg_pp" in name])
def test_under_cfg_pp_the_picture_follows_the_guidance_and_the_noise_the_negative(name: str) -> None:
    """Of two constant pictures, the last step ends at the guided one, and no step asks for the guided one alone."""
    guided, avoided = torch.full((1, 1, 2, 2), 2.0), torch.full((1, 1, 2, 2), -1.0)
    alone: list[float] = []

    def predict(x: Tensor, sigma: float) -> Tensor:
        alone.append(sigma)
        return guided

    denoise = replace(denoiser(predict), both=lambda x, sigma: (guided, avoided))
    x = 5.0 * torch.ones_like(guided)
    steps = list(SAMPLERS[name].walk(denoise, x, [5.0, 1.0, 0.0], lambda sigma, sigma_next: torch.zeros_like(x)))
    torch.testing.assert_close(steps[-1].x, guided)
    # After the first step the noise is that of the negative: x − (−1) at σ 5, brought down to where the step went.
    down = ancestral_split(5.0, 1.0)[0] if "ancestral" in name else 1.0
    if "2s" not in name:  # it asks for the guided picture at its middle stage
        assert alone == []
        torch.testing.assert_close(steps[0].x, guided + (x - avoided) * (down / 5.0))
    else:
        torch.testing.assert_close(steps[0].x, guided + (x - avoided) * (down / 5.0))


def test_ipndm_is_of_fourth_order_for_even_steps() -> None:
    errors = []
    for steps in (20, 40):
        sigmas = torch.linspace(10.0, 5.0, steps + 1, dtype=torch.float64).tolist()
        x = torch.tensor([-3.0, 0.5, 11.0], dtype=torch.float64)
        walked = [step.x for step in ipndm(GAUSSIAN, x, sigmas, silent)]
        # From where all four slopes are known: the error of the start, of lower order, is what the equation carries on.
        errors.append(float((walked[-1] - exact(walked[3], sigmas[4], 5.0)).abs().max()))
    assert math.log2(errors[0] / errors[1]) > 3


def test_ipndm_of_levels_at_any_distance_is_lms_but_for_its_end() -> None:
    x = torch.randn(1, 4, 2, 2, generator=generator(0), dtype=torch.float64)
    sigmas = [*levels(10.0, 0.1, 9), 0.0]
    ours, theirs = (list(walk(GAUSSIAN, x, sigmas, silent)) for walk in (ipndm_v, lms))
    torch.testing.assert_close(ours[-2].x, theirs[-2].x)
    assert torch.equal(ours[-1].x, ours[-1].denoised)
