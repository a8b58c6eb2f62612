"""Seamless tiling: a network that wraps around knows no edge, so rolling what goes in rolls what comes out."""

import pytest
import torch
from torch import Tensor, nn

from nodegraph.diffusion.autoencoder import Autoencoder, AutoencoderConfig, decode_latent
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.seamless import Axes, SeamlessTiling, seamless, wrapped
from nodegraph.diffusion.unet import UNet, UNetConfig

AUTOENCODER = AutoencoderConfig(base_channels=16, channel_mult=(1, 2, 4), res_blocks=1, groups=8)
UNET = UNetConfig(
    model_channels=32, channel_mult=(1, 2), res_blocks=(1, 1), transformer_depth=(1, 0), context_width=24, heads=4
)
LATENT = torch.randn(1, 4, 8, 12, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    torch.manual_seed(0)
    return Autoencoder(AUTOENCODER).requires_grad_(False).eval()


@pytest.fixture(scope="module")
def unet() -> UNet:
    torch.manual_seed(0)
    return UNet(UNET).requires_grad_(False).eval()


def decode(vae: Autoencoder, latent: Tensor) -> Tensor:
    return decode_latent(vae, latent, gate=open_gate)


def predict(network: nn.Module, x: Tensor) -> Tensor:
    answer: Tensor = network(x, torch.tensor([500.0]), torch.ones(1, 3, 24))
    return answer


def differs(one: Tensor, two: Tensor) -> float:
    return float((one - two).abs().max())


@pytest.mark.parametrize(
    ("axes", "fits_x", "fits_y"), [("both", True, True), ("x", True, False), ("y", False, True), (None, False, False)]
)
def test_the_decode_of_a_rolled_latent_is_the_roll_of_the_decode(
    autoencoder: Autoencoder, axes: Axes | None, fits_x: bool, fits_y: bool
) -> None:
    vae = autoencoder if axes is None else seamless(autoencoder, axes)
    picture = decode(vae, LATENT)
    for fits, latent_axis, picture_axis in ((fits_x, 3, 2), (fits_y, 2, 1)):
        rolled = decode(vae, LATENT.roll(5, latent_axis))
        seam = differs(rolled, picture.roll(5 * AUTOENCODER.downscale, picture_axis))
        assert (seam < 1e-5) == fits, seam


def test_the_encode_of_a_rolled_picture_is_the_roll_of_the_encode(autoencoder: Autoencoder) -> None:
    pixels = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(2))
    vae = seamless(autoencoder, "both")
    rolled = vae.encode(pixels.roll((8, 12), (2, 3)))
    assert differs(rolled, vae.encode(pixels).roll((2, 3), (2, 3))) < 1e-5
    assert (
        differs(autoencoder.encode(pixels.roll((8, 12), (2, 3))), autoencoder.encode(pixels).roll((2, 3), (2, 3)))
        > 1e-3
    )


@pytest.mark.parametrize(("axes", "shift", "fits"), [("both", (2, 4), True), ("x", (0, 4), True), ("x", (2, 0), False)])
def test_a_u_net_knows_no_edge_along_its_axes(unet: UNet, axes: Axes, shift: tuple[int, int], fits: bool) -> None:
    network = seamless(unet, axes)
    apart = differs(predict(network, LATENT.roll(shift, (2, 3))), predict(network, LATENT).roll(shift, (2, 3)))
    assert (apart < 1e-4) == fits, apart


def test_the_weights_are_shared_and_the_network_stays_as_it_was(unet: UNet) -> None:
    before = predict(unet, LATENT)
    network = seamless(unet, "both")
    assert {id(parameter) for parameter in network.parameters()} == {id(parameter) for parameter in unet.parameters()}
    assert torch.equal(predict(unet, LATENT), before)


def test_of_a_models_options_the_last_holds(unet: UNet) -> None:
    assert wrapped(unet, ["another option"]) is unet
    last = wrapped(unet, [SeamlessTiling("both"), SeamlessTiling("y")])
    assert torch.equal(predict(last, LATENT), predict(seamless(unet, "y"), LATENT))


def test_a_picture_of_one_cell_wraps_onto_itself(autoencoder: Autoencoder) -> None:
    assert decode(seamless(autoencoder, "both"), LATENT[..., :1, :1]).shape == (1, 4, 4, 3)
