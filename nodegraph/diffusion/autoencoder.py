"""The KL autoencoder of latent diffusion (Rombach et al. 2022, §3.1), both directions.

:class:`Autoencoder` maps between pixels in −1 … 1 and unscaled latents; :func:`encode_image` and :func:`decode_latent`
add the field's conventions for pictures. The ``state_dict`` is the genuine layout below ``first_stage_model.``.

Shapes: b batch, c channels of features, z channels of the latent, h w pixels, f = ``downscale``.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from nodegraph.diffusion.gate import Gate
from nodegraph.errors import UserError

GROUP_NORM_EPSILON = 1e-6


class AutoencoderInputError(UserError):
    """A picture or latent that this autoencoder cannot take."""


@dataclass(frozen=True, kw_only=True)
class AutoencoderConfig:
    """Everything that shapes the network; the defaults are the autoencoder of SD 1.x, 2.x and SDXL.

    ``channel_mult`` has one entry a resolution level, finest first; ``res_blocks`` counts the encoder's a level (the
    decoder has one more). ``latent_channels`` is what the outside sees, ``inner_channels`` what the networks inside
    the two 1×1 ``quant`` convolutions use.
    """

    base_channels: int = 128
    channel_mult: tuple[int, ...] = (1, 2, 4, 4)
    res_blocks: int = 2
    latent_channels: int = 4
    inner_channels: int = 4
    groups: int = 32

    @property
    def downscale(self) -> int:
        """Pixels a side of one latent cell."""
        return 1 << (len(self.channel_mult) - 1)


class ResnetBlock(nn.Module):
    """Residual block of two convolutions, without conditioning."""

    def __init__(self, in_channels: int, out_channels: int, *, groups: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, in_channels, eps=GROUP_NORM_EPSILON)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, out_channels, eps=GROUP_NORM_EPSILON)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.nin_shortcut = nn.Identity() if in_channels == out_channels else nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c' h w``."""
        y = self.conv1(F.silu(self.norm1(x)))
        y = self.conv2(F.silu(self.norm2(y)))
        return self.nin_shortcut(x) + y


class AttentionBlock(nn.Module):
    """One head of self-attention over all cells, residual."""

    def __init__(self, channels: int, *, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=GROUP_NORM_EPSILON)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c h w``."""
        y = self.norm(x)
        q, k, v = (rearrange(layer(y), "b c h w -> b 1 (h w) c") for layer in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v)
        return x + self.proj_out(rearrange(y, "b 1 (h w) c -> b c h w", h=x.shape[-2]))


class Downsample(nn.Module):
    """Halve height and width; the padding is on the right and below only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pad = nn.ZeroPad2d((0, 1, 0, 1))
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c h/2 w/2``."""
        return self.conv(self.pad(x))


class Upsample(nn.Module):
    """Double height and width."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c 2h 2w``."""
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Middle(nn.Module):
    """The coarsest level, where the whole picture is in view."""

    def __init__(self, channels: int, *, groups: int) -> None:
        super().__init__()
        self.block_1 = ResnetBlock(channels, channels, groups=groups)
        self.attn_1 = AttentionBlock(channels, groups=groups)
        self.block_2 = ResnetBlock(channels, channels, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c h w``."""
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    """Residual blocks at one resolution, then a change of resolution where there is one."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        blocks: int,
        groups: int,
        downsample: bool = False,
        upsample: bool = False,
    ) -> None:
        super().__init__()
        widths = [in_channels, *[out_channels] * blocks]
        self.block = nn.ModuleList(ResnetBlock(into, out, groups=groups) for into, out in pairwise(widths))
        self.downsample = Downsample(out_channels) if downsample else nn.Identity()
        self.upsample = Upsample(out_channels) if upsample else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c' h' w'``."""
        for block in self.block:
            x = block(x)
        return self.upsample(self.downsample(x))


