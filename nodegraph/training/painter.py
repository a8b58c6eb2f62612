"""Draws scenes: flat objects with a shade and a light, and smooth edges, before a background. Knows no captions.

Shapes are drawn on a canvas :data:`FINE` times as large as the picture, which is then reduced. Coordinates of shapes
run from −1 to 1, x to the right and y down, in the square around an object.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from nodegraph.training.backgrounds import PAINTERS
from nodegraph.training.brush import Brush, Color, Point, mix
from nodegraph.training.scenes import COLORS, Scene, Thing

FINE = 3
"""Pixels of the canvas a side of one of the picture's."""

_EDGE = 0.09
"""Width of the edges of an object, where its square is 2 wide."""

_BLACK = 120
"""A colour whose channels add up to less has a lighter edge."""


def paint(scene: Scene, size: int = 128) -> np.ndarray:
    """The picture of a scene: uint8 ``h w c`` of ``size`` pixels a side."""
    rng = np.random.default_rng(scene.seed)
    side = FINE * size
    canvas = PAINTERS[scene.background](rng, side)
    for thing in scene.things:
        _draw(canvas, thing)
    return np.asarray(canvas.reduce(FINE))


class Pen:
    """Draws in one object's square; ``main``, ``dark`` and ``light`` are its colour and two shades of it."""

    def __init__(self, canvas: Image.Image, thing: Thing) -> None:
        side = canvas.width
        self._brush = Brush(canvas, (thing.x * side, thing.y * side), thing.side * side / 2)
        self.main: Color = COLORS[thing.color]
        self.dark = mix(self.main, (0, 0, 0), 0.38)
        self.light = mix(self.main, (255, 255, 255), 0.45)
        self._edge = mix(self.main, (0, 0, 0), 0.6) if sum(self.main) > _BLACK else (90, 90, 96)

    def polygon(self, points: Sequence[Point], color: Color, *, edge: bool = True) -> None:
        """An area, with an edge."""
        self._brush.polygon(points, color)
        if edge:
            self._brush.line([*points, points[0], points[1]], _EDGE, self._edge)

    def ellipse(self, x: float, y: float, rx: float, ry: float, color: Color, *, edge: bool = True) -> None:
        """About a centre, with an edge inside."""
        self._brush.ellipse(x, y, rx, ry, self._edge if edge else color)
        if edge:
            self._brush.ellipse(x, y, rx - _EDGE, ry - _EDGE, color)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float) -> None:
        """A bow in the colour of edges."""
        self._brush.arc(x, y, radius, radius, start=start, end=end, width=width, fill=self._edge)

    def line(self, points: Sequence[Point], width: float) -> None:
        """In the colour of edges."""
        self._brush.line(points, width, self._edge)


def _draw(canvas: Image.Image, thing: Thing) -> None:
    if thing.object == "ring":
        _ring(canvas, thing)
    else:
        _SHAPES[thing.object](Pen(canvas, thing))


def _ring(canvas: Image.Image, thing: Thing) -> None:
    """The only object one can look through: its hole shows what was there before."""
    before, hole = canvas.copy(), Image.new("L", canvas.size, 0)
    pen = Pen(canvas, thing)
    pen.ellipse(0, 0, 0.9, 0.9, pen.main)
    pen.ellipse(0, 0, 0.72, 0.72, pen.light, edge=False)
    pen.ellipse(0, 0, 0.62, 0.62, pen.main, edge=False)
    pen.ellipse(0, 0, 0.52, 0.52, pen.dark, edge=False)
    side, radius = canvas.width, 0.45 * thing.side * canvas.width / 2
    x, y = thing.x * side, thing.y * side
    ImageDraw.Draw(hole).ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    canvas.paste(before, mask=hole)


def _around(count: int, radius: float | Sequence[float], *, turn: float = -90.0) -> list[Point]:
    """Points of a regular polygon, or of a star with alternating radii."""
    radii = [radius] if isinstance(radius, float) else list(radius)
    angles = [math.radians(turn + 360 * index / count) for index in range(count)]
    return [
        (radii[index % len(radii)] * math.cos(angle), radii[index % len(radii)] * math.sin(angle))
        for index, angle in enumerate(angles)
    ]


def _ball(pen: Pen) -> None:
    pen.ellipse(0, 0, 0.9, 0.9, pen.main)
    pen.ellipse(-0.3, -0.35, 0.28, 0.22, pen.light, edge=False)


def _box(pen: Pen) -> None:
    pen.polygon([(-0.85, -0.4), (0.4, -0.4), (0.4, 0.85), (-0.85, 0.85)], pen.main)
    pen.polygon([(-0.85, -0.4), (-0.4, -0.85), (0.85, -0.85), (0.4, -0.4)], pen.light)
    pen.polygon([(0.4, -0.4), (0.85, -0.85), (0.85, 0.4), (0.4, 0.85)], pen.dark)


def _star(pen: Pen) -> None:
    pen.polygon(_around(10, (0.98, 0.42)), pen.main)


def _heart(pen: Pen) -> None:
    curve = [math.radians(angle) for angle in range(0, 360, 6)]
    points = [
        (
            0.92 * math.sin(t) ** 3,
            -0.058 * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) - 0.05,
        )
        for t in curve
    ]
    pen.polygon(points, pen.main)
    pen.ellipse(-0.4, -0.4, 0.18, 0.14, pen.light, edge=False)


def _moon(pen: Pen) -> None:
    outer = [math.radians(angle) for angle in range(50, 311, 6)]
    points = [(0.95 * math.cos(t) + 0.2, 0.95 * math.sin(t)) for t in outer]
    inner = [math.radians(angle) for angle in range(290, 69, -6)]
    points += [(0.72 * math.cos(t) + 0.52, 0.76 * math.sin(t)) for t in inner]
    pen.polygon(points, pen.main)


