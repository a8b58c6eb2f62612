import pytest
import torch
from diffusers import AutoencoderKL
from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint

from nodegraph.diffusion.autoencoder import (
    Autoencoder,
    AutoencoderConfig,
    AutoencoderInputError,
    decode_latent,
    encode_image,
)
from nodegraph.diffusion.gate import open_gate

CONFIGS = {
    "small": AutoencoderConfig(base_channels=32, channel_mult=(1, 2), res_blocks=1),
    "three levels": AutoencoderConfig(
        base_channels=16, channel_mult=(1, 2, 4), groups=8, latent_channels=8, inner_channels=8
    ),
}


def random_autoencoder(config: AutoencoderConfig) -> Autoencoder:
    torch.manual_seed(0)
    autoencoder = Autoencoder(config)
    for parameter in autoencoder.parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, 0.5, 0.2)
    return autoencoder.requires_grad_(False)


def diffusers_autoencoder(autoencoder: Autoencoder) -> AutoencoderKL:
    """The same network in diffusers, with the same weights."""
    config = autoencoder.config
    levels = len(config.channel_mult)
    other = AutoencoderKL(
        block_out_channels=tuple(mult * config.base_channels for mult in config.channel_mult),
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=config.res_blocks,
        latent_channels=config.latent_channels,
        norm_num_groups=config.groups,
    )
    state = {f"first_stage_model.{key}": value for key, value in autoencoder.state_dict().items()}
    converted = convert_ldm_vae_checkpoint(state, config=other.config)
    shapes = other.to(next(autoencoder.parameters()).dtype).state_dict()
    other.load_state_dict({key: value.reshape(shapes[key].shape) for key, value in converted.items()})
    return other.requires_grad_(False).eval()


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_agrees_with_diffusers_in_both_directions(config: AutoencoderConfig) -> None:
    # In float64, where the order of a sum, which differs between kernels and numbers of threads, cannot show.
    ours = random_autoencoder(config).double()
    theirs = diffusers_autoencoder(ours)
    pixels, latents = torch.randn(2, 3, 32, 16).double(), torch.randn(2, config.latent_channels, 6, 4).double()
    torch.testing.assert_close(ours.encode(pixels), theirs.encode(pixels).latent_dist.mean, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ours.decode(latents), theirs.decode(latents).sample, rtol=1e-5, atol=1e-5)


def test_image_is_cropped_about_the_centre_and_alpha_is_ignored() -> None:
    vae = random_autoencoder(CONFIGS["three levels"])
    image = torch.rand(2, 18, 15, 4)
    expected = vae.encode(image[:, 1:17, 1:13, :3].permute(0, 3, 1, 2) * 2 - 1)
    torch.testing.assert_close(encode_image(vae, image, gate=open_gate), expected, rtol=1e-4, atol=1e-5)


def test_decoded_image_is_clamped_and_of_the_full_size() -> None:
    vae = random_autoencoder(CONFIGS["small"])
    vae.decoder.conv_out.weight *= 5
    samples = torch.randn(3, 4, 5, 7)
    image = decode_latent(vae, samples, gate=open_gate)
    assert image.shape == (3, 10, 14, 3)
    assert image.min() == 0
    assert image.max() == 1
    expected = (vae.decode(samples) / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
    torch.testing.assert_close(image, expected, rtol=1e-4, atol=1e-5)


def test_every_picture_of_a_batch_passes_the_gate() -> None:
    vae = random_autoencoder(CONFIGS["small"])
    calls = 0

    def counting(call):
        nonlocal calls
        calls += 1
        return call()

    encode_image(vae, torch.rand(3, 8, 8, 3), gate=counting)
    assert calls == 3


@pytest.mark.parametrize("shape", [(1, 1, 8, 3), (1, 8, 8, 1), (8, 8, 3)])
def test_pictures_that_cannot_be_encoded_are_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(AutoencoderInputError, match="at least 2 pixels"):
        encode_image(random_autoencoder(CONFIGS["small"]), torch.rand(shape), gate=open_gate)


@pytest.mark.parametrize("shape", [(1, 16, 4, 4), (1, 4, 1, 4, 4)])
def test_latents_of_another_family_are_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(AutoencoderInputError, match="4 channels"):
        decode_latent(random_autoencoder(CONFIGS["small"]), torch.rand(shape), gate=open_gate)
