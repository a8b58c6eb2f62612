from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from toy_model import prompt, toy_model

from nodegraph.diffusion.gate import Gate, open_gate
from nodegraph.diffusion.guidance.guiders import CfgGuider
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.noise import NoNoise, RandomNoise, prepare_noise
from nodegraph.diffusion.sample import SAMPLERS, Run, SamplingError, ksampler, sample, sample_custom
from nodegraph.diffusion.samplers.lcm import Growing
from nodegraph.diffusion.schedules import SCHEDULERS

T = TypeVar("T")


def empty(batch: int = 1, channels: int = 4) -> dict[str, torch.Tensor]:
    return {"samples": torch.zeros(batch, channels, 4, 6)}


def run(
    latent: dict[str, object], *, gate: Gate = open_gate, model: DiffusionModel | None = None, **changes: object
) -> Run:
    arguments = {
        "positive": prompt(0.5),
        "negative": prompt(0.0),
        "cfg": 1.0,
        "sampler_name": "euler",
        "scheduler": "karras",
        "steps": 4,
        "seed": 7,
    }
    return ksampler(model or toy_model(), gate=gate, latent=latent, **{**arguments, **changes})


def finish(run: Run) -> torch.Tensor:
    steps = list(run.steps)
    if run.steps.__name__ != "dpm_adaptive":  # it takes as many as it needs
        assert steps[-1].index + 1 == run.total
    samples: torch.Tensor = run.finish(steps[-1])["samples"]
    return samples


EVERY_PAIR = pytest.mark.parametrize(  # each of both once in every run of the tests, all by ``-m slow``
    ("sampler_name", "scheduler"),
    [
        pytest.param(name, schedule, marks=() if schedule == "karras" or name == "dpmpp_2m" else pytest.mark.slow)
        for name in SAMPLERS
        for schedule in SCHEDULERS
    ],
)


@EVERY_PAIR
def test_every_sampler_on_every_schedule_ends_in_the_picture(sampler_name: str, scheduler: str) -> None:
    going = run(empty(), sampler_name=sampler_name, scheduler=scheduler, steps=20)
    *_, last = going.steps
    # DPM-Solver's own walks leave the noise of the last level but one.
    leaves_noise = sampler_name in ("dpm_fast", "dpm_adaptive")
    samples = (going.finish_denoised if leaves_noise else going.finish)(last)["samples"]
    # The toy's picture is 0.5 in the network's scale, which is half the autoencoder's; its levels lie between those of
    # the table, where the network is told the nearest timestep.
    torch.testing.assert_close(samples, torch.ones_like(samples), rtol=0, atol=0.1)


@EVERY_PAIR
def test_one_step_is_enough(sampler_name: str, scheduler: str) -> None:
    assert bool(torch.isfinite(finish(run(empty(), sampler_name=sampler_name, scheduler=scheduler, steps=1))).all())


@given(st.integers(1, 4), st.integers(0, 2**64 - 1))
def test_a_run_depends_on_its_arguments_alone(batch: int, seed: int) -> None:
    first, second = (
        finish(run(empty(batch), sampler_name="dpmpp_sde", seed=seed, model=toy_model())) for _ in range(2)
    )
    assert torch.equal(first, second)


def test_the_latent_is_not_changed_and_keeps_its_other_entries() -> None:
    latent = {"samples": torch.ones(2, 4, 4, 6), "batch_index": [0, 3], "noise_mask": torch.ones(1, 1, 32, 48)}
    going = run(latent)
    *_, last = going.steps
    result = going.finish(last)
    assert bool((latent["samples"] == 1).all())
    assert result["batch_index"] == [0, 3]
    assert result["noise_mask"] is latent["noise_mask"]


def test_with_nothing_to_do_the_latent_comes_back() -> None:
    latent = {"samples": torch.ones(1, 4, 4, 6)}
    for going in (run(latent, denoise=0.0), run(latent, start_at_step=4), run(latent, end_at_step=0)):
        assert going.total == 0
        assert list(going.steps) == []
        assert going.finish(None) == latent


def test_two_halves_are_the_whole() -> None:
    whole = finish(run(empty()))
    model = toy_model()
    middle = run(empty(), end_at_step=2, model=model)
    *_, last = middle.steps
    rest = run(middle.finish(last), start_at_step=2, add_noise=False, model=model)
    torch.testing.assert_close(finish(rest), whole, rtol=1e-5, atol=1e-5)


