"""Encoding and decoding tile by tile: on the device there is one tile at a time, however large the picture.

The network sees less of the picture in a tile than in the whole: its norms and its attention are over the tile, and
at the tile's edges its convolutions meet zeros. So tiles overlap and fade into each other, which leaves no seam to be
seen, but the result is not that of the whole to the last bit: with tiles of 96 pixels that share 24 a picture of the
starter model differs by 0.01 of its range in the mean, and less the larger the tiles.

Shapes: b batch, z channels of the latent, h w cells, f pixels a side of a cell.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from nodegraph.diffusion.autoencoder import Autoencoder, check_latent, one_by_one, to_pictures, to_pixels
from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.seamless import Axes
from nodegraph.diffusion.tiles import closed, joined, windows

_LARGEST_OVERLAP = 4
"""Neighbours share a quarter of a tile at most, or there would be too many."""

Progress = Callable[[float, float], None]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Squares of ``size`` pixels a side, neighbours sharing ``overlap``: both are rounded to whole cells.

    ``seamless``: along which axes the picture continues at the opposite edge. The network itself must not wrap around.
    """

    size: int
    overlap: int
    seamless: Axes | None = None

    def cells(self, downscale: int) -> tuple[int, int]:
        """Side and overlap of a tile in cells."""
        side = max(1, self.size // downscale)
        return side, min(self.overlap // downscale, side // _LARGEST_OVERLAP)


def encode_tiled(vae: Autoencoder, image: Tensor, tiling: Tiling, *, gate: Gate, progress: Progress) -> Tensor:
    """Latents of pictures: ``b (h f) (w f) c`` in 0 … 1 -> float32 ``b z h w`` on the CPU.

    Raises what :func:`nodegraph.diffusion.autoencoder.encode_image` raises.
    """
    f = vae.config.downscale
    return _tiled(vae, vae.encode, to_pixels(vae, image), tiling, into=f, out=1, gate=gate, progress=progress)


def decode_tiled(vae: Autoencoder, samples: Tensor, tiling: Tiling, *, gate: Gate, progress: Progress) -> Tensor:
    """Pictures of latents: ``b z h w`` -> float32 ``b (h f) (w f) 3`` in 0 … 1 on the CPU.

    Raises what :func:`nodegraph.diffusion.autoencoder.decode_latent` raises.
    """
    check_latent(vae, samples)
    f = vae.config.downscale
    return to_pictures(_tiled(vae, vae.decode, samples, tiling, into=1, out=f, gate=gate, progress=progress))


def _tiled(
    vae: Autoencoder,
    network: Callable[[Tensor], Tensor],
    batch: Tensor,
    tiling: Tiling,
    *,
    into: int,
    out: int,
    gate: Gate,
    progress: Progress,
) -> Tensor:
    """``b c (h into) (w into)`` through the network, ``b c' (h out) (w out)``; places are counted in cells."""
    side, overlap = tiling.cells(vae.config.downscale)
    height, width = batch.shape[-2] // into, batch.shape[-1] // into
    rows = min(overlap, height) if tiling.seamless in ("both", "y") else 0
    columns = min(overlap, width) if tiling.seamless in ("both", "x") else 0
    continued = F.pad(batch, (0, columns * into, 0, rows * into), mode="circular") if rows or columns else batch
    places = windows(height + rows, width + columns, tile_height=side, tile_width=side, overlap=overlap)

    def tiles() -> Iterator[Tensor]:
        for done, place in enumerate(places, start=1):
            yield one_by_one(vae, network, place.scaled(into).of(continued), gate)
            progress(done, len(places))

    whole = joined(tiles(), [place.scaled(out) for place in places], feather=overlap * out)
    return closed(closed(whole, rows * out, axis=-2), columns * out, axis=-1)
