"""What a family's latents look like: channels, scale, and how to glimpse a picture in them.

A latent travels between nodes as the autoencoder wrote it; networks see it scaled to about unit variance. Knows
neither networks nor files.

Shapes: b batch, c latent channels, h w latent cells (one cell is ``downscale`` pixels wide and high).
"""

from dataclasses import dataclass

import torch
from einops import einsum
from torch import Tensor


@dataclass(frozen=True, slots=True)
class LatentFormat:
    """Latents of one family of models.

    ``rgb_factors`` (c rows of red, green, blue) and ``rgb_bias`` map a scaled latent to colours in −1…1 by a linear
    fit: too coarse for a picture, good enough for a preview.
    """

    channels: int
    downscale: int
    scale: float
    rgb_factors: tuple[tuple[float, float, float], ...]
    rgb_bias: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def process_in(self, samples: Tensor) -> Tensor:
        """From the autoencoder's scale to the network's, shape kept."""
        return samples * self.scale

    def process_out(self, samples: Tensor) -> Tensor:
        """From the network's scale to the autoencoder's, shape kept."""
        return samples / self.scale

    def preview(self, denoised: Tensor) -> Tensor:
        """The first item of a network-scaled ``b c h w`` as a small picture, ``h w 3`` uint8 on the CPU."""
        first = denoised[0].float()
        rgb = einsum(first, first.new_tensor(self.rgb_factors), "c h w, c rgb -> h w rgb")
        rgb = rgb + first.new_tensor(self.rgb_bias)
        return ((rgb + 1) / 2).clamp(0, 1).mul(255).to(torch.uint8).cpu()


SD15 = LatentFormat(
    channels=4,
    downscale=8,
    scale=0.18215,
    rgb_factors=(
        (0.3512, 0.2297, 0.3227),
        (0.3250, 0.4974, 0.2350),
        (-0.2829, 0.1762, 0.2721),
        (-0.2120, -0.2616, -0.7177),
    ),
)
