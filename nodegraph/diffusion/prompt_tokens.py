"""A prompt as an encoder of CLIP takes it: tokens under weights, in chunks. Knows no network.

What the editor counts beside a prompt comes from here too, so it is what a run will encode.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from nodegraph.diffusion.prompt import WeightedToken, pack_chunks, parse_weights
from nodegraph.diffusion.tokenizer import END, START, Tokenizer


class TokenCount(NamedTuple):
    """How long a prompt is: its own tokens, and how many chunks they take with their start, end and padding."""

    tokens: int
    chunks: int


class Word(NamedTuple):
    """A word of a prompt, and at which positions of the conditioning its tokens are."""

    text: str
    positions: tuple[int, ...]


def words_of(prompt: str, tokenizer: Tokenizer, *, length: int = 77) -> list[Word]:
    """Each word with a letter or a number in it, in order, as often as it is there."""
    runs = [tokenizer.words(run.text) for run in parse_weights(prompt)]
    # Numbers from 0 are packed in place of the tokens, to see where they come to lie; -1 is what is not the prompt's.
    number = iter(range(sum(count for run in runs for _, count in run)))
    groups = [[WeightedToken(next(number), 1.0) for _ in range(sum(count for _, count in run))] for run in runs]
    chunks = pack_chunks(groups, start=-1, end=-1, padding=-1, length=length)
    places = (place for place, token in enumerate(chain(*chunks)) if token.id >= 0)
    words = [Word(text, tuple(next(places) for _ in range(count))) for run in runs for text, count in run]
    return [word for word in words if any(map(str.isalnum, word.text))]


def chunks_of(prompt: str, tokenizer: Tokenizer, *, length: int = 77) -> list[list[WeightedToken]]:
    """What is encoded, each chunk of ``length`` tokens."""
    return _packed(_groups(prompt, tokenizer), length)


def count_tokens(prompt: str, tokenizer: Tokenizer, *, length: int = 77) -> TokenCount:
    """How much of ``chunks_of`` is the prompt's own."""
    groups = list(_groups(prompt, tokenizer))
    return TokenCount(sum(map(len, groups)), len(_packed(groups, length)))


def _groups(prompt: str, tokenizer: Tokenizer) -> Iterator[Sequence[WeightedToken]]:
    """The tokens of each run of one weight."""
    for run in parse_weights(prompt):
        yield [WeightedToken(token, run.weight) for token in tokenizer(run.text)]


def _packed(groups: Iterable[Sequence[WeightedToken]], length: int) -> list[list[WeightedToken]]:
    return pack_chunks(groups, start=START, end=END, padding=END, length=length)
