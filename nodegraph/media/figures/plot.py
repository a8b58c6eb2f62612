"""Curves over steps, drawn in panels side by side: one with an even scale, one with a logarithmic one, or both."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image as Pillow
from PIL import ImageDraw
from torch import Tensor

from nodegraph.media.figures.canvas import as_images
from nodegraph.media.figures.lettering import fitted, width, write
from nodegraph.media.figures.palette import FAINT, GRID, INK, LINES, PAPER, Colour

Scale = Literal["linear", "logarithmic"]

_FINE = 3
"""Lines are drawn so many times larger and then reduced, which smooths them."""
_PANEL = (400, 300)
_MARGIN, _AXIS, _GAP = 16, 58, 20
_TITLE, _LABEL = 15, 12
_LEGEND_ROOM = 180


@dataclass(frozen=True, slots=True)
class Curve:
    """Values at 0, 1, 2, …"""

    label: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Panel:
    """Where a panel lies on the picture, and what its edges stand for."""

    left: float
    top: float
    steps: float
    low: float
    high: float
    scale: Scale

    def x(self, step: float) -> float:
        return self.left + _PANEL[0] * step / self.steps

    def y(self, value: float) -> float:
        low, value, high = (math.log(v) if self.scale == "logarithmic" else v for v in (self.low, value, self.high))
        return self.top + _PANEL[1] * (1 - (value - low) / (high - low))


def draw_plot(curves: Sequence[Curve], *, scales: Sequence[Scale], value: str, step: str = "step") -> Tensor:
    """The panels with a legend on their right, ``1 h w 3``; ``value`` and ``step`` name the axes.

    A logarithmic panel leaves out what is not above 0. There must be a curve with a value above 0.
    """
    legend = min(_LEGEND_ROOM, max(width(curve.label, _LABEL) for curve in curves)) + 44
    wide = _MARGIN + len(scales) * (_AXIS + _PANEL[0]) + (len(scales) - 1) * _GAP + legend + _MARGIN
    top = _MARGIN + 24
    high = max(top + _PANEL[1] + 48, top + 20 * len(curves) + _MARGIN)
    paper = Pillow.new("RGB", (wide, high), PAPER)
    fine = Pillow.new("RGB", (wide * _FINE, high * _FINE), PAPER)
    panels = [
        _panel(curves, _MARGIN + number * (_AXIS + _PANEL[0] + _GAP) + _AXIS, top, scale)
        for number, scale in enumerate(scales)
    ]
    for panel in panels:
        _lines(ImageDraw.Draw(fine), panel, curves)
    _samples(ImageDraw.Draw(fine), wide - legend - _MARGIN + 12, top, len(curves))
    paper.paste(fine.resize(paper.size, Pillow.Resampling.BOX))
    draw = ImageDraw.Draw(paper)
    for panel in panels:
        _letters(draw, panel, value, step)
    for number, curve in enumerate(curves):
        at = (wide - legend - _MARGIN + 44, top + 10 + 20 * number)
        write(draw, at, fitted(curve.label, _LABEL, _LEGEND_ROOM), _LABEL, anchor="lm")
    return as_images(paper)


def _panel(curves: Sequence[Curve], left: float, top: float, scale: Scale) -> _Panel:
    values = [value for curve in curves for value in curve.values]
    steps = max(1, max(len(curve.values) for curve in curves) - 1)
    above = [value for value in values if value > 0]
    if scale == "logarithmic":
        low, high = min(above) / 1.15, max(above) * 1.15
    else:
        low, high = min(0.0, *values), max(values) * 1.04
    return _Panel(left, top, steps, low, high, scale)


def _lines(draw: ImageDraw.ImageDraw, panel: _Panel, curves: Sequence[Curve]) -> None:
    """Grid, frame and curves, on the fine picture."""
    corners = (panel.left, panel.top, panel.left + _PANEL[0], panel.top + _PANEL[1])
    for step in _even_ticks(0, panel.steps, whole=True):
        _stroke(draw, [(panel.x(step), corners[1]), (panel.x(step), corners[3])], GRID, 1)
    for value in _ticks(panel):
        _stroke(draw, [(corners[0], panel.y(value)), (corners[2], panel.y(value))], GRID, 1)
    _stroke(draw, [corners[:2], (corners[0], corners[3]), corners[2:]], FAINT, 1)
    for number, curve in enumerate(curves):
        points = [
            (panel.x(step), panel.y(value))
            for step, value in enumerate(curve.values)
            if value > 0 or panel.scale == "linear"
        ]
        colour = LINES[number % len(LINES)]
        _stroke(draw, points, colour, 2)
        if len(points) <= 60:
            for point in points:
                _mark(draw, point, number, colour)


def _samples(draw: ImageDraw.ImageDraw, left: float, top: float, count: int) -> None:
    for number in range(count):
        y = top + 10 + 20 * number
        colour = LINES[number % len(LINES)]
        _stroke(draw, [(left, y), (left + 24, y)], colour, 2)
        _mark(draw, (left + 12, y), number, colour)


def _letters(draw: ImageDraw.ImageDraw, panel: _Panel, value: str, step: str) -> None:
    """Titles and the numbers along the axes."""
    write(draw, (panel.left, panel.top - 8), f"{value} ({panel.scale})", _TITLE, anchor="ls")
    for tick in _ticks(panel):
        write(draw, (panel.left - 7, panel.y(tick)), f"{tick:g}", _LABEL, anchor="rm", colour=FAINT)
    bottom = panel.top + _PANEL[1]
    for tick in _even_ticks(0, panel.steps, whole=True):
        write(draw, (panel.x(tick), bottom + 6), f"{tick:g}", _LABEL, anchor="ma", colour=FAINT)
    write(draw, (panel.left + _PANEL[0] / 2, bottom + 22), step, _LABEL, anchor="ma", colour=INK)


def _stroke(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, ...]], colour: Colour, thick: int) -> None:
    draw.line([(x * _FINE, y * _FINE) for x, y in points], fill=colour, width=thick * _FINE, joint="curve")


def _mark(draw: ImageDraw.ImageDraw, at: tuple[float, float], number: int, colour: Colour) -> None:
    """A disc, square, triangle or diamond: curves are told apart by more than colour."""
    x, y = at[0] * _FINE, at[1] * _FINE
    r = 3.2 * _FINE
    match number % 4:
        case 0:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
        case 1:
            draw.rectangle((x - 0.85 * r, y - 0.85 * r, x + 0.85 * r, y + 0.85 * r), fill=colour)
        case 2:
            draw.polygon([(x, y - 1.2 * r), (x + 1.1 * r, y + 0.9 * r), (x - 1.1 * r, y + 0.9 * r)], fill=colour)
        case _:
            draw.polygon([(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)], fill=colour)


def _ticks(panel: _Panel) -> list[float]:
    if panel.scale == "linear":
        return list(_even_ticks(panel.low, panel.high))
    few = math.log10(panel.high / panel.low) < 3
    powers = range(math.floor(math.log10(panel.low)), math.ceil(math.log10(panel.high)) + 1)
    ticks = [float(f"{factor}e{power}") for power in powers for factor in ((1, 3) if few else (1,))]
    return [tick for tick in ticks if panel.low <= tick <= panel.high]


def _even_ticks(low: float, high: float, *, whole: bool = False) -> Iterator[float]:
    """Round numbers from low to high, five or so."""
    power = 10.0 ** math.floor(math.log10((high - low) / 5))
    distance = next(factor * power for factor in (1, 2, 5, 10) if (high - low) / (factor * power) <= 6)
    distance = max(1.0, distance) if whole else distance
    number = math.ceil(low / distance)
    while number * distance <= high * (1 + 1e-9):
        yield round(number * distance, 9)
        number += 1
