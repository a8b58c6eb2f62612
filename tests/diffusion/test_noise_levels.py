import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.noise_levels import (
    AngleLevels,
    DiscreteLevels,
    FlowLevels,
    LogLevels,
    NoiseLevels,
    zero_terminal_snr,
)

LEVELS = DiscreteLevels()
KINDS: list[NoiseLevels] = [
    LEVELS,
    DiscreteLevels(zero_terminal_snr(LEVELS.sigmas)),
    LEVELS.distilled(),
    LogLevels(),
    AngleLevels(0.03, 500.0),
    FlowLevels(3.0),
    FlowLevels(1.73, 1.0),
]


def test_table_of_stable_diffusion() -> None:
    beta_0 = 0.00085
    assert len(LEVELS.sigmas) == 1000
    assert pytest.approx(math.sqrt(beta_0 / (1 - beta_0)), rel=1e-6) == LEVELS.sigma_min
    assert pytest.approx(14.614642, abs=1e-5) == LEVELS.sigma_max


@pytest.mark.parametrize("levels", KINDS)
def test_tables_rise(levels: NoiseLevels) -> None:
    assert levels.sigmas.dtype == torch.float32
    assert bool((levels.sigmas.diff() > 0).all())
    assert 0 < levels.sigma_min < levels.sigma_max
    assert float(levels.sigmas[0]) == pytest.approx(levels.sigma_min, rel=1e-5)
    assert float(levels.sigmas[-1]) == pytest.approx(levels.sigma_max, rel=1e-5)


@pytest.mark.parametrize("levels", [levels for levels in KINDS if not isinstance(levels, FlowLevels)])
def test_the_map_goes_both_ways(levels: NoiseLevels) -> None:
    for sigma in levels.sigmas[:: len(levels.sigmas) // 10]:
        assert float(levels.sigma(levels.timestep(float(sigma)))) == pytest.approx(float(sigma), rel=1e-4)


@given(st.integers(0, 999))
def test_timestep_inverts_sigma(timestep: int) -> None:
    assert LEVELS.timestep(float(LEVELS.sigma(timestep))) == timestep


@given(st.floats(0, 999), st.floats(0, 999))
def test_sigma_rises_with_the_timestep(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert float(LEVELS.sigma(low)) <= float(LEVELS.sigma(high)) * (1 + 1e-5)


@pytest.mark.parametrize(("timestep", "nearest"), [(832.5, 833), (499.5, 500), (166.5, 166)])
def test_levels_halfway_between_timesteps_round_as_in_the_field(timestep: float, nearest: int) -> None:
    assert LEVELS.timestep(float(LEVELS.sigma(timestep))) == nearest


@pytest.mark.parametrize("levels", KINDS)
def test_percent_falls_from_above_to_below_the_table(levels: NoiseLevels) -> None:
    assert levels.percent_to_sigma(0.0) >= levels.sigma_max
    assert levels.percent_to_sigma(1.0) == 0.0
    between = [levels.percent_to_sigma(percent) for percent in (0.001, 0.25, 0.5, 0.75, 0.999)]
    assert between == sorted(between, reverse=True)
    assert levels.sigma_min <= between[-1]
    assert between[0] <= levels.sigma_max


def test_percent_of_stable_diffusion() -> None:
    assert LEVELS.percent_to_sigma(0.0) > 1e8
    assert LEVELS.percent_to_sigma(0.5) == pytest.approx(float(LEVELS.sigma(499.5)))


def test_nothing_of_the_picture_is_left_at_the_top_of_a_table_with_zero_terminal_snr() -> None:
    sigmas = zero_terminal_snr(LEVELS.sigmas)
    assert float(sigmas[-1]) > 4000
    assert float(sigmas[0]) == pytest.approx(LEVELS.sigma_min, rel=1e-4)


def test_a_distilled_table_knows_every_twentieth_timestep() -> None:
    distilled = LEVELS.distilled()
    torch.testing.assert_close(distilled.sigmas, LEVELS.sigmas[19::20])
    assert distilled.timestep(distilled.sigma_max) == 999
    assert distilled.timestep(distilled.sigma_min) == 19


def test_a_shift_of_3_puts_half_of_the_way_at_three_quarters_of_the_noise() -> None:
    assert FlowLevels(3.0).percent_to_sigma(0.5) == pytest.approx(0.75)
    assert FlowLevels(1.0).percent_to_sigma(0.5) == pytest.approx(0.5)
    assert FlowLevels(3.0).percent_to_sigma(0.0) == 1.0
