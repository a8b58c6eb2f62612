"""Between pictures and latents."""

import math
from typing import Annotated, NamedTuple

import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.autoencoder import decode_latent, encode_image
from nodegraph.diffusion.conditioning import fit_mask, to_batch
from nodegraph.diffusion.conditioning_options import with_options
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Conditioning, Image, Latent, LatentDict, Mask, Vae

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
    _, grey, covered = _without_covered(pixels, mask, autoencoder.config.downscale)
    return {
        "samples": encode_image(autoencoder, grey, gate=ctx.gate),
        "noise_mask": _grown(covered.round(), grow_mask_by).round(),
    }


class ForInpainting(NamedTuple):
    """What a model for inpainting is asked with, and the latent it starts from."""

    positive: Conditioning
    negative: Conditioning
    latent: Latent


@node("InpaintModelConditioning", category="conditioning/inpaint")
def inpaint_model_conditioning(
    ctx: Context,
    *,
    positive: Conditioning,
    negative: Conditioning,
    vae: Vae,
    pixels: Image,
    mask: Mask,
    noise_mask: Annotated[bool, Tooltip("Whether what the mask does not cover stays exactly as it is.")] = True,
) -> ForInpainting:
    """Show a model for inpainting the picture without what the mask covers, and the mask."""
    autoencoder = ctx.vae(vae)
    picture, grey, covered = _without_covered(pixels, mask, autoencoder.config.downscale)
    shown = {"concat_latent_image": encode_image(autoencoder, grey, gate=ctx.gate), "concat_mask": covered}
    latent: LatentDict = {"samples": encode_image(autoencoder, picture, gate=ctx.gate)}
    if noise_mask:
        latent["noise_mask"] = covered
    return ForInpainting(with_options(positive, shown), with_options(negative, shown), latent)


def _without_covered(pixels: Tensor, mask: Tensor, cell: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures (``b h w 3``), the same with what a mask covers made grey, and the mask (``b 1 h w``).

    All are cut about the centre to sides that are multiples of ``cell``; the mask may have another size.
    """
    height, width = pixels.shape[1:3]
    top, left = (height % cell) // 2, (width % cell) // 2
    inside = (slice(top, top + height - height % cell), slice(left, left + width - width % cell))
    covered = to_batch(fit_mask(mask, height, width), pixels.shape[0])[..., *inside]
    picture = pixels[:, *inside, :3]
    kept = rearrange(1.0 - covered.round(), "b 1 h w -> b h w 1")
    return picture, (picture - _GREY) * kept + _GREY, covered


def _grown(mask: Tensor, size: int) -> Tensor:
    """``b 1 h w`` of zeros and ones, ones spread over a square of ``size`` pixels a side."""
    if size == 0:
        return mask
    before = math.ceil((size - 1) / 2)
    padded = F.pad(mask, (before, size - 1 - before, before, size - 1 - before))
    return F.max_pool2d(padded, kernel_size=size, stride=1)
