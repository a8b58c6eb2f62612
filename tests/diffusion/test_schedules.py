import math

import numpy as np
import pytest
import torch
from diffusers import EulerDiscreteScheduler
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.noise_levels import DiscreteLevels
from nodegraph.diffusion.samplers.registry import SAMPLERS
from nodegraph.diffusion.schedules import SCHEDULERS, ScheduleError
from nodegraph.diffusion.steps import ksampler_sigmas, scheduled_sigmas

LEVELS = DiscreteLevels()
TABLE = LEVELS.sigmas
EULER, UNI_PC = SAMPLERS["euler"], SAMPLERS["uni_pc"]


def test_names_are_the_fields_in_the_fields_order() -> None:
    assert list(SCHEDULERS) == [
        "simple",
        "sgm_uniform",
        "karras",
        "exponential",
        "ddim_uniform",
        "beta",
        "normal",
        "linear_quadratic",
        "kl_optimal",
    ]


@given(st.sampled_from(list(SCHEDULERS)), st.integers(1, 300))
def test_levels_fall_to_zero(name: str, steps: int) -> None:
    sigmas = SCHEDULERS[name](LEVELS, steps)
    assert sigmas.dtype == torch.float32
    assert sigmas[-1] == 0.0
    assert bool((sigmas.diff() < 0).all())
    assert sigmas[0] <= LEVELS.sigma_max * (1 + 1e-6)
    if name not in ("ddim_uniform", "beta"):
        assert len(sigmas) == steps + 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("simple", [TABLE[999], TABLE[749], TABLE[499], TABLE[249], 0]),
        ("sgm_uniform", [*(LEVELS.sigma(t) for t in (999, 749.25, 499.5, 249.75)), 0]),
        ("normal", [*(LEVELS.sigma(t) for t in (999, 666, 333, 0)), 0]),
        ("ddim_uniform", [TABLE[751], TABLE[501], TABLE[251], TABLE[1], 0]),
        ("exponential", [*(TABLE[-1] ** (1 - i / 3) * TABLE[0] ** (i / 3) for i in range(4)), 0]),
        ("karras", [*((TABLE[-1] ** (1 / 7) * (1 - i / 3) + TABLE[0] ** (1 / 7) * i / 3) ** 7 for i in range(4)), 0]),
        # Beta(0.6, 0.6) is symmetric: its quartiles are q, 1/2 and 1 − q, with q = 0.17568 by quadrature.
        ("beta", [TABLE[999], TABLE[823], TABLE[500], TABLE[176], 0]),
        ("linear_quadratic", [TABLE[-1] * (1 - y) for y in (0, 0.0125, 0.025, 0.025 + 0.0125 + 0.2375, 1)]),
        (
            "kl_optimal",
            [*(math.tan(math.atan(TABLE[0]) * i / 3 + math.atan(TABLE[-1]) * (1 - i / 3)) for i in range(4)), 0],
        ),
    ],
)
def test_four_steps_by_hand(name: str, expected: list[float]) -> None:
    np.testing.assert_allclose(SCHEDULERS[name](LEVELS, 4).numpy(), [float(v) for v in expected], rtol=2e-5, atol=1e-6)


def test_one_step() -> None:
    assert SCHEDULERS["linear_quadratic"](LEVELS, 1).tolist() == [LEVELS.sigma_max, 0.0]


@pytest.mark.parametrize(("name", "flag"), [("karras", "use_karras_sigmas"), ("exponential", "use_exponential_sigmas")])
def test_agrees_with_diffusers(name: str, flag: str) -> None:
    theirs = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="linspace", **{flag: True}
    )
    theirs.set_timesteps(20)
    torch.testing.assert_close(SCHEDULERS[name](LEVELS, 20), theirs.sigmas, rtol=1e-4, atol=1e-5)


def test_denoise_takes_the_end_of_a_longer_schedule() -> None:
    assert scheduled_sigmas(LEVELS, "karras", 8).tolist() == SCHEDULERS["karras"](LEVELS, 8).tolist()
    half = scheduled_sigmas(LEVELS, "karras", 8, denoise=0.5)
    assert half.tolist() == SCHEDULERS["karras"](LEVELS, 16)[-9:].tolist()
    # int(6 / 0.8) is 7: the fraction is dropped.
    assert scheduled_sigmas(LEVELS, "normal", 6, denoise=0.8).tolist() == SCHEDULERS["normal"](LEVELS, 7)[-7:].tolist()
    assert len(scheduled_sigmas(LEVELS, "karras", 8, denoise=0.0)) == 0


def test_uni_pc_leaves_out_the_last_level_but_one_in_a_ksampler_only() -> None:
    longer = SCHEDULERS["normal"](LEVELS, 7).tolist()
    assert ksampler_sigmas(LEVELS, "normal", 6, sampler=UNI_PC).tolist() == [*longer[:-2], 0.0]
    assert scheduled_sigmas(LEVELS, "normal", 6).tolist() == SCHEDULERS["normal"](LEVELS, 6).tolist()


@given(st.integers(1, 30), st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_two_ranges_make_one_run(steps: int, start: int, end: int, leftover: bool) -> None:
    whole = ksampler_sigmas(LEVELS, "karras", steps, sampler=EULER).tolist()
    part = ksampler_sigmas(
        LEVELS, "karras", steps, sampler=EULER, start_at_step=start, end_at_step=end, leftover_noise=leftover
    ).tolist()
    if start >= min(end, steps):
        assert part == []
        return
    expected = whole[start : end + 1]
    if not leftover:
        expected[-1] = 0.0
    assert part == expected


@pytest.mark.parametrize("steps", [0, -1])
def test_no_steps_are_refused(steps: int) -> None:
    with pytest.raises(ScheduleError, match="at least 1"):
        scheduled_sigmas(LEVELS, "karras", steps)


def test_unknown_scheduler_is_refused_by_name() -> None:
    with pytest.raises(ScheduleError, match=r"'karass'.*karras"):
        scheduled_sigmas(LEVELS, "karass", 4)


def test_negative_range_is_refused() -> None:
    with pytest.raises(ScheduleError, match="count from 0"):
        ksampler_sigmas(LEVELS, "karras", 4, sampler=EULER, start_at_step=-1)
