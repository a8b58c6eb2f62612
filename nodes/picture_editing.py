"""Editing pictures by instructions."""

from typing import NamedTuple

import torch

from nodegraph.diffusion.autoencoder import encode_image
from nodegraph.diffusion.conditioning_options import with_options
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.types import Conditioning, Image, Latent, Vae


class ForEditing(NamedTuple):
    """What a model for editing is asked with, and the empty latent it starts from."""

    positive: Conditioning
    negative: Conditioning
    latent: Latent


@node("InstructPixToPixConditioning", category="conditioning/instructpix2pix")
def instruct_pix_to_pix_conditioning(
    ctx: Context, *, positive: Conditioning, negative: Conditioning, vae: Vae, pixels: Image
) -> ForEditing:
    """Show a model for editing the picture that the prompt says what to do with; sides are cut to multiples of 8."""
    picture = encode_image(ctx.vae(vae), pixels, gate=ctx.gate)
    shown = {"concat_latent_image": picture}
    return ForEditing(
        with_options(positive, shown), with_options(negative, shown), {"samples": torch.zeros_like(picture)}
    )
