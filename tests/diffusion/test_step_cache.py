"""Steps that are skipped: none at a threshold of 0, more with a higher one, and only within the range."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from toy_model import prompt, toy_model

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.step_cache import EasyCache, LazyCache, StepCache
from nodegraph.diffusion.sample import ksampler

STEPS = 20
KINDS = pytest.mark.parametrize("kind", [EasyCache, LazyCache])


def picture(*options: object, cfg: float = 4.0, sampler_name: str = "euler") -> tuple[Tensor, int]:
    """A run's picture and how many calls of the network it took; the picture follows x a little, as real ones do."""
    model = toy_model(*options)

    def network(x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        return 0.9 * x + 0.1 * model.network(x, timesteps, context).tanh()

    run = ksampler(
        replace(model, network=network),
        gate=open_gate,
        latent={"samples": torch.zeros(2, 4, 4, 6)},
        positive=prompt(0.5),
        negative=prompt(-0.5),
        cfg=cfg,
        sampler_name=sampler_name,
        scheduler="normal",
        steps=STEPS,
        seed=7,
    )
    *_, last = run.steps
    return run.finish(last)["samples"], len(model.network.calls)


@KINDS
@pytest.mark.parametrize("cfg", [1.0, 4.0])
@pytest.mark.parametrize("sampler_name", ["euler", "euler_cfg_pp", "heun", "dpmpp_sde"])
def test_a_threshold_of_0_changes_nothing(kind: type[StepCache], cfg: float, sampler_name: str) -> None:
    plain, calls = picture(cfg=cfg, sampler_name=sampler_name)
    cached, as_many = picture(kind(0.0), cfg=cfg, sampler_name=sampler_name)
    assert torch.equal(cached, plain)
    assert as_many == calls


@KINDS
@pytest.mark.parametrize("cfg", [1.0, 4.0])
def test_a_higher_threshold_calls_the_network_less_and_strays_further(kind: type[StepCache], cfg: float) -> None:
    plain, all_calls = picture(cfg=cfg)
    calls, errors = [], []
    for threshold in (0.02, 0.1, 0.5):
        cached, made = picture(kind(threshold), cfg=cfg)
        calls.append(made)
        errors.append(float((cached - plain).abs().mean() / plain.abs().mean()))
    assert all_calls == STEPS
    assert all_calls > calls[0] > calls[1] > calls[2]
    assert errors[0] < errors[2] < 0.5, errors


@KINDS
def test_nothing_is_skipped_outside_the_range(kind: type[StepCache]) -> None:
    plain, calls = picture()
    for nowhere in (kind(3.0, 1.0, 1.0), kind(3.0, 0.0, 0.0), kind(3.0, 0.6, 0.4)):
        cached, as_many = picture(nowhere)
        assert torch.equal(cached, plain)
        assert as_many == calls
    _, half = picture(kind(3.0, 0.5, 1.0))
    _, everywhere = picture(kind(3.0, 0.0, 1.0))
    # The first two calls of a run measure the rate.
    assert everywhere == 2 < half < calls


@KINDS
def test_a_run_does_not_remember_another(kind: type[StepCache]) -> None:
    option = kind(0.1)
    assert torch.equal(picture(option)[0], picture(option)[0])


def test_of_two_options_of_a_kind_the_last_holds() -> None:
    assert picture(EasyCache(3.0), EasyCache(0.0))[1] == STEPS
    assert picture(EasyCache(0.0), EasyCache(0.1))[1] == picture(EasyCache(0.1))[1]


def test_the_log_tells_when_it_is_asked_to(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="nodegraph.diffusion.guidance.step_cache")
    picture(EasyCache(0.1))
    assert not caplog.records
    _, calls = picture(EasyCache(0.1, verbose=True))
    told = [record.getMessage() for record in caplog.records]
    assert sum("reused" in line for line in told) == STEPS - calls
    assert all(line.startswith("EasyCache at sigma") for line in told)
