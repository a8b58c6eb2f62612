"""Drawing in the coordinates of a square, wherever on a canvas that lies. Knows no shapes."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

Color = tuple[int, int, int]
Point = tuple[float, float]

_THINNEST = 2
"""Pixels of the thinnest line."""


def mix(a: Color, b: Color, share: float) -> Color:
    """``a`` with a share of ``b``."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


class Brush:
    """Draws on ``canvas``. Coordinates count from the pixel ``origin``, ``unit`` pixels to one."""

    def __init__(self, canvas: Image.Image, origin: Point, unit: float) -> None:
        self._draw = ImageDraw.Draw(canvas)
        self._origin = origin
        self._unit = unit

    def polygon(self, points: Sequence[Point], fill: Color) -> None:
        """The area between the points."""
        self._draw.polygon([self._at(point) for point in points], fill=fill)

    def rectangle(self, left: float, top: float, right: float, bottom: float, fill: Color) -> None:
        """From corner to corner."""
        self._draw.rectangle([*self._at((left, top)), *self._at((right, bottom))], fill=fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Color) -> None:
        """About a centre, with a radius each way."""
        self._draw.ellipse(self._around(x, y, rx, ry), fill=fill)

    def arc(
        self, x: float, y: float, rx: float, ry: float, *, start: float, end: float, width: float, fill: Color
    ) -> None:
        """A part of an ellipse's edge, in degrees clockwise from the right; the line is inside of the edge."""
        self._draw.arc(self._around(x, y, rx, ry), start, end, fill=fill, width=self._pixels(width))

    def line(self, points: Sequence[Point], width: float, fill: Color) -> None:
        """Through the points."""
        self._draw.line([self._at(point) for point in points], fill=fill, width=self._pixels(width), joint="curve")

    def _at(self, point: Point) -> Point:
        return self._origin[0] + point[0] * self._unit, self._origin[1] + point[1] * self._unit

    def _around(self, x: float, y: float, rx: float, ry: float) -> list[float]:
        return [*self._at((x - rx, y - ry)), *self._at((x + rx, y + ry))]

    def _pixels(self, width: float) -> int:
        return max(_THINNEST, round(width * self._unit))
