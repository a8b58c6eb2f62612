"""The places of scenes: twenty backgrounds, each a little different every time. Knows no objects.

Coordinates and lengths are shares of the picture's side, from the top left corner.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from nodegraph.training.brush import Brush, Color, Point, mix

Rng = np.random.Generator
Painter = Callable[[Rng, int], Image.Image]
"""From random numbers and the side in pixels to an RGB picture."""

_WHITE: Color = (245, 248, 252)


def _shaded(rng: Rng, color: Color, amount: int = 10) -> Color:
    """A little darker or lighter."""
    shift = int(rng.integers(-amount, amount + 1))
    red, green, blue = (max(0, min(255, channel + shift)) for channel in color)
    return red, green, blue


def _gradient(side: int, stops: Sequence[Color]) -> Image.Image:
    """Colours from top to bottom."""
    rows = np.linspace(0, len(stops) - 1, side)
    columns = [np.interp(rows, np.arange(len(stops)), channel) for channel in np.array(stops).T]
    strip = np.stack(columns, axis=-1).round().astype(np.uint8)
    return Image.fromarray(np.repeat(strip[:, None], side, axis=1))


def _brush(picture: Image.Image) -> Brush:
    return Brush(picture, (0, 0), picture.width)


def _lay(picture: Image.Image, line: float, stops: Sequence[Color]) -> None:
    """Cover everything below a line with the upper part of a gradient."""
    side, top = picture.width, round(line * picture.width)
    picture.paste(_gradient(side, stops).crop((0, 0, side, side - top)), (0, top))


def _landscape(
    rng: Rng, side: int, sky: tuple[Color, Color], ground: tuple[Color, Color], *, horizon: float = 0.6
) -> Image.Image:
    """Sky over ground; the horizon is somewhere near ``horizon``."""
    picture = _gradient(side, [_shaded(rng, color) for color in sky])
    _lay(picture, horizon + float(rng.uniform(-0.05, 0.05)), [_shaded(rng, color) for color in ground])
    return picture


def _along(rng: Rng, start: tuple[float, float], step: tuple[float, float]) -> list[float]:
    """Places from left to right at uneven distances."""
    places = [float(rng.uniform(*start))]
    while places[-1] < 1:
        places.append(places[-1] + float(rng.uniform(*step)))
    return places


def _stars(rng: Rng, picture: Image.Image, count: int, *, above: float = 1.0) -> None:
    brush = _brush(picture)
    for _ in range(count):
        radius = float(rng.uniform(0.008, 0.011))
        brush.ellipse(float(rng.uniform(0, 1)), float(rng.uniform(0, above)), radius, radius, (255, 250, 215))


def _meadow(rng: Rng, side: int) -> Image.Image:
    return _landscape(rng, side, ((120, 190, 240), (205, 230, 245)), ((120, 190, 80), (80, 150, 55)))


def _desert(rng: Rng, side: int) -> Image.Image:
    sky, sand = ((150, 205, 240), (235, 235, 215)), ((235, 200, 130), (205, 160, 90))
    picture = _landscape(rng, side, sky, sand, horizon=0.55)
    brush = _brush(picture)
    for x in _along(rng, (0.0, 0.2), (0.3, 0.4)):
        brush.ellipse(x, 0.62, 0.25, float(rng.uniform(0.08, 0.13)), _shaded(rng, (225, 185, 115), 12))
    return picture


def _sea(rng: Rng, side: int) -> Image.Image:
    sky, water = ((150, 200, 240), (215, 235, 245)), ((50, 120, 180), (20, 70, 130))
    picture = _landscape(rng, side, sky, water, horizon=0.45)
    brush = _brush(picture)
    for y in (0.66, 0.8, 0.94):
        for x in _along(rng, (-0.1, 0.2), (0.4, 0.4)):
            brush.arc(x, y, 0.1, 0.04, start=200, end=340, width=0.015, fill=(120, 180, 220))
    return picture


def _snow(rng: Rng, side: int) -> Image.Image:
    picture = _landscape(rng, side, ((165, 190, 215), (215, 225, 235)), ((245, 248, 252), (220, 228, 240)))
    brush = _brush(picture)
    for x, y in rng.uniform(0, 0.9, size=(14, 2)):
        brush.ellipse(float(x), float(y), 0.015, 0.015, (255, 255, 255))
    return picture


def _night(rng: Rng, side: int) -> Image.Image:
    picture = _landscape(rng, side, ((12, 18, 58), (40, 55, 115)), ((18, 40, 38), (10, 24, 24)), horizon=0.75)
    _stars(rng, picture, 12, above=0.7)
    return picture


def _sunset(rng: Rng, side: int) -> Image.Image:
    picture = _gradient(side, [_shaded(rng, (95, 50, 120)), (235, 110, 80), (255, 200, 110)])
    brush = _brush(picture)
    brush.ellipse(float(rng.uniform(0.25, 0.75)), 0.8, 0.13, 0.13, (255, 240, 170))
    brush.rectangle(0, 0.84, 1, 1, (75, 40, 70))
    return picture


def _forest(rng: Rng, side: int) -> Image.Image:
    picture = _landscape(rng, side, ((60, 110, 70), (120, 160, 110)), ((70, 95, 45), (45, 65, 30)), horizon=0.72)
    brush = _brush(picture)
    for x in _along(rng, (-0.05, 0.08), (0.2, 0.28)):
        brush.rectangle(x, 0, x + float(rng.uniform(0.06, 0.09)), 0.76, _shaded(rng, (75, 55, 40)))
    return picture


def _mountains(rng: Rng, side: int) -> Image.Image:
    sky, valley = ((130, 180, 225), (210, 225, 240)), ((115, 150, 95), (85, 120, 70))
    picture = _landscape(rng, side, sky, valley, horizon=0.7)
    brush = _brush(picture)
    for x in _along(rng, (0.0, 0.2), (0.3, 0.4)):
        half, top = float(rng.uniform(0.2, 0.3)), float(rng.uniform(0.27, 0.43))
        snow = top + 0.3 * (0.72 - top)
        brush.polygon([(x - half, 0.72), (x, top), (x + half, 0.72)], _shaded(rng, (105, 110, 130), 12))
        brush.polygon([(x - 0.3 * half, snow), (x, top), (x + 0.3 * half, snow)], _WHITE)
    return picture


def _beach(rng: Rng, side: int) -> Image.Image:
    sky, water = ((120, 195, 240), (190, 225, 245)), ((60, 160, 200), (90, 190, 210))
    picture = _landscape(rng, side, sky, water, horizon=0.38)
    _lay(picture, float(rng.uniform(0.56, 0.64)), [(245, 225, 170), (230, 200, 140)])
    return picture


def _city(rng: Rng, side: int) -> Image.Image:
    sky, street = ((165, 185, 210), (215, 220, 225)), ((105, 105, 110), (85, 85, 90))
    picture = _landscape(rng, side, sky, street, horizon=0.75)
    brush = _brush(picture)
    for x in _along(rng, (-0.1, 0.0), (0.17, 0.23)):
        width, top = float(rng.uniform(0.14, 0.17)), float(rng.uniform(0.25, 0.45))
        brush.rectangle(x, top, x + width, 0.77, _shaded(rng, (110, 120, 140), 22))
        for y in (top + 0.06, top + 0.16, top + 0.26):
            brush.rectangle(x + 0.3 * width, y, x + 0.7 * width, y + 0.04, (235, 220, 150))
    return picture


def _room(rng: Rng, side: int) -> Image.Image:
    wall = _shaded(rng, (225, 210, 190), 14)
    floor = ((150, 105, 75), (120, 80, 55))
    picture = _landscape(rng, side, (wall, mix(wall, (0, 0, 0), 0.08)), floor, horizon=0.72)
    brush, x = _brush(picture), float(rng.uniform(0.08, 0.6))
    brush.rectangle(x, 0.1, x + 0.3, 0.42, (250, 250, 250))
    brush.rectangle(x + 0.025, 0.125, x + 0.275, 0.395, (150, 205, 240))
    return picture


def _table(rng: Rng, side: int) -> Image.Image:
    picture = _gradient(side, [_shaded(rng, (185, 130, 80)), _shaded(rng, (150, 100, 58))])
    brush = _brush(picture)
    for y in (0.2, 0.4, 0.6, 0.8):
        brush.line([(0, y), (1, y)], 0.015, (110, 70, 38))
    return picture


def _road(rng: Rng, side: int) -> Image.Image:
    sky, grass = ((140, 195, 240), (210, 230, 245)), ((110, 170, 80), (85, 145, 60))
    picture = _landscape(rng, side, sky, grass, horizon=0.42)
    brush = _brush(picture)

    def strip(top: float, bottom: float, width: float, color: Color) -> None:
        """A piece of road, or of the line on it: wider the nearer it is."""
        corners: list[Point] = []
        for y, sign in ((top, -1), (top, 1), (bottom, 1), (bottom, -1)):
            corners.append((0.5 + sign * width * (y - 0.36), y))
        brush.polygon(corners, color)

    strip(0.45, 1.0, 0.86, (95, 95, 100))
    for top, bottom in ((0.52, 0.6), (0.67, 0.79), (0.87, 1.0)):
        strip(top, bottom, 0.07, (245, 240, 220))
    return picture


def _sky(rng: Rng, side: int) -> Image.Image:
    picture = _gradient(side, [_shaded(rng, (85, 160, 230)), _shaded(rng, (175, 215, 245))])
    brush = _brush(picture)
    for x, y in rng.uniform((0, 0.05), (1, 0.95), size=(4, 2)):
        for beside, radius in ((-0.1, 0.06), (0.0, 0.09), (0.1, 0.065)):
            brush.ellipse(float(x) + beside, float(y), 1.3 * radius, radius, _WHITE)
    return picture


def _space(rng: Rng, side: int) -> Image.Image:
    picture = _gradient(side, [(14, 8, 30), _shaded(rng, (50, 22, 80)), (12, 8, 30)])
    _stars(rng, picture, 16)
    return picture


def _stripes(rng: Rng, side: int) -> Image.Image:
    picture = Image.new("RGB", (side, side), _shaded(rng, (235, 215, 175)))
    brush, color = _brush(picture), _shaded(rng, (150, 185, 195))
    for x in _along(rng, (-0.25, 0.0), (0.25, 0.25)):
        brush.rectangle(x, 0, x + 0.125, 1, color)
    return picture


def _checkerboard(rng: Rng, side: int) -> Image.Image:
    picture = Image.new("RGB", (side, side), _shaded(rng, (240, 235, 225)))
    brush, color, turn = _brush(picture), _shaded(rng, (95, 100, 110)), int(rng.integers(2))
    for row in range(4):
        for column in range(4):
            if (row + column + turn) % 2:
                brush.rectangle(column / 4, row / 4, (column + 1) / 4, (row + 1) / 4, color)
    return picture


def _dots(rng: Rng, side: int) -> Image.Image:
    picture = Image.new("RGB", (side, side), _shaded(rng, (250, 235, 235)))
    brush, color, shift = _brush(picture), _shaded(rng, (175, 155, 205)), float(rng.uniform(0, 0.2))
    for row in range(-1, 6):
        for column in range(-1, 6):
            brush.ellipse(0.2 * column + 0.1 * (row % 2) + shift, 0.2 * row + shift, 0.055, 0.055, color)
    return picture


def _rainbow(rng: Rng, side: int) -> Image.Image:
    sky, grass = ((170, 205, 235), (215, 230, 240)), ((120, 180, 90), (90, 150, 65))
    picture = _landscape(rng, side, sky, grass, horizon=0.82)
    brush, x = _brush(picture), float(rng.uniform(0.42, 0.58))
    bands = ((225, 60, 55), (245, 150, 50), (250, 225, 80), (90, 180, 90), (70, 120, 215), (140, 80, 180))
    for index, color in enumerate(bands):
        radius = 0.62 - 0.05 * index
        brush.arc(x, 0.85, radius, radius, start=180, end=360, width=0.052, fill=color)
    return picture


def _fire(rng: Rng, side: int) -> Image.Image:
    picture = _gradient(side, [(60, 12, 10), _shaded(rng, (150, 35, 15)), (225, 90, 25)])
    brush = _brush(picture)
    for x in _along(rng, (-0.05, 0.05), (0.15, 0.21)):
        height = float(rng.uniform(0.4, 0.6))
        for share, color in ((1.0, (240, 125, 30)), (0.55, (255, 205, 70))):
            half, tip = 0.1 * share, 1 - height * share
            shoulder = tip + 0.25 * share
            left, right = [(x - half, 1.0), (x - 0.8 * half, shoulder)], [(x + 0.8 * half, shoulder), (x + half, 1.0)]
            brush.polygon([*left, (x, tip), *right], color)
    return picture


PAINTERS: dict[str, Painter] = {
    "meadow": _meadow,
    "desert": _desert,
    "sea": _sea,
    "snow": _snow,
    "night": _night,
    "sunset": _sunset,
    "forest": _forest,
    "mountains": _mountains,
    "beach": _beach,
    "city": _city,
    "room": _room,
    "table": _table,
    "road": _road,
    "sky": _sky,
    "space": _space,
    "stripes": _stripes,
    "checkerboard": _checkerboard,
    "dots": _dots,
    "rainbow": _rainbow,
    "fire": _fire,
}
"""By the names of :data:`nodegraph.training.scenes.BACKGROUNDS`."""
