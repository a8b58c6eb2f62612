"""A table of values whose rows are pictures and whose columns are texts; cells are as bright as their values are high.

Shapes: r rows, k columns, h w the pixels of a picture.
"""

from collections.abc import Sequence

import torch
from PIL import Image as Pillow
from PIL import ImageDraw
from torch import Tensor

from nodegraph.media.figures.canvas import as_images, as_pillow
from nodegraph.media.figures.lettering import LEADING, fitted, height, width, write
from nodegraph.media.figures.palette import INK, PAPER, heat

_SIDE = 96
_CELL = 132
_TEXT = 14
_MARGIN, _GAP = 16, 4
_LINES = 4
"""Lines of a heading at most."""
_BRIGHT = 0.55
"""From this mean of its colour on, a cell has dark letters."""


def draw_table(
    pictures: Sequence[Tensor], texts: Sequence[str], values: Tensor, told: Sequence[Sequence[str]]
) -> Tensor:
    """The table ``1 h w 3``: for each picture ``h w 3`` a row with its cells told in words; ``values`` is ``r k``.

    The lowest of all values is darkest, the highest brightest; the highest of each row has a frame.
    """
    heads = [_wrapped(text) for text in texts]
    top = _MARGIN + max(height(head, _TEXT) for head in heads) + _GAP
    left = _MARGIN + _SIDE + 2 * _GAP
    size = (left + len(texts) * (_CELL + _GAP) - _GAP + _MARGIN, top + len(pictures) * (_SIDE + _GAP) - _GAP + _MARGIN)
    paper = Pillow.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(paper)
    for column, head in enumerate(heads):
        write(draw, (left + column * (_CELL + _GAP) + _CELL / 2, _MARGIN), head, _TEXT, anchor="ma")
    spread = (values.max() - values.min()).clamp(min=1e-9)
    colours = heat((values - values.min()) / spread)
    for row, picture in enumerate(pictures):
        y = top + row * (_SIDE + _GAP)
        small = as_pillow(picture)
        small.thumbnail((_SIDE, _SIDE), Pillow.Resampling.LANCZOS)
        paper.paste(small, (_MARGIN + (_SIDE - small.width) // 2, y + (_SIDE - small.height) // 2))
        for column, words in enumerate(told[row]):
            x = left + column * (_CELL + _GAP)
            colour = colours[row, column]
            draw.rectangle((x, y, x + _CELL - 1, y + _SIDE - 1), fill=_bytes(colour))
            if int(values[row].argmax()) == column:
                draw.rectangle((x, y, x + _CELL - 1, y + _SIDE - 1), outline=INK, width=3)
            letters = INK if float(colour.mean()) > _BRIGHT or float(colour[1]) > _BRIGHT else PAPER
            middle = y + _SIDE / 2 - words.count("\n") * _TEXT * LEADING / 2
            write(draw, (x + _CELL / 2, middle), words, _TEXT, anchor="mm", colour=letters)
    return as_images(paper)


def _wrapped(text: str) -> str:
    """A text in lines that fit above a cell, the last cut if there are too many."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, _TEXT) <= _CELL or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], " ".join(lines[_LINES - 1 :])]
    return fitted("\n".join(lines), _TEXT, _CELL)


def _bytes(colour: Tensor) -> tuple[int, int, int]:
    red, green, blue = torch.round(colour * 255).int().tolist()
    return red, green, blue
