"""A sheet of labelled pictures in rows and columns, to be compared.

Shapes: h w the pixels of a picture, 3 its colours in 0 … 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import torch
from PIL import Image as Pillow
from PIL import ImageDraw
from torch import Tensor

from nodegraph.media.figures.canvas import as_images, as_pillow
from nodegraph.media.figures.lettering import fitted, height, width, write
from nodegraph.media.figures.palette import FAINT, PAPER

SIDE = 160
"""The longer side of a picture on the sheet, unless said otherwise."""

_HEAD, _CAPTION = 14, 13
_GAP, _MARGIN = 10, 14


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture ``h w 3`` with lines of text below it. With ``cells`` its pixels stay squares when it is enlarged."""

    picture: Tensor
    caption: str = ""
    cells: bool = False


def draw_sheet(
    rows: Sequence[Sequence[Tile | None]],
    *,
    heads: Sequence[str] = (),
    names: Sequence[str] = (),
    side: int = SIDE,
) -> Tensor:
    """The sheet ``1 h w 3``: ``heads`` above the columns, ``names`` left of the rows. None leaves a place empty.

    All pictures are fitted into the size of the first, scaled to ``side``.
    """
    first = next(tile.picture for row in rows for tile in row if tile is not None)
    scale = side / max(first.shape[:2])
    high, wide = (max(1, round(length * scale)) for length in first.shape[:2])
    columns = max(len(row) for row in rows)
    heads = [fitted(head, _HEAD, wide) for head in heads]
    captions = [[fitted(tile.caption, _CAPTION, wide) if tile else "" for tile in row] for row in rows]
    below = [max(height(caption, _CAPTION) for caption in row) + 4 * any(row) for row in captions]
    left = _MARGIN + max((width(name, _HEAD) + _GAP for name in names if name), default=0)
    top = _MARGIN + max((height(head, _HEAD) for head in heads), default=0)

    size = (left + columns * (wide + _GAP) - _GAP + _MARGIN, top + sum(high + _GAP + each for each in below) - _GAP)
    paper = Pillow.new("RGB", (size[0], size[1] + _MARGIN), PAPER)
    draw = ImageDraw.Draw(paper)
    for column, head in enumerate(heads):
        write(draw, (left + column * (wide + _GAP) + wide / 2, _MARGIN - 2), head, _HEAD, anchor="ma")
    y = top
    for row, texts, under, name in zip_longest(rows, captions, below, names[: len(rows)], fillvalue=None):
        assert row is not None
        assert texts is not None
        assert under is not None
        if name:
            middle = y + (high - height(name, _HEAD)) / 2
            write(draw, (_MARGIN, middle), name, _HEAD)
        for column, (tile, caption) in enumerate(zip(row, texts, strict=True)):
            x = left + column * (wide + _GAP)
            if tile is not None:
                picture = _fitted(tile, wide, high)
                paper.paste(picture, (x + (wide - picture.width) // 2, y + (high - picture.height) // 2))
                write(draw, (x + wide / 2, y + high + 4), caption, _CAPTION, anchor="ma", colour=FAINT)
        y += high + under + _GAP
    return as_images(paper)


def blend(picture: Tensor, over: Tensor, strength: float) -> Tensor:
    """``over`` (``h w 3``) laid on the grey of a picture ``h w 3``, so that colours mean what is laid over it alone."""
    grey = picture.mean(dim=-1, keepdim=True).expand_as(picture)
    return torch.lerp(grey, over, strength)


def _fitted(tile: Tile, wide: int, high: int) -> Pillow.Image:
    """The picture as large as fits; what keeps its cells grows by whole numbers where it can."""
    picture = as_pillow(tile.picture)
    scale = min(wide / picture.width, high / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    enlarged = tile.cells and scale > 1
    return picture.resize(size, Pillow.Resampling.NEAREST if enlarged else Pillow.Resampling.LANCZOS)
