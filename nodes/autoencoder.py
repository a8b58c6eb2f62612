"""Between pictures and latents."""

import math
from typing import Annotated

import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.autoencoder import decode_latent, encode_image
from nodegraph.diffusion.conditioning import fit_mask, to_batch
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Image, Latent, Mask, Vae

_GREY = 0.5


@node("VAEDecode", category="latent", display_name="VAE Decode")
def vae_decode(ctx: Context, *, samples: Latent, vae: Vae) -> Image:
    """Decode a latent to a picture."""
    return decode_latent(ctx.vae(vae), samples["samples"], gate=ctx.gate)


@node("VAEEncode", category="latent", display_name="VAE Encode")
def vae_encode(ctx: Context, *, pixels: Image, vae: Vae) -> Latent:
    """Encode a picture as a latent; sides are cut to multiples of 8."""
    return {"samples": encode_image(ctx.vae(vae), pixels, gate=ctx.gate)}


@node("VAEEncodeForInpaint", category="latent/inpaint", display_name="VAE Encode (for Inpainting)")
def vae_encode_for_inpaint(
    ctx: Context,
    *,
    pixels: Image,
    vae: Vae,
    mask: Mask,
    grow_mask_by: Annotated[int, Range(0, 64, step=1), Tooltip("Pixels the painted area reaches out.")] = 6,
) -> Latent:
    """Encode a picture with what the mask covers made grey, to be painted anew."""
    autoencoder = ctx.vae(vae)
    cell = autoencoder.config.downscale
    height, width = pixels.shape[1:3]
    top, left = (height % cell) // 2, (width % cell) // 2
    inside = (slice(top, top + height - height % cell), slice(left, left + width - width % cell))
    cut = to_batch(fit_mask(mask, height, width), pixels.shape[0])[..., *inside]
    kept = rearrange(1.0 - cut.round(), "b 1 h w -> b h w 1")
    grey = (pixels[:, *inside, :3] - _GREY) * kept + _GREY
    return {
        "samples": encode_image(autoencoder, grey, gate=ctx.gate),
        "noise_mask": _grown(cut.round(), grow_mask_by).round(),
    }


def _grown(mask: Tensor, size: int) -> Tensor:
    """``b 1 h w`` of zeros and ones, ones spread over a square of ``size`` pixels a side."""
    if size == 0:
        return mask
    before = math.ceil((size - 1) / 2)
    padded = F.pad(mask, (before, size - 1 - before, before, size - 1 - before))
    return F.max_pool2d(padded, kernel_size=size, stride=1)
