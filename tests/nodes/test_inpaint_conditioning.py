"""InpaintModelConditioning and a checkpoint for inpainting, from the file to the latent that was painted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from support.tiny_checkpoint import TINY, write

from nodegraph.diffusion.conditioning import ConditioningError
from nodegraph.packs.context import Context
from nodegraph.weights.handles import Model, Vae
from nodegraph.weights.open import open_checkpoint

Nodes = Mapping[str, Callable[..., Any]]
SIZES = replace(TINY, mult=(1, 2), attention=(True, False), inpainting=True)
PIXELS = torch.rand(1, 35, 48, 3, generator=torch.Generator().manual_seed(0))
PROMPT = [(torch.ones(1, 3, SIZES.context), {"strength": 1.0})]


@pytest.fixture(scope="module")
def handles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Vae]:
    model, _, vae = open_checkpoint(write(tmp_path_factory.mktemp("models") / "inpainting.safetensors", SIZES))
    return model, vae


def right_half() -> torch.Tensor:
    mask = torch.zeros(1, 70, 96)  # twice the picture's size
    mask[..., 48:] = 1.0
    return mask


def test_what_the_mask_covers_is_grey_in_what_the_network_is_shown(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Vae]
) -> None:
    _, vae = handles
    given = {"positive": PROMPT, "negative": PROMPT, "vae": vae, "pixels": PIXELS, "mask": right_half()}
    shown = nodes["InpaintModelConditioning"](ctx, noise_mask=True, **given)
    ((context, options),) = shown.positive
    assert context is PROMPT[0][0]
    assert shown.negative[0][1].keys() == options.keys() == {"strength", "concat_latent_image", "concat_mask"}
    # 35 rows are cut to 32, one of the three that are too many above.
    cut = PIXELS[:, 1:33]
    grey = torch.cat([cut[:, :, :24], torch.full_like(cut[:, :, 24:], 0.5)], dim=2)
    encode = nodes["VAEEncode"]
    torch.testing.assert_close(options["concat_latent_image"], encode(ctx, pixels=grey, vae=vae)["samples"])
    torch.testing.assert_close(shown.latent["samples"], encode(ctx, pixels=cut, vae=vae)["samples"])
    assert options["concat_mask"].shape == shown.latent["noise_mask"].shape == (1, 1, 32, 48)
    assert "noise_mask" not in nodes["InpaintModelConditioning"](ctx, noise_mask=False, **given).latent


def test_a_checkpoint_for_inpainting_paints_where_the_mask_is(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Vae]
) -> None:
    model, vae = handles
    given = {"positive": PROMPT, "negative": PROMPT, "vae": vae, "pixels": PIXELS, "mask": right_half()}
    shown = nodes["InpaintModelConditioning"](ctx, noise_mask=True, **given)
    sampling = {"seed": 1, "steps": 2, "cfg": 2.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
    painted = nodes["KSampler"](
        ctx, model=model, positive=shown.positive, negative=shown.negative, latent_image=shown.latent, **sampling
    )["samples"]
    before = shown.latent["samples"]
    assert bool(torch.isfinite(painted).all())
    torch.testing.assert_close(painted[..., :2], before[..., :2], rtol=1e-3, atol=1e-3)
    assert not torch.allclose(painted[..., 4:], before[..., 4:], atol=1e-2)
    with pytest.raises(ConditioningError, match="InpaintModelConditioning"):
        nodes["KSampler"](ctx, model=model, positive=PROMPT, negative=PROMPT, latent_image=shown.latent, **sampling)
