"""Forward diffusion and predicted noise, on the starter model."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from nodegraph.diffusion.sample import SamplingError
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


def diffused(nodes: Nodes, ctx: Context, parts: Any, picture: Tensor, timestep: int) -> Any:
    model, _, vae = parts
    return nodes["LearnForwardDiffusion"](ctx, model=model, vae=vae, image=picture, timestep=timestep, noise_seed=3)


def test_the_later_the_timestep_the_less_is_left(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, picture: Tensor
) -> None:
    made = [diffused(nodes, starter_ctx, starter_parts, picture, timestep) for timestep in (0, 500, 999)]
    first, middle, last = (float((each.picture - picture).abs().mean()) for each in made)
    assert first < 0.08
    assert first < middle < last
    sigmas = [each.sigma for each in made]
    assert sigmas == pytest.approx([0.0292, 1.6183, 14.6146], rel=0.01)
    assert made[0].sheet.shape[0] == 1


def test_the_noise_is_that_of_the_seed_at_the_named_strength(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, picture: Tensor
) -> None:
    model, _, vae = starter_parts
    clean = nodes["VAEEncode"](starter_ctx, pixels=picture, vae=vae)["samples"]
    made = diffused(nodes, starter_ctx, starter_parts, picture, 500)
    scale = starter_ctx.diffusion(model).latent.scale
    drawn = torch.randn(clean.shape, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(made.noisy["samples"], clean + drawn * made.sigma / scale, rtol=1e-4, atol=1e-4)


def test_guidance_is_the_difference_of_the_noises_and_none_between_equal_prompts(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, picture: Tensor
) -> None:
    model, clip, vae = starter_parts
    made = diffused(nodes, starter_ctx, starter_parts, picture, 700)
    red, blue = (nodes["CLIPTextEncode"](starter_ctx, text=f"a {name} ball", clip=clip) for name in ("red", "blue"))

    def parts(positive: Any, negative: Any) -> Any:
        return nodes["LearnPredictedNoise"](
            starter_ctx,
            model=model,
            vae=vae,
            positive=positive,
            negative=negative,
            noisy=made.noisy,
            sigma=made.sigma,
            cfg=4.0,
        )

    same, other = parts(red, red), parts(red, blue)
    assert torch.equal(same.positive, same.negative)
    assert same.difference.unique().tolist() == [0.5], "grey: nothing is added"
    assert other.difference.std() > 0.02
    assert other.positive.shape == picture.shape
    signs = (other.positive - other.negative).sign() == (other.difference - 0.5).sign()
    assert signs[(other.positive - other.negative).abs() > 0.01].float().mean() > 0.97, "but where colours end"


def test_a_latent_of_another_family_is_refused(nodes: Nodes, starter_ctx: Context, starter_parts: Any) -> None:
    model, clip, vae = starter_parts
    prompt = nodes["CLIPTextEncode"](starter_ctx, text="", clip=clip)
    with pytest.raises(SamplingError, match="takes batch, 4 channels"):
        nodes["LearnPredictedNoise"](
            starter_ctx,
            model=model,
            vae=vae,
            positive=prompt,
            negative=prompt,
            noisy={"samples": torch.ones(1, 16, 8, 8)},
        )