def test_without_leftover_noise_the_run_ends_at_zero() -> None:
    going = run(empty(), end_at_step=2, leftover_noise=False)
    assert [step.sigma for step in going.steps][-1] == 0.0


def test_an_item_of_a_batch_can_be_made_again() -> None:
    def cells(index: list[int]) -> torch.Tensor:
        latent = {"samples": torch.zeros(len(index), 4, 4, 6), "batch_index": index}
        return finish(run(latent, end_at_step=2))

    torch.testing.assert_close(cells([0, 1, 2])[2:], cells([2]))


def test_outside_a_noise_mask_the_latent_is_kept() -> None:
    latent = {"samples": torch.full((2, 4, 4, 6), 3.0), "noise_mask": torch.zeros(1, 1, 32, 48)}
    latent["noise_mask"][..., 24:] = 1.0
    for name in ("euler", "ddim", "dpmpp_2m"):
        samples = finish(run(latent, sampler_name=name))
        torch.testing.assert_close(samples[..., :3], latent["samples"][..., :3], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(samples[..., 3:], torch.ones(2, 4, 4, 3), rtol=0, atol=0.2)


def test_an_empty_latent_takes_the_models_channels() -> None:
    assert finish(run(empty(channels=16))).shape == (1, 4, 4, 6)


@pytest.mark.parametrize("shape", [(1, 16, 4, 6), (4, 4, 6), (1, 4, 2, 4, 6)])
def test_a_latent_of_another_kind_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SamplingError, match="4 channels"):
        run({"samples": torch.ones(shape)})


def test_a_latent_that_is_not_finite_is_refused() -> None:
    with pytest.raises(SamplingError, match="NaN"):
        run({"samples": torch.full((1, 4, 4, 6), float("nan"))})


@pytest.mark.parametrize(
    ("sigmas", "message"),
    [
        ([], "at least two"),
        ([1.0], "at least two"),
        ([1.0, 1.0], "at least two"),
        ([0.0, 1.0], "rise from 0"),
        ([2.0, 1.0, 3.0], "fall from step to step, or rise"),
        ([float("nan"), 0.0], "finite"),
        ([float("inf"), 0.0], "finite"),
        ([1.0, -1.0], "not negative"),
    ],
)
def test_impossible_levels_are_refused(sigmas: list[float], message: str) -> None:
    latent = torch.zeros(1, 4, 4, 6)
    with pytest.raises(SamplingError, match=message):
        sample(
            toy_model(),
            gate=open_gate,
            noise=latent,
            latent=latent,
            guider=CfgGuider(None, prompt(0.5), prompt(0.0), 1.0),
            sampler=SAMPLERS["euler"],
            sigmas=torch.tensor(sigmas),
            seeds=[0],
        )


def test_noise_of_another_shape_is_refused() -> None:
    with pytest.raises(SamplingError, match="cannot go onto"):
        sample(
            toy_model(),
            gate=open_gate,
            noise=torch.zeros(2, 4, 4, 6),
            latent=torch.zeros(1, 4, 4, 6),
            guider=CfgGuider(None, prompt(0.5), prompt(0.0), 1.0),
            sampler=SAMPLERS["euler"],
            sigmas=torch.tensor([1.0, 0.0]),
            seeds=[0],
        )


def test_repeated_levels_are_one() -> None:
    model = toy_model()
    guider = CfgGuider(model, prompt(0.5), prompt(0.0), 1.0)
    for name in SAMPLERS:
        going = sample_custom(
            model,
            gate=open_gate,
            latent=empty(),
            noise=RandomNoise(1),
            guider=guider,
            sampler=SAMPLERS[name],
            sigmas=torch.tensor([10.0, 10.0, 2.0, 1.0, 1.0, 0.0]),
        )
        assert going.total == 3
        assert bool(torch.isfinite(finish(going)).all())


