"""Contact sheets: pictures in rows, with what was asked for beneath each and what is wrong with it in red."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_GAP = 6
_FONT_SIZE, _LINE = 11, 13
_CHARACTERS = 23
"""That fit beneath a picture of 128 pixels."""

_PAPER, _INK, _RED = (255, 255, 255), (30, 30, 34), (196, 30, 30)


@dataclass(frozen=True)
class Cell:
    """A picture ``h w 3``, the words beneath it, and what is to be said in red."""

    picture: NDArray[np.uint8]
    caption: str = ""
    remark: str = ""

    def lines(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        """The lines beneath the picture and their colours."""
        for text, color in ((self.caption, _INK), (self.remark, _RED)):
            yield from ((line, color) for line in textwrap.wrap(text, _CHARACTERS))


def contact_sheet(cells: Sequence[Cell], *, columns: int = 8) -> Image.Image:
    """The cells in reading order. There is at least one, and all pictures have one size."""
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    height, width = cells[0].picture.shape[:2]
    heights = [height + _LINE * max(len(list(cell.lines())) for cell in row) + _GAP for row in rows]
    sheet = Image.new("RGB", (_GAP + min(len(cells), columns) * (width + _GAP), _GAP + sum(heights)), _PAPER)
    draw, font, top = ImageDraw.Draw(sheet), ImageFont.load_default(_FONT_SIZE), _GAP
    for row, high in zip(rows, heights, strict=True):
        for column, cell in enumerate(row):
            left = _GAP + column * (width + _GAP)
            sheet.paste(Image.fromarray(np.ascontiguousarray(cell.picture)), (left, top))
            for number, (line, color) in enumerate(cell.lines()):
                draw.text((left, top + height + 1 + number * _LINE), line, fill=color, font=font)
        top += high
    return sheet


def as_jpeg(sheet: Image.Image) -> bytes:
    """A sheet as a file: small, and without smeared colours."""
    buffer = BytesIO()
    sheet.save(buffer, "JPEG", quality=88, subsampling=0, optimize=True)
    return buffer.getvalue()
