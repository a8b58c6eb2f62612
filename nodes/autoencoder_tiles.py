"""Between pictures and latents tile by tile, for pictures that are too large for the memory."""

from dataclasses import replace
from typing import Annotated

from nodegraph.diffusion.tiled_autoencoder import Tiling, decode_tiled, encode_tiled
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Image, Latent, Vae

_OVERLAP = Tooltip("Pixels that neighbouring tiles share and fade over; at most a quarter of a tile.")
_TIME = Tooltip("Frames of a video. Pictures have none.")

Side = Tooltip("Pixels a side: smaller needs less memory, and the tiles know less of each other.")
Overlap = Annotated[int, Range(0, 4096, step=32), _OVERLAP]
Frames = Annotated[int, Range(8, 4096, step=4), _TIME]
SharedFrames = Annotated[int, Range(4, 4096, step=4), _TIME]


@node("VAEDecodeTiled", category="latent", display_name="VAE Decode (Tiled)")
def vae_decode_tiled(
    ctx: Context,
    *,
    samples: Latent,
    vae: Vae,
    tile_size: Annotated[int, Range(64, 4096, step=32), Side] = 512,
    overlap: Overlap = 64,
    temporal_size: Frames = 64,
    temporal_overlap: SharedFrames = 8,
) -> Image:
    """Decode a latent to a picture tile by tile, in little memory."""
    tiling = Tiling(tile_size, overlap, vae.seamless)
    network = ctx.vae(replace(vae, seamless=None))
    return decode_tiled(network, samples["samples"], tiling, gate=ctx.gate, progress=ctx.progress)


@node("VAEEncodeTiled", category="latent", display_name="VAE Encode (Tiled)")
def vae_encode_tiled(
    ctx: Context,
    *,
    pixels: Image,
    vae: Vae,
    tile_size: Annotated[int, Range(64, 4096, step=64), Side] = 512,
    overlap: Overlap = 64,
    temporal_size: Frames = 64,
    temporal_overlap: SharedFrames = 8,
) -> Latent:
    """Encode a picture as a latent tile by tile, in little memory; sides are cut to multiples of 8."""
    tiling = Tiling(tile_size, overlap, vae.seamless)
    network = ctx.vae(replace(vae, seamless=None))
    return {"samples": encode_tiled(network, pixels, tiling, gate=ctx.gate, progress=ctx.progress)}
