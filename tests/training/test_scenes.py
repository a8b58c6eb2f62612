"""Scenes, their pictures and their captions agree, and what is held out of training stays out."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.tokenizer import Tokenizer
from nodegraph.training.backgrounds import PAINTERS
from nodegraph.training.captions import caption, full_caption
from nodegraph.training.painter import paint
from nodegraph.training.scenes import (
    BACKGROUNDS,
    COLORS,
    HELD_OUT,
    OBJECTS,
    PLACES,
    RELATIONS,
    SIZES,
    Scene,
    Thing,
    sample_scene,
)

SEEDS = st.integers(0, 2**32 - 1)
LONGEST_CAPTION = 30
"""Tokens: training cuts captions to 32, two of which begin and end them."""

SYNONYMS = {"sphere": "ball", "cube": "box", "sailboat": "boat", "crescent": "moon", "mug": "cup", "gem": "diamond"}


def things_of(seed: int, *, held_out: bool = False) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    return [(thing.color, thing.object) for _ in range(20) for thing in sample_scene(rng, held_out=held_out).things]


@given(SEEDS)
def test_training_never_shows_what_is_held_out(seed: int) -> None:
    assert HELD_OUT.isdisjoint(things_of(seed))
    assert HELD_OUT.issuperset(things_of(seed, held_out=True))


def test_every_word_is_learnt_in_other_company() -> None:
    assert len(HELD_OUT) == 20
    for color in COLORS:
        assert sum(pair[0] == color for pair in HELD_OUT) < len(OBJECTS) // 2
    for name in OBJECTS:
        assert sum(pair[1] == name for pair in HELD_OUT) < len(COLORS) // 2


@given(SEEDS)
def test_a_scene_has_one_picture(seed: int) -> None:
    scene = sample_scene(np.random.default_rng(seed))
    picture = paint(scene)
    assert picture.shape == (128, 128, 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, paint(scene))


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_is_where_and_what_color_it_should_be(name: str) -> None:
    for color, rgb in COLORS.items():
        thing = Thing(name, color, 0.3, 0.7, 0.4)
        with_it, without = (paint(Scene("stripes", things, seed=1)).astype(int) for things in ((thing,), ()))
        rows, columns = np.nonzero((with_it != without).any(axis=-1))
        assert abs(columns.mean() / 128 - 0.3) < 0.06
        assert abs(rows.mean() / 128 - 0.7) < 0.06
        assert max(np.ptp(rows), np.ptp(columns)) < 0.46 * 128
        changed = with_it[rows, columns]
        share = (np.abs(changed - np.array(rgb)).max(axis=-1) <= 2).mean()
        assert share > 0.2, f"only {share:.0%} of the {name} is {color}"


def test_objects_and_backgrounds_look_different() -> None:
    shapes = [paint(Scene("night", (Thing(name, "red", 0.5, 0.5, 0.6),), seed=1)).astype(int) for name in OBJECTS]
    places = [paint(Scene(name, (), seed=1)).astype(int) for name in BACKGROUNDS]
    for pictures in (shapes, places):
        for index, one in enumerate(pictures):
            assert all(np.abs(one - other).mean() > 2 for other in pictures[:index])
    assert PAINTERS.keys() == BACKGROUNDS.keys()


@given(SEEDS)
def test_captions_say_nothing_untrue(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(20):
        scene = sample_scene(rng)
        text = caption(scene, rng)
        words = {SYNONYMS.get(word, word) for word in re.findall(r"[a-z]+", text)}
        colors = {thing.color for thing in scene.things} | (
            {"green", "blue"} if "meadow" in text or "sea" in text else set()
        )
        assert words & COLORS.keys() <= colors, text
        assert words & set(OBJECTS) <= {thing.object for thing in scene.things}, text
        assert all(place == scene.things[0].place for place in PLACES if place in text), text
        if any(relation in text for relation in RELATIONS):
            first, second = scene.things
            assert _relation_holds(text, first, second), text
        sizes = {"small", "little", "tiny"} & words, {"big", "large", "huge"} & words
        for size, said in zip(("small", "big"), sizes, strict=True):
            assert not said or any(thing.size == size for thing in scene.things), text


def _relation_holds(text: str, first: Thing, second: Thing) -> bool:
    """Whether the thing that is named before the relation lies that way of the one behind it."""
    before, relation, _ = re.split(rf"({'|'.join(RELATIONS)})", text, maxsplit=1)
    named = re.findall(r"[a-z]+", before)
    said_first = [SYNONYMS.get(word, word) for word in named]
    if first.object == second.object:
        subject, other = (first, second) if first.color in named else (second, first)
    else:
        subject, other = (first, second) if first.object in said_first else (second, first)
    if first.object == second.object and not {first.color, second.color} & set(named):
        return True  # "a ball above a ball"
    return {
        "left of": subject.x < other.x,
        "right of": subject.x > other.x,
        "above": subject.y < other.y,
        "below": subject.y > other.y,
    }[relation]


@given(SEEDS)
def test_captions_fit_and_full_ones_leave_nothing_out(seed: int) -> None:
    rng, tokens = np.random.default_rng(seed), Tokenizer()
    scene = sample_scene(rng)
    assert len(tokens(caption(scene, rng))) <= LONGEST_CAPTION
    text = full_caption(scene)
    assert len(tokens(text)) <= LONGEST_CAPTION
    assert BACKGROUNDS[scene.background] in text
    for thing in scene.things:
        assert f"{thing.color} {thing.object}" in text
        assert thing.place in text
        assert thing.size in SIZES
