import math

import pytest
import torch
from diffusers.schedulers import AysSchedules
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion import align_your_steps
from nodegraph.diffusion.noise_levels import DiscreteLevels
from nodegraph.diffusion.schedules import SCHEDULERS
from nodegraph.diffusion.sigma_lists import (
    LevelsError,
    extended,
    flipped,
    karras,
    laplace,
    polyexponential,
    turbo,
    variance_preserving,
)

LEVELS = DiscreteLevels()
ENDS = {"sigma_max": LEVELS.sigma_max, "sigma_min": LEVELS.sigma_min}


def test_between_the_ends_of_a_model_they_are_its_schedules() -> None:
    torch.testing.assert_close(karras(10, **ENDS, rho=7.0), SCHEDULERS["karras"](LEVELS, 10))
    torch.testing.assert_close(polyexponential(10, **ENDS, rho=1.0), SCHEDULERS["exponential"](LEVELS, 10))


def test_polyexponential_distances_are_a_power() -> None:
    levels = polyexponential(3, sigma_max=math.e**2, sigma_min=1.0, rho=2.0)
    torch.testing.assert_close(levels, torch.tensor([math.e**2, math.exp(0.5), 1.0, 0.0]))


def test_laplace_is_symmetric_about_mu_and_clamped() -> None:
    levels = laplace(5, sigma_max=100.0, sigma_min=0.01, mu=0.5, beta=0.5)
    assert float(levels[2]) == pytest.approx(math.exp(0.5), rel=1e-4)
    assert float(levels[1] * levels[3]) == pytest.approx(math.e, rel=1e-4)
    assert bool((levels.diff() < 0).all())
    assert laplace(5, sigma_max=2.0, sigma_min=1.0, mu=0.5, beta=0.5).tolist()[::4] == [2.0, 1.0]


def test_variance_preserving_levels_are_those_of_the_equation() -> None:
    levels = variance_preserving(4, beta_d=19.9, beta_min=0.1, last_time=0.001)
    assert float(levels[0]) == pytest.approx(math.sqrt(math.expm1(19.9 / 2 + 0.1)))
    assert levels[-1] == 0
    assert bool((levels.diff() < 0).all())


def test_turbo_takes_every_hundredth_timestep() -> None:
    torch.testing.assert_close(turbo(LEVELS, 1), torch.tensor([LEVELS.sigma_max, 0.0]))
    assert [LEVELS.timestep(level) for level in turbo(LEVELS, 10).tolist()[:-1]] == list(range(999, 0, -100))
    assert [LEVELS.timestep(level) for level in turbo(LEVELS, 2, denoise=0.5).tolist()[:-1]] == [499, 399]


@pytest.mark.parametrize(
    ("family", "published"),
    [
        ("SD1", AysSchedules["StableDiffusionSigmas"]),
        ("SDXL", AysSchedules["StableDiffusionXLSigmas"]),
        ("SVD", AysSchedules["StableDiffusionVideoSigmas"]),
    ],
)
def test_ten_aligned_steps_are_the_published_ones(family: align_your_steps.Family, published: list[float]) -> None:
    levels = align_your_steps.sigmas(family, 10).tolist()
    assert levels[:-1] == pytest.approx(published[: len(levels) - 1], rel=2e-2, abs=1e-3)
    assert levels[-1] == 0


def test_other_numbers_of_aligned_steps_are_interpolated_and_a_part_can_be_taken() -> None:
    twenty = align_your_steps.sigmas("SD1", 20)
    assert len(twenty) == 21
    torch.testing.assert_close(twenty[:-1:2], align_your_steps.sigmas("SD1", 10)[:-1])
    assert torch.equal(align_your_steps.sigmas("SD1", 20, denoise=0.5), twenty[-11:])
    assert len(align_your_steps.sigmas("SD1", 20, denoise=0.0)) == 0


def test_flipping_starts_a_hair_above_zero() -> None:
    levels = torch.tensor([3.0, 1.0, 0.0])
    torch.testing.assert_close(flipped(levels), torch.tensor([1e-4, 1.0, 3.0]))
    assert levels.tolist() == [3.0, 1.0, 0.0]
    assert len(flipped(torch.empty(0))) == 0


@given(st.integers(1, 5), st.sampled_from(["linear", "cosine", "sine"]))
def test_extending_keeps_the_levels_and_puts_others_between(steps: int, spacing: str) -> None:
    levels = torch.tensor([14.0, 6.0, 2.0, 0.5, 0.0])
    more = extended(levels, steps, start=7.0, end=1.0, spacing=spacing)
    assert len(more) == len(levels) + 2 * (steps - 1)
    assert set(levels.tolist()) <= set(more.tolist())
    assert bool((more.diff() < 0).all())
    halves = extended(levels, 2, start=7.0, end=1.0, spacing=spacing).tolist()
    share = {"linear": 0.5, "cosine": math.sin(math.pi / 4), "sine": 1 - math.cos(math.pi / 4)}[spacing]
    assert halves[2] == pytest.approx(6.0 - 4.0 * share)


@pytest.mark.parametrize("make", [karras, polyexponential])
def test_ends_at_zero_and_roots_of_order_zero_are_refused(make: object) -> None:
    with pytest.raises(LevelsError, match="0"):
        make(5, sigma_max=14.0, sigma_min=0.0, rho=7.0)
    with pytest.raises(LevelsError, match="rho"):
        karras(5, sigma_max=14.0, sigma_min=1.0, rho=0.0)