class Encoder(nn.Module):
    """Pixels ``b 3 h w`` -> mean and log-variance ``b (2 z) h/f w/f``."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        widths = [mult * config.base_channels for mult in config.channel_mult]
        groups, last = config.groups, len(widths) - 1
        self.conv_in = nn.Conv2d(3, config.base_channels, 3, padding=1)
        self.down = nn.ModuleList(
            Level(into, width, blocks=config.res_blocks, groups=groups, downsample=level < last)
            for level, (into, width) in enumerate(zip([config.base_channels, *widths], widths, strict=False))
        )
        self.mid = Middle(widths[-1], groups=groups)
        self.norm_out = nn.GroupNorm(groups, widths[-1], eps=GROUP_NORM_EPSILON)
        self.conv_out = nn.Conv2d(widths[-1], 2 * config.inner_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    """Latents ``b z h/f w/f`` -> pixels ``b 3 h w``. ``up`` is numbered finest first, as the layout does."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        widths = [mult * config.base_channels for mult in config.channel_mult]
        groups, coarsest = config.groups, widths[-1]
        self.conv_in = nn.Conv2d(config.inner_channels, coarsest, 3, padding=1)
        self.mid = Middle(coarsest, groups=groups)
        self.up = nn.ModuleList(
            Level(into, width, blocks=config.res_blocks + 1, groups=groups, upsample=level > 0)
            for level, (width, into) in enumerate(zip(widths, [*widths[1:], coarsest], strict=True))
        )
        self.norm_out = nn.GroupNorm(groups, widths[0], eps=GROUP_NORM_EPSILON)
        self.conv_out = nn.Conv2d(widths[0], 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.mid(self.conv_in(x))
        for level in reversed(self.up):
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Autoencoder(nn.Module):
    """Pixels in −1 … 1 to latents and back; latents are not scaled for a diffusion network."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quant_conv = nn.Conv2d(2 * config.inner_channels, 2 * config.latent_channels, 1)
        self.post_quant_conv = nn.Conv2d(config.latent_channels, config.inner_channels, 1)

    @property
    def device(self) -> torch.device:
        return self.post_quant_conv.weight.device

    @property
    def dtype(self) -> torch.dtype:
        return self.post_quant_conv.weight.dtype

    def encode(self, pixels: Tensor) -> Tensor:
        """The posterior's mean: ``b 3 h w``, h and w multiples of f -> ``b z h/f w/f``."""
        mean, _log_variance = self.quant_conv(self.encoder(pixels)).chunk(2, dim=1)
        return mean

    def decode(self, latents: Tensor) -> Tensor:
        """``b z h/f w/f`` -> ``b 3 h w``, in −1 … 1 but not clamped."""
        return self.decoder(self.post_quant_conv(latents))


def encode_image(vae: Autoencoder, image: Tensor, *, gate: Gate) -> Tensor:
    """Latents of pictures: ``b h w c`` in 0 … 1 -> float32 ``b z h/f w/f`` on the CPU.

    One picture goes through the network at a time, which bounds memory by a picture rather than by the batch. Raises
    what :func:`to_pixels` raises.
    """
    return one_by_one(vae, vae.encode, to_pixels(vae, image), gate)


def decode_latent(vae: Autoencoder, samples: Tensor, *, gate: Gate) -> Tensor:
    """Pictures of latents: ``b z h w`` -> float32 ``b (h f) (w f) 3`` in 0 … 1 on the CPU.

    Raises what :func:`check_latent` raises.
    """
    check_latent(vae, samples)
    return to_pictures(one_by_one(vae, vae.decode, samples, gate))


def to_pixels(vae: Autoencoder, image: Tensor) -> Tensor:
    """Pictures as the encoder takes them: ``b h w c`` in 0 … 1 -> ``b 3 h' w'`` in −1 … 1.

    Only the first three channels count. Sizes that are no multiple of f are cropped about the centre. Raises
    AutoencoderInputError for a picture without colours or smaller than f.
    """
    smallest = vae.config.downscale
    if image.ndim != 4 or image.shape[3] < 3 or min(image.shape[1:3]) < smallest:
        raise AutoencoderInputError(
            f"The picture has shape {tuple(image.shape)}; this VAE encodes batch, height, width and 3 or 4 channels, "
            f"each side at least {smallest} pixels."
        )
    return rearrange(centre_crop(image[..., :3], smallest), "b h w c -> b c h w") * 2.0 - 1.0


def to_pictures(pixels: Tensor) -> Tensor:
    """What the decoder makes, ``b 3 h w`` in −1 … 1, as pictures ``b h w 3`` in 0 … 1."""
    return rearrange(((pixels + 1.0) / 2.0).clamp(0.0, 1.0), "b c h w -> b h w c").contiguous()


def check_latent(vae: Autoencoder, samples: Tensor) -> None:
    """Raises AutoencoderInputError for latents of another shape or number of channels."""
    if samples.ndim != 4 or samples.shape[1] != vae.config.latent_channels:
        raise AutoencoderInputError(
            f"The latent has shape {tuple(samples.shape)}; this VAE decodes batch, {vae.config.latent_channels} "
            "channels, height, width. Use the VAE that belongs to the model that made the latent."
        )


def centre_crop(image: Tensor, multiple: int) -> Tensor:
    """``b h w c`` -> ``b h' w' c`` with h' and w' the largest multiples; an odd remainder leaves more at the end."""
    height, width = image.shape[1:3]
    top, left = (height % multiple) // 2, (width % multiple) // 2
    return image[:, top : top + height - height % multiple, left : left + width - width % multiple]


def one_by_one(vae: Autoencoder, network: Callable[[Tensor], Tensor], batch: Tensor, gate: Gate) -> Tensor:
    """Each item through the gate by itself, in the network's precision; the answers in float32 on the CPU.

    An answer leaves the device before the next item enters: there is never more than one on it.
    """

    def through(item: Tensor) -> Tensor:
        return network(item.to(device=vae.device, dtype=vae.dtype)).float().cpu()

    return torch.cat([gate(partial(through, item)) for item in torch.split(batch, 1)])
