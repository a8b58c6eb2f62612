"""Letters in drawings: Pillow's own typeface, which is the same on every machine. It has Latin letters only."""

from functools import cache

from PIL import ImageDraw, ImageFont

from nodegraph.media.figures.palette import INK, Colour

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Anchored = str
"""Where a text is anchored, in Pillow's letters: ``lm`` left and middle, ``ma`` middle and top, ..."""

LEADING = 1.3
"""From line to line, in sizes of the font."""


@cache
def font(size: int) -> Font:
    """The typeface at a size in pixels."""
    return ImageFont.load_default(size)


def width(text: str, size: int) -> int:
    """Pixels of the longest line."""
    return max((int(font(size).getlength(line) + 0.999) for line in text.split("\n")), default=0)


def height(text: str, size: int) -> int:
    """Pixels of all lines; 0 for no text."""
    return round((text.count("\n") + 1) * size * LEADING) if text else 0


def fitted(text: str, size: int, room: int) -> str:
    """Each line cut to ``room`` pixels, with dots where something is missing."""
    return "\n".join(_cut(line, size, room) for line in text.split("\n"))


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    *,
    anchor: Anchored = "la",
    colour: Colour = INK,
) -> None:
    """Write lines of text one below the other; the anchor is the first line's."""
    x, y = at
    for number, line in enumerate(text.split("\n")):
        draw.text((x, y + number * size * LEADING), line, fill=colour, font=font(size), anchor=anchor)


def _cut(line: str, size: int, room: int) -> str:
    if width(line, size) <= room:
        return line
    kept = next((end for end in range(len(line) - 1, 0, -1) if width(line[:end].rstrip() + "...", size) <= room), 1)
    return line[:kept].rstrip() + "..."
