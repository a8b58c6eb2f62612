"""From a checkpoint to a picture, node by node as functions, on a small checkpoint of random weights."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from support import tiny_checkpoint

from nodegraph.packs.context import Context
from nodegraph.weights.folders import ModelFolders

Nodes = Mapping[str, Callable[..., Any]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_checkpoint.write(folder / "checkpoints" / "tiny.safetensors")
    return folder


@pytest.fixture
def tiny(ctx: Context, models: Path) -> Context:
    return replace(ctx, models=ModelFolders(models))


def test_both_ways_of_sampling_give_one_picture(nodes: Nodes, tiny: Context) -> None:
    seen: list[tuple[float, float]] = []
    previews: list[tuple[str, bytes]] = []
    ctx = replace(tiny, progress=lambda *p: seen.append(p), preview=lambda *p: previews.append(p))
    with torch.inference_mode():
        model, clip, vae = nodes["CheckpointLoaderSimple"](ctx, ckpt_name="tiny.safetensors")
        positive = nodes["CLIPTextEncode"](ctx, text="a (photo:1.2)", clip=clip)
        negative = nodes["CLIPTextEncode"](
            ctx, text="", clip=nodes["CLIPSetLastLayer"](clip=clip, stop_at_clip_layer=-2)
        )
        empty = nodes["EmptyLatentImage"](width=64, height=64, batch_size=1)
        latent = nodes["KSampler"](
            ctx,
            model=model,
            seed=2**64 - 1,
            steps=3,
            cfg=5.0,
            sampler_name="euler",
            scheduler="karras",
            positive=positive,
            negative=negative,
            latent_image=empty,
            denoise=1.0,
        )
        assert seen == [(1, 3), (2, 3), (3, 3)]
        assert [mime for mime, _ in previews] == ["image/jpeg"] * 3
        assert not empty["samples"].any()
        custom, denoised = nodes["SamplerCustomAdvanced"](
            ctx,
            noise=nodes["RandomNoise"](noise_seed=2**64 - 1),
            guider=nodes["CFGGuider"](model=model, positive=positive, negative=negative, cfg=5.0),
            sampler=nodes["KSamplerSelect"](sampler_name="euler"),
            sigmas=nodes["BasicScheduler"](ctx, model=model, scheduler="karras", steps=3, denoise=1.0),
            latent_image=empty,
        )
        assert torch.equal(custom["samples"], latent["samples"])
        assert torch.allclose(denoised["samples"], latent["samples"], atol=1e-4)  # σ ends in 0
        half = {
            "model": model,
            "noise_seed": 2**64 - 1,
            "steps": 3,
            "cfg": 5.0,
            "sampler_name": "euler",
            "scheduler": "karras",
            "positive": positive,
            "negative": negative,
        }
        first = nodes["KSamplerAdvanced"](
            ctx, **half, add_noise="enable", latent_image=empty, end_at_step=1, return_with_leftover_noise="enable"
        )
        second = nodes["KSamplerAdvanced"](
            ctx, **half, add_noise="disable", latent_image=first, start_at_step=1, return_with_leftover_noise="disable"
        )
        assert torch.allclose(second["samples"], latent["samples"], atol=1e-3)
        image = nodes["VAEDecode"](ctx, samples=latent, vae=vae)
    assert image.shape == (1, 64, 64, 3)
    assert 0 <= image.min() <= image.max() <= 1


def test_encoding_for_inpainting_greys_what_is_masked(nodes: Nodes, tiny: Context) -> None:
    pixels = torch.rand(1, 70, 69, 3, generator=torch.Generator().manual_seed(0))
    mask = torch.zeros(1, 70, 69)
    mask[:, 30:40, 30:40] = 0.8
    with torch.inference_mode():
        vae = nodes["CheckpointLoaderSimple"](tiny, ckpt_name="tiny.safetensors").vae
        latent = nodes["VAEEncodeForInpaint"](tiny, pixels=pixels, vae=vae, mask=mask, grow_mask_by=6)
        grey = pixels.clone()
        grey[:, 30:40, 30:40] = 0.5
        expected = nodes["VAEEncode"](tiny, pixels=grey, vae=vae)
    assert torch.allclose(latent["samples"], expected["samples"], atol=1e-5)
    assert latent["noise_mask"].shape == (1, 1, 64, 64)
    assert latent["noise_mask"].unique().tolist() == [0.0, 1.0]
    assert latent["noise_mask"].sum() == 15 * 15
