"""A prompt as an encoder of CLIP takes it: tokens under weights, in chunks. Knows no network.

What the editor counts beside a prompt comes from here too, so it is what a run will encode.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nodegraph.diffusion.prompt import WeightedToken, pack_chunks, parse_weights
from nodegraph.diffusion.tokenizer import END, START, Tokenizer


class TokenCount(NamedTuple):
    """How long a prompt is: its own tokens, and how many chunks they take with their start, end and padding."""

    tokens: int
    chunks: int


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
