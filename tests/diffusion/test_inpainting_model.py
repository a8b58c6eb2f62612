"""Networks for inpainting see a mask and a picture's latent beside the noisy one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from toy_model import prompt, toy_model

from nodegraph.diffusion.conditioning import Conditioning, ConditioningError
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.guide import guide
from nodegraph.diffusion.guidance.guiders import CfgGuider

SHAPE = (2, 4, 8, 16)
X = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))
SIGMA = float(toy_model().sampling.levels.sigmas[400])
PICTURE = torch.randn(1, 4, 8, 16, generator=torch.Generator().manual_seed(1))
MASK = (torch.arange(128) < 64).float().expand(1, 64, 128)  # the left half, in pixels
SHOWN = {"concat_latent_image": PICTURE, "concat_mask": MASK}


def seen(positive: Conditioning, negative: Conditioning, shape: Sequence[int] = SHAPE) -> list[Tensor]:
    """What the network is shown in the calls of one prediction."""
    model = replace(toy_model(), beside="mask and picture")
    inputs: list[Tensor] = []

    def network(x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        inputs.append(x)
        return model.network(x[:, :4], timesteps, context)

    guided = guide(
        CfgGuider(None, positive, negative, 4.0), replace(model, network=network), gate=open_gate, shape=shape
    )
    guided(X, SIGMA)
    return inputs


def test_the_network_sees_latent_mask_and_picture() -> None:
    (x,) = seen(prompt(1.0, **SHOWN), prompt(0.0, **SHOWN))
    assert x.shape == (4, 9, 8, 16)
    torch.testing.assert_close(x[:2, :4], X / (SIGMA**2 + 1) ** 0.5)
    assert torch.equal(x[0, 4], (torch.arange(16) < 8).float().expand(8, 16))
    # The toy's latents are scaled by 0.5 for the network; the mask and the picture are not scaled by the noise level.
    assert torch.equal(x[:, 5:], (PICTURE * 0.5).expand(4, 4, 8, 16))


def test_a_mask_is_shown_rounded() -> None:
    soft = {**SHOWN, "concat_mask": torch.full((1, 8, 16), 0.7)}
    (x,) = seen(prompt(1.0, **soft), prompt(0.0, **soft))
    assert x[:, 4].unique().tolist() == [1.0]


def test_an_area_is_shown_its_part_of_the_picture() -> None:
    calls = seen([*prompt(0.5, **SHOWN), *prompt(1.0, area=(4, 8, 2, 6), **SHOWN)], prompt(0.0, **SHOWN))
    small = next(x for x in calls if x.shape[-2:] == (4, 8))
    assert torch.equal(small[:, 5:], (PICTURE[..., 2:6, 6:14] * 0.5).expand(len(small), 4, 4, 8))


def test_a_picture_of_another_size_is_scaled() -> None:
    other = {**SHOWN, "concat_latent_image": torch.full((3, 4, 5, 7), 2.0)}
    (x,) = seen(prompt(1.0, **other), prompt(0.0, **other))
    torch.testing.assert_close(x[:, 5:], torch.ones(4, 4, 8, 16))


def test_a_conditioning_without_a_picture_is_refused() -> None:
    with pytest.raises(ConditioningError, match="InpaintModelConditioning"):
        seen(prompt(1.0, **SHOWN), prompt(0.0))


def test_a_picture_of_other_channels_is_refused() -> None:
    with pytest.raises(ConditioningError, match="4 channels"):
        seen(prompt(1.0, **{**SHOWN, "concat_latent_image": torch.zeros(1, 16, 8, 16)}), prompt(0.0, **SHOWN))


def test_an_ordinary_network_is_shown_the_latent_alone() -> None:
    model = toy_model()
    guided = guide(CfgGuider(None, prompt(1.0, **SHOWN), prompt(0.0), 4.0), model, gate=open_gate, shape=SHAPE)
    guided(X, SIGMA)
    assert model.network.calls == [((4, 4, 8, 16), (4, 3, 6))]
