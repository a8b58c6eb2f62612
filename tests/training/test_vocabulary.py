"""Captions as compact numbers: the same tokens as CLIP's tokenizer gives, and nothing for words never taught."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.tokenizer import END, START, Tokenizer
from nodegraph.training.captions import caption, full_caption
from nodegraph.training.scenes import sample_scene
from nodegraph.training.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.of_captions()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@given(seed=st.integers(0, 2**32 - 1))
def test_every_caption_is_known_word_for_word(vocabulary: Vocabulary, tokenizer: Tokenizer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    for text in (caption(scene, rng), full_caption(scene)):
        (row,) = vocabulary.encode([text], length=32)
        tokens = [START, *tokenizer(text)]
        assert vocabulary.rows[row].tolist() == tokens + [END] * (32 - len(tokens))


def test_words_never_taught_share_one_row(vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    (row,) = vocabulary.encode(["a zebra quantum"], length=8)
    assert row.tolist().count(vocabulary.unknown) == len(tokenizer("zebra quantum"))
    assert vocabulary.unknown == len(vocabulary.rows) < 300


def test_strangers_leave_the_other_words_in_their_order(vocabulary: Vocabulary) -> None:
    rng = np.random.default_rng(0)
    plain = vocabulary.encode(["a red ball in a meadow"], length=32)[0].tolist()
    counts = set()
    for _ in range(30):
        (row,) = vocabulary.encode(["a red ball in a meadow"], length=32, rng=rng, strangers=1.0)
        known = [number for number in row.tolist() if number != vocabulary.unknown]
        counts.add(32 - len(known))
        assert known == plain[: len(known)]
    assert counts == {1, 2}


def test_a_caption_that_is_too_long_is_cut_and_still_ends(vocabulary: Vocabulary) -> None:
    (row,) = vocabulary.encode(["red " * 40], length=16)
    assert row[0] == vocabulary.number(START)
    assert row[-1] == vocabulary.number(END)
