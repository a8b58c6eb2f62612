"""Latents that are noise, or differences of noise, as colours. Shapes: c latent channels, h w latent cells."""

from einops import einsum
from torch import Tensor

from nodegraph.diffusion.latents import LatentFormat

_DEVIATIONS = 3.0
"""How far from grey black and white are."""


def signed_colours(latent: LatentFormat, noise: Tensor) -> Tensor:
    """Colours ``h w 3`` in 0 … 1 of one ``c h w``: grey where it is 0, and for unit variance seldom black or white.

    As in a preview each channel stands for a colour, here with its sign: scaled so that three standard deviations of
    unit noise reach the end.
    """
    factors = noise.new_tensor(latent.rgb_factors)
    colours = einsum(noise, factors, "c h w, c rgb -> h w rgb") / (factors.square().sum(dim=0).sqrt() * _DEVIATIONS)
    return ((colours + 1) / 2).clamp(0, 1).cpu()
