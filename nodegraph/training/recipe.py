"""What the starter model is made of: the widths and depths of the shipped file, in one place.

The layout is that of Stable Diffusion 1.x (Rombach et al. 2022), narrow enough for two CPU cores.
"""

from nodegraph.diffusion.autoencoder import AutoencoderConfig
from nodegraph.diffusion.image_encoder import ImageEncoderConfig
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


IMAGE_ENCODER = ImageEncoderConfig(
    side=128, patch=16, width=128, layers=4, heads=4, inner_width=512, projection=128, text_width=TEXT_ENCODER.width
)
