"""Looking at a run changes nothing in it, and what is seen adds up."""

import pytest
import torch
from toy_model import prompt, toy_model

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.guiders import CfgGuider
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise_levels import FlowLevels
from nodegraph.diffusion.observing.colours import signed_colours
from nodegraph.diffusion.observing.predictions import PredictionLog, predict_once, predicted_noise
from nodegraph.diffusion.predictions import Flow
from nodegraph.diffusion.sample import ksampler


def test_one_call_tells_both_answers_and_the_guided_one() -> None:
    model = toy_model()
    x = torch.randn(1, 4, 8, 8)
    sigma = float(model.sampling.levels.sigma(600))
    seen = predict_once(CfgGuider(model, prompt(0.5), prompt(0.2), 3.0), model, x, sigma, gate=open_gate)
    assert seen.cond.mean().item() == pytest.approx(0.5, abs=1e-3)
    assert seen.uncond.mean().item() == pytest.approx(0.2, abs=1e-3)
    assert seen.guided.mean().item() == pytest.approx(0.2 + 0.3 * 3, abs=1e-3)
    assert torch.equal(seen.x, x)


@pytest.mark.parametrize("cfg", [1.0, 4.0])
def test_a_run_that_is_looked_at_is_the_same(cfg: float) -> None:
    model, log, batch = toy_model(), PredictionLog(), 3

    def run(looked_at: bool) -> torch.Tensor:
        run = ksampler(
            log.watching(model) if looked_at else model,
            gate=open_gate,
            latent={"samples": torch.zeros(batch, 4, 8, 8)},
            positive=prompt(0.5),
            negative=prompt(0.1),
            cfg=cfg,
            sampler_name="heun",
            scheduler="normal",
            steps=4,
            seed=1,
        )
        samples: torch.Tensor = run.finish(list(run.steps)[-1])["samples"]
        return samples

    torch.testing.assert_close(run(looked_at=True), run(looked_at=False))
    kept = [tensor for seen in log.seen for tensor in (seen.x, seen.cond, seen.uncond, seen.guided)]
    assert {tensor.untyped_storage().nbytes() for tensor in kept} == {4 * 4 * 8 * 8}, "one item of the batch, no more"
    # Heun asks twice a step, but for the last.
    assert len(log.seen) == 7
    assert [seen.sigma for seen in log.seen] == sorted((seen.sigma for seen in log.seen), reverse=True)


@pytest.mark.parametrize("sampling", [ModelSampling(), ModelSampling(Flow(), FlowLevels())], ids=["exploding", "flow"])
def test_the_noise_is_what_was_added_when_the_picture_is_right(sampling: ModelSampling) -> None:
    picture, noise = torch.randn(2, 1, 4, 8, 8)
    x = sampling.add_noise(picture, noise, 0.7)
    torch.testing.assert_close(predicted_noise(sampling, x, picture, 0.7), noise, atol=1e-5, rtol=1e-5)


def test_no_noise_is_grey_and_unit_noise_seldom_clips() -> None:
    assert torch.equal(signed_colours(SD15, torch.zeros(4, 2, 2)), torch.full((2, 2, 3), 0.5))
    colours = signed_colours(SD15, torch.randn(4, 64, 64, generator=torch.Generator().manual_seed(0)))
    assert ((colours == 0) | (colours == 1)).float().mean() < 0.01
    assert colours.std() > 0.12
