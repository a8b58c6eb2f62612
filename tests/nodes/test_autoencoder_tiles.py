"""Pictures encoded and decoded tile by tile are those of the whole to a tolerance, without seams, in little memory."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from nodegraph.diffusion.autoencoder import AutoencoderInputError, decode_latent, encode_image
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.tiled_autoencoder import Tiling, decode_tiled, encode_tiled
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


@pytest.fixture
def vae(starter_ctx: Context, starter_parts: Any) -> Any:
    return starter_ctx.vae(starter_parts[2])


@pytest.fixture(scope="module")
def scene() -> Tensor:
    """Soft colours and stripes that go around at the edges, ``1 96 128 3``."""
    colours = torch.rand(1, 3, 4, 6, generator=torch.Generator().manual_seed(0))
    around = F.pad(colours, (1, 1, 1, 1), mode="circular")
    soft = F.interpolate(around, size=(168, 168), mode="bilinear")[..., 36:132, 20:148]
    stripes = 0.1 * torch.cos(torch.arange(128) * (2 * torch.pi / 16))
    return (soft * 0.8 + 0.1 + stripes).clamp(0, 1).permute(0, 2, 3, 1).contiguous()


def silent(done: float, total: float) -> None:
    pass


def jumps(tiled: Tensor, whole: Tensor) -> Tensor:
    """For each pair of neighbouring columns of ``b h w c`` how much more they differ than in the whole."""
    return (tiled.diff(dim=2) - whole.diff(dim=2)).abs().mean(dim=(0, 1, 3))


@torch.inference_mode()
def test_a_tiled_picture_is_the_whole_one_to_a_tolerance_and_has_no_seam(vae: Any, scene: Tensor) -> None:
    latent = encode_image(vae, scene, gate=open_gate)
    whole = decode_latent(vae, latent, gate=open_gate)
    faded = decode_tiled(vae, latent, Tiling(96, 24), gate=open_gate, progress=silent)
    assert faded.shape == whole.shape
    assert (faded - whole).abs().mean() < 0.02, "of a range of 1: the norms of a tile are not those of the picture"
    at_faded = jumps(faded, whole)
    at_hard = jumps(decode_tiled(vae, latent, Tiling(96, 0), gate=open_gate, progress=silent), whole)
    for border in (31, 95):  # where the second tile of two begins, moved back into the picture, and the first ends
        assert at_faded[border] < 2 * at_faded.mean(), "it does not stand out"
        assert at_hard[border] > 4 * at_hard.mean(), "as it does without an overlap"


@torch.inference_mode()
def test_a_tiled_latent_is_the_whole_one_to_a_tolerance(vae: Any, scene: Tensor) -> None:
    whole = encode_image(vae, scene, gate=open_gate)
    tiled = encode_tiled(vae, scene, Tiling(96, 24), gate=open_gate, progress=silent)
    assert tiled.shape == whole.shape
    assert (tiled - whole).abs().mean() < 0.1 * whole.std()


@torch.inference_mode()
def test_one_tile_is_the_whole(vae: Any, scene: Tensor) -> None:
    tiling = Tiling(128, 64)
    latent = encode_image(vae, scene, gate=open_gate)
    assert torch.equal(encode_tiled(vae, scene, tiling, gate=open_gate, progress=silent), latent)
    whole = decode_latent(vae, latent, gate=open_gate)
    assert torch.equal(decode_tiled(vae, latent, tiling, gate=open_gate, progress=silent), whole)


@torch.inference_mode()
def test_the_network_never_sees_more_than_a_tile_of_one_picture(vae: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[tuple[int, ...]] = []
    told: list[tuple[float, float]] = []

    def encoded(pixels: Tensor) -> Tensor:
        entered.append(tuple(pixels.shape))
        return pixels.new_zeros(1, 4, pixels.shape[2] // 8, pixels.shape[3] // 8)

    def decoded(latents: Tensor) -> Tensor:
        entered.append(tuple(latents.shape))
        return latents.new_zeros(1, 3, latents.shape[2] * 8, latents.shape[3] * 8)

    monkeypatch.setattr(vae, "encode", encoded)
    monkeypatch.setattr(vae, "decode", decoded)
    pixels, latents = torch.zeros(2, 1001, 400, 3), torch.zeros(2, 4, 125, 50)
    encode_tiled(vae, pixels, Tiling(128, 64), gate=open_gate, progress=lambda *step: told.append(step))
    assert set(entered) == {(1, 3, 128, 128)}
    assert told == [(place, len(told)) for place in range(1, len(told) + 1)]
    assert len(entered) == 2 * len(told) == 2 * 4 * 11, "a quarter of a tile is shared at most"
    entered.clear()
    assert decode_tiled(vae, latents, Tiling(128, 0), gate=open_gate, progress=silent).shape == (2, 1000, 400, 3)
    assert set(entered) == {(1, 4, 16, 16)}


@torch.inference_mode()
def test_a_seamless_picture_continues_at_its_edges(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, scene: Tensor
) -> None:
    handle = replace(starter_parts[2], seamless="both")
    given = {"vae": handle, "tile_size": 96, "overlap": 32}
    whole = nodes["VAEEncode"](starter_ctx, pixels=scene, vae=handle)["samples"]
    tiled = nodes["VAEEncodeTiled"](starter_ctx, pixels=scene, **given)["samples"]
    assert (tiled - whole).abs().mean() < 0.1 * whole.std()
    one = nodes["VAEDecode"](starter_ctx, samples={"samples": whole}, vae=handle)
    other = nodes["VAEDecodeTiled"](starter_ctx, samples={"samples": whole}, **given)
    around = jumps(torch.roll(other, 64, 2), torch.roll(one, 64, 2))
    assert around[63] < 2 * around.mean(), "its edges, brought into the middle, do not stand out"
    edged = nodes["VAEDecodeTiled"](starter_ctx, samples={"samples": whole}, **{**given, "vae": starter_parts[2]})
    assert jumps(torch.roll(edged, 64, 2), torch.roll(one, 64, 2))[63] > 10 * around[63], "as they do otherwise"


def test_what_cannot_be_encoded_or_decoded_is_told(vae: Any) -> None:
    with pytest.raises(AutoencoderInputError, match="each side at least 8"):
        encode_tiled(vae, torch.zeros(1, 4, 64, 3), Tiling(64, 0), gate=open_gate, progress=silent)
    with pytest.raises(AutoencoderInputError, match="4 channels"):
        decode_tiled(vae, torch.zeros(1, 16, 8, 8), Tiling(64, 0), gate=open_gate, progress=silent)
