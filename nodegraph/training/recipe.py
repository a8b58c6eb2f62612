"""What the starter model is made of: the widths and depths of the shipped file, in one place.

The layout is that of Stable Diffusion 1.x (Rombach et al. 2022), narrow enough for two CPU cores.
"""

from dataclasses import dataclass

from nodegraph.diffusion.autoencoder import AutoencoderConfig
from nodegraph.diffusion.text_encoder import TextEncoderConfig
from nodegraph.diffusion.unet import UNetConfig

AUTOENCODER = AutoencoderConfig(base_channels=32, channel_mult=(1, 1, 2, 4), res_blocks=1, groups=8)

UNET = UNetConfig(
    model_channels=64,
    channel_mult=(1, 2, 3),
    res_blocks=(1, 1, 1),
    transformer_depth=(0, 1, 1),
    context_width=128,
    heads=4,
    groups=32,
)

TEXT_ENCODER = TextEncoderConfig(width=128, layers=4, heads=4, inner_width=512)


@dataclass(frozen=True, kw_only=True)
class ImageEncoderConfig:
    """CLIP's image encoder: squares of ``patch`` pixels a side become the transformer's words."""

    patch: int = 16
    width: int = 128
    layers: int = 4
    heads: int = 4
    inner_width: int = 512
    projection: int = 128


IMAGE_ENCODER = ImageEncoderConfig()
