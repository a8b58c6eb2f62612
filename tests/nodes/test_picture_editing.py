"""InstructPixToPixConditioning and a checkpoint for editing, from the file to what the network is shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from support.tiny_checkpoint import TINY, write
from torch import Tensor

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.guide import guide
from nodegraph.diffusion.guidance.guiders import DualCfgGuider
from nodegraph.packs.context import Context
from nodegraph.weights.describe import look
from nodegraph.weights.handles import Model, Vae
from nodegraph.weights.header import read_header
from nodegraph.weights.open import open_checkpoint

Nodes = Mapping[str, Callable[..., Any]]
SIZES = replace(TINY, mult=(1, 2), attention=(True, False), editing=True)
PIXELS = torch.rand(1, 35, 48, 3, generator=torch.Generator().manual_seed(0))
PROMPT = [(torch.ones(1, 3, SIZES.context), {"strength": 1.0})]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("models") / "editing.safetensors", SIZES)


@pytest.fixture(scope="module")
def handles(path: Path) -> tuple[Model, Vae]:
    model, _, vae = open_checkpoint(path)
    return model, vae


def test_such_a_file_is_told_by_its_eight_input_channels(path: Path) -> None:
    assert "InstructPix2Pix" in look(read_header(path)).what


def test_the_picture_goes_along_and_the_latent_is_empty(nodes: Nodes, ctx: Context, handles: tuple[Model, Vae]) -> None:
    _, vae = handles
    given = nodes["InstructPixToPixConditioning"](ctx, positive=PROMPT, negative=PROMPT, vae=vae, pixels=PIXELS)
    picture = nodes["VAEEncode"](ctx, pixels=PIXELS, vae=vae)["samples"]
    for conditioning in (given.positive, given.negative):
        ((_, options),) = conditioning
        assert options.keys() == {"strength", "concat_latent_image"}
        assert torch.equal(options["concat_latent_image"], picture)
    assert given.latent["samples"].shape == picture.shape
    assert not given.latent["samples"].any()


def test_the_network_sees_the_picture_as_the_autoencoder_gives_it_and_zeros_where_there_is_none(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Vae]
) -> None:
    model = ctx.diffusion(handles[0])
    seen: list[Tensor] = []

    def network(x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        seen.append(x)
        return x[:, :4]

    picture = torch.randn(1, 4, 4, 6, generator=torch.Generator().manual_seed(1))
    shown = [(PROMPT[0][0], {"concat_latent_image": picture})]
    # As the paper guides: by picture and text, by picture alone, by neither.
    guided = guide(
        DualCfgGuider(None, shown, shown, PROMPT, 7.5, 1.5),
        replace(model, network=network),
        gate=open_gate,
        shape=(2, 4, 4, 6),
    )
    guided(torch.zeros(2, 4, 4, 6), 1.0)
    (x,) = seen
    assert x.shape == (6, 8, 4, 6)
    assert torch.equal(x[:4, 4:], picture.expand(4, 4, 4, 6))
    assert not x[4:, 4:].any()


def test_a_checkpoint_for_editing_makes_of_each_picture_another(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Vae]
) -> None:
    model, vae = handles
    made = []
    for pixels in (PIXELS, 1 - PIXELS):
        given = nodes["InstructPixToPixConditioning"](ctx, positive=PROMPT, negative=PROMPT, vae=vae, pixels=pixels)
        sampling = {"seed": 1, "steps": 2, "cfg": 2.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
        asked = {"positive": given.positive, "negative": given.negative, "latent_image": given.latent}
        made.append(nodes["KSampler"](ctx, model=model, **asked, **sampling)["samples"])
    assert bool(torch.isfinite(made[0]).all())
    assert not torch.allclose(*made, atol=1e-2)
