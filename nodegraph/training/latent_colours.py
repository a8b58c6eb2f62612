"""Which colours to show for a latent while a picture is being made: the linear map that restores the most.

Fitted by least squares to pictures shrunk to the size of their latents. Knows neither networks nor files.

Shapes: b pictures, c latent channels, h w latent cells, f pixels a side of one cell.
"""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor


def fit_latent_rgb(latents: Tensor, pictures: Tensor) -> Tensor:
    """From latents ``b c h w``, scaled for the network, and pictures ``b 3 (h f) (w f)`` of −1 … 1: ``(c + 1) 3``.

    The rows are the red, green and blue that each channel adds, and, last, those of a latent of zeros.
    """
    height, width = latents.shape[-2:]
    cells = rearrange(latents, "b c h w -> (b h w) c")
    colours = rearrange(F.adaptive_avg_pool2d(pictures, (height, width)), "b rgb h w -> (b h w) rgb")
    solution: Tensor = torch.linalg.lstsq(torch.cat([cells, cells.new_ones(len(cells), 1)], dim=1), colours).solution
    return solution