def _house(pen: Pen) -> None:
    pen.polygon([(-0.7, -0.1), (0.7, -0.1), (0.7, 0.9), (-0.7, 0.9)], pen.main)
    pen.polygon([(-0.92, -0.1), (0, -0.92), (0.92, -0.1)], pen.dark)
    pen.polygon([(-0.18, 0.35), (0.18, 0.35), (0.18, 0.9), (-0.18, 0.9)], pen.light)


def _tree(pen: Pen) -> None:
    pen.polygon([(-0.16, 0.2), (0.16, 0.2), (0.2, 0.95), (-0.2, 0.95)], pen.dark)
    for x, y, r in ((-0.42, 0.05, 0.45), (0.42, 0.05, 0.45), (0, -0.42, 0.52)):
        pen.ellipse(x, y, r, r, pen.main)
    pen.ellipse(0, -0.1, 0.5, 0.42, pen.main, edge=False)


def _flower(pen: Pen) -> None:
    pen.line([(0, 0.1), (0, 0.95)], 0.12)
    for x, y in _around(6, 0.5):
        pen.ellipse(x, y - 0.2, 0.3, 0.3, pen.main)
    pen.ellipse(0, -0.2, 0.27, 0.27, pen.light)


def _fish(pen: Pen) -> None:
    pen.polygon([(0.35, 0), (0.95, -0.5), (0.95, 0.5)], pen.dark)
    pen.ellipse(-0.2, 0, 0.75, 0.48, pen.main)
    pen.ellipse(-0.6, -0.12, 0.11, 0.11, (250, 250, 250))


def _boat(pen: Pen) -> None:
    pen.polygon([(-0.92, 0.35), (0.92, 0.35), (0.55, 0.85), (-0.55, 0.85)], pen.main)
    pen.line([(0, 0.35), (0, -0.92)], 0.09)
    pen.polygon([(0.1, -0.9), (0.8, 0.2), (0.1, 0.2)], pen.light)
    pen.polygon([(-0.1, -0.6), (-0.6, 0.2), (-0.1, 0.2)], pen.main)


def _car(pen: Pen) -> None:
    pen.polygon([(-0.5, -0.05), (-0.3, -0.5), (0.35, -0.5), (0.6, -0.05)], pen.light)
    pen.polygon([(-0.95, -0.05), (0.95, -0.05), (0.95, 0.42), (-0.95, 0.42)], pen.main)
    for x in (-0.5, 0.5):
        pen.ellipse(x, 0.42, 0.26, 0.26, (40, 40, 44))


def _mushroom(pen: Pen) -> None:
    pen.polygon([(-0.25, 0.1), (0.25, 0.1), (0.32, 0.9), (-0.32, 0.9)], pen.light)
    top = [math.radians(angle) for angle in range(180, 361, 6)]
    pen.polygon([(0.92 * math.cos(t), 0.95 * math.sin(t) + 0.15) for t in top], pen.main)
    for x, y, r in ((-0.45, -0.15, 0.13), (0.1, -0.45, 0.16), (0.5, -0.08, 0.11)):
        pen.ellipse(x, y, r, r, pen.light, edge=False)


def _cup(pen: Pen) -> None:
    pen.arc(0.5, 0.05, 0.4, -90, 90, 0.16)
    pen.polygon([(-0.8, -0.6), (0.5, -0.6), (0.38, 0.8), (-0.68, 0.8)], pen.main)
    pen.ellipse(-0.15, -0.6, 0.65, 0.18, pen.light)


def _umbrella(pen: Pen) -> None:
    pen.line([(0, 0), (0, 0.72)], 0.1)
    pen.arc(0.16, 0.72, 0.18, 0, 180, 0.1)
    top = [math.radians(angle) for angle in range(180, 361, 6)]
    pen.polygon([(0.95 * math.cos(t), 0.9 * math.sin(t) + 0.05) for t in top], pen.main)
    pen.polygon([(-0.32, 0.05), (0.0, -0.85), (0.32, 0.05)], pen.light, edge=False)


def _balloon(pen: Pen) -> None:
    pen.line([(0, 0.4), (0.1, 0.65), (-0.05, 0.95)], 0.06)
    pen.polygon([(-0.12, 0.52), (0.12, 0.52), (0, 0.36)], pen.dark)
    pen.ellipse(0, -0.27, 0.58, 0.68, pen.main)
    pen.ellipse(-0.2, -0.52, 0.14, 0.2, pen.light, edge=False)


def _diamond(pen: Pen) -> None:
    pen.polygon([(-0.55, -0.7), (0.55, -0.7), (0.95, -0.2), (0, 0.9), (-0.95, -0.2)], pen.main)
    pen.polygon([(-0.55, -0.7), (0.55, -0.7), (0.3, -0.2), (-0.3, -0.2)], pen.light)
    pen.polygon([(-0.3, -0.2), (0.3, -0.2), (0, 0.9)], pen.dark)


def _arrow(pen: Pen) -> None:
    points = [(-0.95, -0.28), (0.1, -0.28), (0.1, -0.75), (0.95, 0), (0.1, 0.75), (0.1, 0.28), (-0.95, 0.28)]
    pen.polygon(points, pen.main)


_SHAPES: dict[str, Callable[[Pen], None]] = {
    "ball": _ball,
    "box": _box,
    "star": _star,
    "heart": _heart,
    "moon": _moon,
    "house": _house,
    "tree": _tree,
    "flower": _flower,
    "fish": _fish,
    "boat": _boat,
    "car": _car,
    "mushroom": _mushroom,
    "cup": _cup,
    "umbrella": _umbrella,
    "balloon": _balloon,
    "diamond": _diamond,
    "arrow": _arrow,
}