def test_the_custom_run_is_the_ksamplers() -> None:
    model = toy_model()
    going = sample_custom(
        model,
        gate=open_gate,
        latent=empty(),
        noise=RandomNoise(7),
        guider=CfgGuider(model, prompt(0.5), prompt(0.0), 1.0),
        sampler=SAMPLERS["euler_ancestral"],
        sigmas=SCHEDULERS["karras"](model.sampling.levels, 4),
    )
    *_, last = going.steps
    expected = finish(run(empty(), sampler_name="euler_ancestral", model=model))
    assert torch.equal(going.finish(last)["samples"], expected)
    assert torch.equal(going.finish_denoised(last)["samples"], model.latent.process_out(last.denoised))


def test_without_noise_the_start_is_the_latent() -> None:
    model = toy_model()
    latent = {"samples": torch.full((1, 4, 4, 6), 2.0)}
    seen: list[torch.Tensor] = []

    def network(x: torch.Tensor, timesteps: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        seen.append(x)
        return torch.zeros_like(x)

    blank = DiffusionModel(network, model.sampling, model.latent, model.device, model.dtype)
    going = sample_custom(
        blank,
        gate=open_gate,
        latent=latent,
        noise=NoNoise(),
        guider=CfgGuider(blank, prompt(0.5), prompt(0.0), 1.0),
        sampler=SAMPLERS["euler"],
        sigmas=torch.tensor([3.0, 0.0]),
    )
    finish(going)
    # 2 in the autoencoder's scale is 1 in the network's; its input is divided by √(1 + σ²).
    torch.testing.assert_close(seen[0], torch.full((1, 4, 4, 6), 10.0**-0.5))


class Stopped(Exception):
    pass


@pytest.mark.parametrize("sampler_name", SAMPLERS)
@pytest.mark.parametrize("allowed", range(4))
def test_the_gate_can_stop_a_run_before_any_call(sampler_name: str, allowed: int) -> None:
    made = 0

    def gate(call: Callable[[], T], /) -> T:
        nonlocal made
        if made == allowed:
            raise Stopped
        made += 1
        return call()

    model = toy_model()
    with pytest.raises(Stopped):
        finish(run(empty(), gate=gate, sampler_name=sampler_name, cfg=7.0, model=model))
    assert len(model.network.calls) == allowed


def test_noise_is_drawn_for_the_model_not_for_the_latent() -> None:
    assert prepare_noise(torch.zeros(1, 4, 2, 2), 0).dtype == torch.float32


def growing(model: DiffusionModel, latent: dict[str, torch.Tensor], ratio: float, steps: int | None) -> Run:
    walk = Growing(ratio, steps, lambda x, width, height: F.interpolate(x, (height, width)))
    return sample_custom(
        model,
        gate=open_gate,
        latent=latent,
        noise=RandomNoise(7),
        guider=CfgGuider(model, [*prompt(0.5), *prompt(0.5, area=(2, 2, 1, 1))], prompt(0.0), 2.0),
        sampler=replace(SAMPLERS["lcm"], walk=walk, noise_source=walk.noise_source, resizes=True),
        sigmas=torch.tensor([10.0, 5.0, 2.0, 1.0, 0.0]),
    )


@pytest.mark.parametrize(
    ("ratio", "steps", "sizes"),
    [
        (2.0, 2, [(6, 9), (8, 12), (8, 12), (8, 12)]),
        (2.0, None, [(6, 9), (8, 12), (8, 12), (8, 12)]),
        (2.0, 9, [(5, 7), (6, 8), (6, 10), (7, 11)]),
        (0.5, 1, [(2, 3)] * 4),
        (3.0, 0, [(4, 6)] * 4),
    ],
)
def test_a_latent_may_grow_on_its_way(ratio: float, steps: int | None, sizes: list[tuple[int, int]]) -> None:
    going = growing(toy_model(), empty(batch=2), ratio, steps)
    walked = list(going.steps)
    assert [tuple(step.x.shape[-2:]) for step in walked] == sizes
    torch.testing.assert_close(
        going.finish(walked[-1])["samples"], torch.full((2, 4, *sizes[-1]), 2.0), rtol=1e-3, atol=1e-3
    )


def test_a_mask_cannot_follow_a_latent_that_grows() -> None:
    with pytest.raises(SamplingError, match="noise mask"):
        growing(toy_model(), {**empty(), "noise_mask": torch.ones(1, 1, 4, 6)}, 2.0, 2)
