"""Masks over a latent, and differential diffusion, whose mask depends on the noise level."""

import pytest
import torch
from toy_model import prompt, toy_model

from nodegraph.diffusion.conditioning import MaskError
from nodegraph.diffusion.differential import DifferentialDiffusion
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.masked import mask_schedule
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.sample import ksampler

SAMPLING = ModelSampling()
LEVELS = [float(SAMPLING.levels.sigmas[timestep]) for timestep in (900, 675, 450, 225)] + [0.0]
MASK = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]).reshape(1, 1, 1, 5)


def at(level: float, *options: object) -> list[float]:
    schedule = mask_schedule(MASK, options=options, sampling=SAMPLING, levels=LEVELS)
    return schedule(level).flatten().tolist()


def test_without_an_option_the_mask_is_the_mask() -> None:
    assert at(LEVELS[0], "another option") == MASK.flatten().tolist()


def test_cells_are_let_go_the_earlier_the_lighter_they_are() -> None:
    # What is still to go at the four levels is 1, 3/4, 1/2 and 1/4.
    option = DifferentialDiffusion()
    assert [at(level, option) for level in LEVELS[:-1]] == [
        [0, 0, 0, 0, 1],
        [0, 0, 0, 1, 1],
        [0, 0, 1, 1, 1],
        [0, 1, 1, 1, 1],
    ]


def test_strength_blends_with_the_mask_itself() -> None:
    assert at(LEVELS[1], DifferentialDiffusion(0.0)) == MASK.flatten().tolist()
    halfway = [(hard + soft) / 2 for hard, soft in zip([0, 0, 0, 1, 1], MASK.flatten().tolist(), strict=True)]
    assert at(LEVELS[1], DifferentialDiffusion(0.5)) == halfway


def test_of_two_options_the_last_holds() -> None:
    assert at(LEVELS[1], DifferentialDiffusion(0.0), DifferentialDiffusion()) == [0, 0, 0, 1, 1]


def test_a_way_of_one_timestep_is_all_to_go() -> None:
    top = float(SAMPLING.levels.sigmas[999])
    schedule = mask_schedule(MASK, options=[DifferentialDiffusion()], sampling=SAMPLING, levels=[top * 2, top * 1.5])
    assert schedule(top * 2).flatten().tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("sampler_name", ["euler", "euler_cfg_pp", "dpmpp_2m"])
def test_black_cells_are_kept_until_the_lowest_level(sampler_name: str) -> None:
    latent = {"samples": torch.full((1, 4, 4, 5), 3.0), "noise_mask": MASK.expand(1, 1, 4, 5)}
    run = ksampler(
        toy_model(DifferentialDiffusion()),
        gate=open_gate,
        latent=latent,
        positive=prompt(0.5),
        negative=prompt(0.0),
        cfg=1.0,
        sampler_name=sampler_name,
        scheduler="karras",
        steps=8,
        seed=7,
    )
    *_, before, last = run.steps
    dark = before.denoised[..., 0] / 0.5  # the toy's latents are scaled by 0.5
    torch.testing.assert_close(dark, torch.full_like(dark, 3.0))
    # At the lowest level of the table nothing is left to go, so that even black cells are let go: the network, which
    # sees them almost free of noise, is trusted to leave them. The toy has but one picture.
    assert run.finish(last)["samples"].mean() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (torch.full((1, 1, 4, 5), torch.nan), "NaN"),
        (torch.zeros(0, 1, 4, 5), r"shape \(0, 1, 4, 5\)"),
        (torch.zeros(4), "expected batch"),
    ],
)
def test_a_mask_that_says_nothing_is_refused_by_name(mask: torch.Tensor, words: str) -> None:
    with pytest.raises(MaskError, match=rf"noise_mask .*{words}"):
        ksampler(
            toy_model(),
            gate=open_gate,
            latent={"samples": torch.zeros(1, 4, 4, 5), "noise_mask": mask},
            positive=prompt(0.5),
            negative=prompt(0.0),
            cfg=1.0,
            sampler_name="euler",
            scheduler="karras",
            steps=2,
            seed=0,
        )


def test_black_and_white_masks_are_what_they_were() -> None:
    hard = (MASK > 0.5).float()
    schedule = mask_schedule(hard, options=[DifferentialDiffusion()], sampling=SAMPLING, levels=LEVELS)
    for level in LEVELS[:-1]:
        assert torch.equal(schedule(level), hard)
