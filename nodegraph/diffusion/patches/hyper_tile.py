"""HyperTile: the image attends to itself within tiles, whose borders move from call to call.

The field's name for it is its author's (tfernd, 2023), who published it without a paper. Attention is quadratic in
the cells; in tiles it is linear, and since tiles are cut differently each time no seam stays.

Shapes: b batch, n = h·w tokens of a feature map, c channels.
"""

import math
from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.attention import AttentionSite
from nodegraph.diffusion.hooks import Hooks, Layer, NetworkCall, NetworkOption, NetworkPatch
from nodegraph.diffusion.model_sampling import ModelSampling

LEAST_TILE = 32
"""Pixels: no tile is smaller."""


@dataclass(frozen=True, slots=True)
class HyperTile(NetworkOption):
    """Tiles of at least ``tile_size`` pixels, one of ``swap_size`` ways to cut them at a time.

    Down to ``max_depth`` halvings of the feature map; with ``scale_depth`` tiles are as large there in cells of the
    map as above, so that fewer are cut.
    """

    tile_size: int
    swap_size: int
    max_depth: int
    scale_depth: bool

    def patch(self, sampling: ModelSampling) -> NetworkPatch:
        # Tiles are cut anew for each run, in the same order: a run repeated gives the same picture.
        stream = torch.Generator().manual_seed(0)
        return lambda call: _Tiled(self, call, stream)


@dataclass(frozen=True, eq=False)
class _Tiled(Hooks):
    option: HyperTile
    call: NetworkCall
    stream: torch.Generator

    def layer(self, layer: Layer, x: Tensor, site: AttentionSite) -> Tensor:
        if site.kind != "self":
            return layer(x)
        for depth in range(self.option.max_depth + 1):
            height, width = (math.ceil(side / 2**depth) for side in (self.call.height, self.call.width))
            if height * width == x.shape[1]:
                least = max(LEAST_TILE, self.option.tile_size) // 8 * (2**depth if self.option.scale_depth else 1)
                rows, columns = (self._tiles(side, least) for side in (height, width))
                return self._in_tiles(layer, x, rows, columns, height // rows)
        return layer(x)

    def _in_tiles(self, layer: Layer, x: Tensor, rows: int, columns: int, tile_height: int) -> Tensor:
        tiles = rearrange(
            x, "b (rows h columns w) c -> (b rows columns) (h w) c", rows=rows, columns=columns, h=tile_height
        )
        # Attention of the image to itself has no context, so tiles can be items of a larger batch.
        return rearrange(
            layer(tiles),
            "(b rows columns) (h w) c -> b (rows h columns w) c",
            rows=rows,
            columns=columns,
            h=tile_height,
        )

    def _tiles(self, side: int, least: int) -> int:
        """How many tiles a side is cut into: one of the divisors that leave each at least so long."""
        lengths = [length for length in range(min(least, side), side + 1) if side % length == 0]
        choice = int(torch.randint(min(len(lengths), self.option.swap_size), (1,), generator=self.stream))
        return side // lengths[choice]
