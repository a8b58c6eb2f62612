"""What the starter model is taught to paint: scenes of one or two coloured objects before a background.

A scene is plain data, drawn by :mod:`nodegraph.training.painter` and described by :mod:`nodegraph.training.captions`.
Some pairs of colour and object (:data:`HELD_OUT`) are never sampled for training, so that whether the model can put
together what it has only seen apart can be measured.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

OBJECTS = (
    "ball",
    "box",
    "star",
    "heart",
    "ring",
    "moon",
    "house",
    "tree",
    "flower",
    "fish",
    "boat",
    "car",
    "mushroom",
    "cup",
    "umbrella",
    "balloon",
    "diamond",
    "arrow",
)

COLORS: dict[str, tuple[int, int, int]] = {
    "red": (214, 40, 40),
    "orange": (245, 130, 32),
    "yellow": (250, 215, 50),
    "green": (50, 160, 70),
    "blue": (40, 90, 210),
    "purple": (125, 55, 170),
    "pink": (250, 140, 190),
    "brown": (125, 75, 40),
    "black": (28, 28, 32),
    "white": (245, 245, 245),
    "gray": (130, 132, 138),
    "turquoise": (50, 200, 200),
}
"""Name -> red, green, blue of 0 … 255."""

BACKGROUNDS: dict[str, str] = {
    "meadow": "in a meadow",
    "desert": "in the desert",
    "sea": "on the sea",
    "snow": "in the snow",
    "night": "at night",
    "sunset": "at sunset",
    "forest": "in a forest",
    "mountains": "in the mountains",
    "beach": "on the beach",
    "city": "in the city",
    "room": "in a room",
    "table": "on a wooden table",
    "road": "on a road",
    "sky": "in the sky",
    "space": "in space",
    "stripes": "on stripes",
    "checkerboard": "on a checkerboard",
    "dots": "on dots",
    "rainbow": "before a rainbow",
    "fire": "in the fire",
}
"""Name -> how it is said."""

PLACES: dict[str, tuple[float, float]] = {
    "in the middle": (0.5, 0.5),
    "on the left": (0.25, 0.5),
    "on the right": (0.75, 0.5),
    "at the top": (0.5, 0.27),
    "at the bottom": (0.5, 0.73),
    "in the top left corner": (0.25, 0.27),
    "in the top right corner": (0.75, 0.27),
    "in the bottom left corner": (0.25, 0.73),
    "in the bottom right corner": (0.75, 0.73),
}
"""How it is said -> x from the left and y from the top, as shares of the side."""

SIZES: dict[str, tuple[float, float]] = {"small": (0.24, 0.30), "": (0.36, 0.44), "big": (0.52, 0.62)}
"""Word -> the least and the greatest side of the square around an object, as shares of the picture's side."""

Relation = Literal["left of", "right of", "above", "below"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)

HELD_OUT: frozenset[tuple[str, str]] = frozenset(
    (color, OBJECTS[(7 * index + 5 * turn) % len(OBJECTS)])
    for turn in range(2)
    for index, color in enumerate(COLORS)
    if index < 10
)
"""Twenty pairs of colour and object that no picture of the training shows."""


@dataclass(frozen=True)
class Thing:
    """One object. ``x`` and ``y`` are its centre, ``side`` its height, all as shares of the picture's side."""

    object: str
    color: str
    x: float
    y: float
    side: float
    size: str = ""
    place: str = ""


@dataclass(frozen=True)
class Scene:
    """One picture. ``relation``: where the first of two things is, seen from the second. ``seed`` settles the rest."""

    background: str
    things: tuple[Thing, ...]
    seed: int
    relation: Relation | None = None


def sample_scene(rng: np.random.Generator, *, two: float = 0.35, held_out: bool = False) -> Scene:
    """A scene by chance, with a second object with probability ``two``.

    ``held_out``: every object is of a pair in :data:`HELD_OUT`; otherwise none is.
    """
    background = str(rng.choice(list(BACKGROUNDS)))
    seed = int(rng.integers(1 << 31))
    if rng.random() >= two:
        place = str(rng.choice(list(PLACES)))
        size = str(rng.choice(list(SIZES), p=(0.25, 0.5, 0.25)))
        return Scene(background, (_thing(rng, background, held_out, PLACES[place], size, place),), seed)
    relation = RELATIONS[int(rng.integers(len(RELATIONS)))]
    near, far = (0.27, 0.73) if relation in ("left of", "above") else (0.73, 0.27)
    across = float(rng.uniform(0.42, 0.58))
    beside = relation in ("left of", "right of")
    first = _thing(rng, background, held_out, (near, across) if beside else (across, near), "")
    while True:
        second = _thing(rng, background, held_out, (far, across) if beside else (across, far), "")
        if (second.object, second.color) != (first.object, first.color):
            return Scene(background, (first, second), seed, relation)


def _thing(
    rng: np.random.Generator, background: str, held_out: bool, at: tuple[float, float], size: str, place: str = ""
) -> Thing:
    object, color = sample_pair(rng, held_out=held_out)
    low, high = SIZES[size]
    x, y = (float(np.clip(centre + rng.normal(0, 0.025), 0.05, 0.95)) for centre in at)
    return Thing(object, color, x, y, float(rng.uniform(low, high)), size, place)


def sample_pair(rng: np.random.Generator, *, held_out: bool) -> tuple[str, str]:
    """An object and its colour."""
    while True:
        object, color = str(rng.choice(OBJECTS)), str(rng.choice(list(COLORS)))
        if ((color, object) in HELD_OUT) is held_out:
            return object, color
