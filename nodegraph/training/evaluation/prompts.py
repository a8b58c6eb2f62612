"""The scenes an evaluation asks for: always the same ones. Knows no pictures."""

from collections.abc import Sequence

import numpy as np

from nodegraph.training.captions import full_caption
from nodegraph.training.dataset import SIDE
from nodegraph.training.painter import paint
from nodegraph.training.scenes import Scene, sample_scene

_HELD_OUT, _SEEN, _PAIRS, _STRANGERS = range(1001, 1005)
"""Seeds that no dataset of the training has."""


def held_out_scenes(count: int) -> list[Scene]:
    """One object each, of a pair of colour and object that was held out of training."""
    return _scenes(_HELD_OUT, count, two=0.0, held_out=True)


def seen_scenes(count: int) -> list[Scene]:
    """One object each, of a pair that training shows; the scenes themselves are new."""
    return _scenes(_SEEN, count, two=0.0, held_out=False)


def pair_scenes(count: int) -> list[Scene]:
    """Two objects each."""
    return _scenes(_PAIRS, count, two=1.0, held_out=False)


def strangers(scenes: Sequence[Scene]) -> list[Scene]:
    """For each scene of one object another of which nothing is the same: object, colour, place, background."""
    rng = np.random.default_rng(_STRANGERS)
    others = []
    for scene in scenes:
        while True:
            other = sample_scene(rng, two=0.0)
            if not set(_words(scene)) & set(_words(other)):
                break
        others.append(other)
    return others


def captions(scenes: Sequence[Scene]) -> list[str]:
    """What is asked for: each scene's full caption."""
    return [full_caption(scene) for scene in scenes]


def renderings(scenes: Sequence[Scene]) -> np.ndarray:
    """The painted pictures, uint8 ``n h w 3``."""
    return np.stack([paint(scene, SIDE) for scene in scenes])


def _words(scene: Scene) -> tuple[str, ...]:
    (thing,) = scene.things
    return thing.object, thing.color, thing.place, scene.background


def _scenes(seed: int, count: int, *, two: float, held_out: bool) -> list[Scene]:
    rng = np.random.default_rng(seed)
    return [sample_scene(rng, two=two, held_out=held_out) for _ in range(count)]
