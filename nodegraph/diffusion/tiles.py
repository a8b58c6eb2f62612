"""A plane covered with overlapping tiles, and joined again from what was computed of each, without seams.

Knows nothing of what is computed. Shapes: b batch, c channels, h w the plane.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from nodegraph.errors import UserError


class TilesError(UserError):
    """Tiles that make no plane: none, tiles of several sizes, or not those that cover it."""


class Window(NamedTuple):
    """A rectangle of a plane; bottom and right are the first row and column outside."""

    top: int
    left: int
    bottom: int
    right: int

    def of(self, plane: Tensor) -> Tensor:
        """What of ``… h w`` lies in it."""
        return plane[..., self.top : self.bottom, self.left : self.right]

    def scaled(self, factor: int) -> "Window":
        """The same rectangle of a plane ``factor`` times as large."""
        return Window(*(side * factor for side in self))


def starts(length: int, size: int, overlap: int) -> list[int]:
    """Where tiles of ``size`` begin that cover ``length``, neighbours sharing ``overlap`` (less than ``size``).

    The last one ends where the plane does, so it may share more. Where one tile is enough there is one.
    """
    last = length - size
    return [0] if last <= 0 else [*range(0, last, size - overlap), last]


def windows(height: int, width: int, *, tile_height: int, tile_width: int, overlap: int) -> list[Window]:
    """Tiles of one size, row by row; a plane smaller than a tile is a smaller tile.

    Raises :class:`TilesError` where tiles would never come to an end.
    """
    tile_height, tile_width = min(tile_height, height), min(tile_width, width)
    if (tile_height < height and overlap >= tile_height) or (tile_width < width and overlap >= tile_width):
        raise TilesError(
            f"overlap is {overlap}, and a tile {tile_width} by {tile_height}: it must be less than the tile's sides."
        )
    return [
        Window(top, left, top + tile_height, left + tile_width)
        for top in starts(height, tile_height, overlap)
        for left in starts(width, tile_width, overlap)
    ]


def joined(tiles: Iterable[Tensor], places: Sequence[Window], *, feather: int) -> Tensor:
    """``b c h w`` of tiles at their places, in float32: the mean where they overlap, each fading to its inner edges.

    A tile counts fully from ``feather`` rows and columns inside, and linearly less towards an edge that is not the
    plane's; with a feather of the overlap two neighbours' shares add up to one. Tiles are asked for one after another.
    """
    height, width = max(place.bottom for place in places), max(place.right for place in places)
    total: Tensor | None = None
    weights = torch.zeros(height, width)
    for tile, place in zip(tiles, places, strict=True):
        if total is None:
            total = torch.zeros(*tile.shape[:-2], height, width)
        rows = _fading(place.top, place.bottom, height, feather)
        columns = _fading(place.left, place.right, width, feather)
        weight = rows[:, None] * columns
        place.of(total).add_(tile.float().cpu() * weight)
        place.of(weights).add_(weight)
    assert total is not None
    return total / weights


def closed(plane: Tensor, shared: int, axis: int) -> Tensor:
    """A plane whose last ``shared`` places along an axis are its first ones again, computed from the other side.

    They are left out, and fade into the first ones; what is left continues at the opposite edge.
    """
    length = plane.shape[axis] - shared
    shape = [1] * plane.ndim
    shape[axis] = shared
    share = (torch.arange(1, shared + 1) / (shared + 1)).reshape(shape)
    first = torch.lerp(plane.narrow(axis, length, shared), plane.narrow(axis, 0, shared), share)
    return torch.cat([first, plane.narrow(axis, shared, length - shared)], dim=axis)


def _fading(start: int, end: int, length: int, feather: int) -> Tensor:
    """The weights from ``start`` to ``end`` of ``length``."""
    place = torch.arange(start, end, dtype=torch.float32)
    before = place - start + 1 if start > 0 else torch.full_like(place, torch.inf)
    after = end - place if end < length else torch.full_like(place, torch.inf)
    return (torch.minimum(before, after) / (feather + 1)).clamp(max=1.0)
