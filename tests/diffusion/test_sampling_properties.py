"""What must hold for every sampler, whoever shares the batch, the network, or the time between two of its calls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from toy_model import prompt, toy_model

from nodegraph.diffusion.gate import Gate, open_gate
from nodegraph.diffusion.guidance.guiders import CfgGuider
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise import RandomNoise
from nodegraph.diffusion.sample import SAMPLERS, SCHEDULERS, Run, Step, sample_custom
from nodegraph.diffusion.samplers.sampler import Sampler
from nodegraph.diffusion.unet import UNet, UNetConfig

T = TypeVar("T")

EVERY = pytest.mark.parametrize("name", SAMPLERS)
BY_ITSELF = pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "dpm_adaptive"])
"""Its steps are as long as the whole batch lets them be."""

SEEDS = st.integers(0, 2**64 - 1)
FEW = settings(max_examples=3)


def going(
    name: str, seed: int, latent: dict[str, object], *, gate: Gate = open_gate, model: DiffusionModel | None = None
) -> Run:
    """A run of four steps under guidance, which changes with x as a real one does."""
    toy = toy_model()

    def network(x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        return 0.9 * x + 0.1 * toy.network(x, timesteps, context).clamp(-1, 1)

    return sample_custom(
        model or replace(toy, network=network),
        gate=gate,
        latent=latent,
        noise=RandomNoise(seed),
        guider=CfgGuider(None, prompt(0.5), prompt(-0.5), 3.0),
        sampler=SAMPLERS[name],
        sigmas=SCHEDULERS["karras"](toy.sampling.levels, 4),
    )


def empty(batch: int = 1, **more: object) -> dict[str, object]:
    return {"samples": torch.zeros(batch, 4, 4, 6), **more}


def end(run: Run, steps: Sequence[Step] | None = None) -> Tensor:
    samples: Tensor = run.finish((list(run.steps) if steps is None else steps)[-1])["samples"]
    return samples


@BY_ITSELF
@FEW
@given(seed=SEEDS, places=st.lists(st.integers(0, 9), min_size=1, max_size=4), masked=st.booleans())
def test_an_item_with_its_own_seed_is_what_it_is_alone(name: str, seed: int, places: list[int], masked: bool) -> None:
    mask = {"noise_mask": (torch.arange(48.0) % 16 > 4).float().expand(1, 1, 32, 48)} if masked else {}
    together = end(going(name, seed, empty(len(places), batch_index=places, own_seeds=True, **mask)))
    for item, place in zip(together, places, strict=True):
        alone = end(going(name, (seed + place) % 2**64, empty(**mask)))
        assert torch.equal(item[None], alone)


def test_an_item_with_its_own_seed_is_what_it_is_alone_for_a_real_network_to_its_precision() -> None:
    torch.manual_seed(0)
    config = UNetConfig(
        model_channels=32,
        channel_mult=(1, 2),
        res_blocks=(1, 1),
        transformer_depth=(1, 1),
        context_width=6,
        heads=4,
        groups=16,
    )
    model = DiffusionModel(UNet(config).eval(), ModelSampling(), SD15, torch.device("cpu"), torch.float32)
    together = end(going("dpmpp_sde", 5, empty(2, own_seeds=True), model=model))
    for index in range(2):
        alone = end(going("dpmpp_sde", 5 + index, empty(), model=model))
        torch.testing.assert_close(together[index : index + 1], alone, rtol=1e-4, atol=1e-3)


def test_without_its_own_seed_an_item_shares_the_draws_of_the_batch() -> None:
    together = end(going("euler_ancestral", 5, empty(2)))
    assert not torch.equal(together[1:], end(going("euler_ancestral", 6, empty())))


def disturb(step: Step | None = None) -> None:
    """What others do in between: draw from the global stream, seed it, look at the pictures."""
    torch.manual_seed(1)
    torch.randn(7)
    if step is not None:
        SD15.preview(step.denoised)
        SD15.preview(step.x)


@EVERY
@FEW
@given(seed=SEEDS, turns=st.lists(st.booleans(), min_size=1, max_size=12))
def test_previews_and_runs_that_take_turns_change_nothing(name: str, seed: int, turns: list[bool]) -> None:
    """Two runs over one network, in any order of their steps, each looked at after each."""
    runs = {True: going(name, seed, empty(2)), False: going("dpmpp_sde", seed, empty())}
    expected = {True: end(going(name, seed, empty(2))), False: end(going("dpmpp_sde", seed, empty()))}
    taken: dict[bool, list[Step]] = {True: [], False: []}
    for mine in [*turns, *[True, False] * 40]:
        step = next(runs[mine].steps, None)
        if step is not None:
            taken[mine].append(step)
            disturb(step)
    for mine, run in runs.items():
        assert torch.equal(end(run, taken[mine]), expected[mine])


@EVERY
@FEW
@given(seed=SEEDS, turns=st.lists(st.integers(0, 2), min_size=1, max_size=8))
def test_a_run_that_waits_at_the_gate_is_the_same(name: str, seed: int, turns: list[int]) -> None:
    """Between two of its network calls, also within a step, others make as many steps as they like."""
    other = going("dpmpp_2m_sde", seed, empty(), gate=open_gate)
    others: list[Step] = []
    left = iter(turns)

    def gate(call: Callable[[], T], /) -> T:
        others.extend(_taken(other.steps, next(left, 0)))
        disturb()
        return call()

    assert torch.equal(end(going(name, seed, empty(2), gate=gate)), end(going(name, seed, empty(2))))
    others.extend(other.steps)
    assert torch.equal(end(other, others), end(going("dpmpp_2m_sde", seed, empty())))


def _taken(steps: Iterator[Step], count: int) -> Iterator[Step]:
    for _ in range(count):
        yield from (step for step in [next(steps, None)] if step is not None)


@EVERY
def test_on_any_device_the_noise_of_the_field_comes_from_the_host(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where draws come from, seen on a device that cannot compute; only the step noise of some is the device's."""
    asked: list[str] = []
    host = torch.Generator

    class Noted(host):
        def __new__(cls, device: object = "cpu") -> "Noted":
            asked.append(str(device))
            return super().__new__(cls, "cpu")

    monkeypatch.setattr(torch, "Generator", Noted)
    latent = torch.zeros(1, 4, 4, 6)
    assert RandomNoise(3).generate(latent).device.type == "cpu"
    assert asked == ["cpu"]
    asked.clear()
    sampler: Sampler = SAMPLERS[name]
    noise = sampler.noise_source(latent.to("meta"), [3.0, 1.0, 0.0], 3)(3.0, 1.0)
    assert noise.device.type == "meta"
    of_the_host = name in {f"dpmpp_{kind}" for kind in ("sde", "2m_sde", "2m_sde_heun", "3m_sde")}
    assert asked == ["cpu" if of_the_host else "meta"]
