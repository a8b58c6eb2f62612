"""The prompt language: weights in parentheses, and the packing of tokens into chunks an encoder can take.

``(text)`` weighs 1.1, nesting multiplies; ``(text:1.3)`` weighs 1.3 whatever surrounds it; ``\\(`` and ``\\)`` are
literal. Nothing else has a meaning. Knows no tokenizer and no network.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

EMPHASIS = 1.1

KEEP_WHOLE_BELOW = 8
"""Groups of fewer tokens are not cut at the end of a chunk: they move to the next."""


class WeightedText(NamedTuple):
    """A run of text under one weight."""

    text: str
    weight: float


class WeightedToken(NamedTuple):
    """A token id under a weight."""

    id: int
    weight: float


def parse_weights(prompt: str) -> list[WeightedText]:
    """Split a prompt into runs of one weight, in order; no run is empty.

    A parenthesis without its partner is plain text, as is all that follows one that is never closed.
    """
    partners = _partners(prompt)
    runs: list[WeightedText] = []
    groups: list[tuple[float, int]] = [(1.0, len(prompt))]  # those we are inside of: weight, and where the text ends
    plain = 0
    for at in sorted(partners):
        weight, text_end = groups[-1]
        closes = partners[at] < at
        runs.append(WeightedText(_unescape(prompt[plain : text_end if closes else at]), weight))
        if closes:
            groups.pop()
        else:
            groups.append(_group(prompt, at, partners[at], outer=weight))
        plain = at + 1
    runs.append(WeightedText(_unescape(prompt[plain:]), 1.0))
    return [run for run in runs if run.text]


def pack_chunks(
    groups: Iterable[Sequence[WeightedToken]], *, start: int, end: int, padding: int, length: int = 77
) -> list[list[WeightedToken]]:
    """Pack groups of tokens into chunks of ``length``: start, tokens, end, padding. There is at least one chunk.

    A group that does not fit any more is cut at the end of the chunk if it is long, else moved whole to the next.
    """
    capacity = length - 2
    chunks: list[list[WeightedToken]] = [[]]
    for group in groups:
        cuttable = len(group) >= KEEP_WHOLE_BELOW
        rest = group
        while len(rest) > (room := capacity - len(chunks[-1])):
            taken = room if cuttable else 0
            chunks[-1].extend(rest[:taken])
            rest = rest[taken:]
            chunks.append([])
        chunks[-1].extend(rest)
    return [_complete(chunk, start=start, end=end, padding=padding, length=length) for chunk in chunks]


def _complete(tokens: list[WeightedToken], *, start: int, end: int, padding: int, length: int) -> list[WeightedToken]:
    fill = [WeightedToken(padding, 1.0)] * (length - 2 - len(tokens))
    return [WeightedToken(start, 1.0), *tokens, WeightedToken(end, 1.0), *fill]


def _partners(prompt: str) -> dict[int, int]:
    """Index of each parenthesis that has a partner -> index of the partner."""
    partners: dict[int, int] = {}
    unclosed: list[int] = []
    for match in re.finditer(r"\\[()]|[()]", prompt):
        if match[0] == "(":
            unclosed.append(match.start())
        elif match[0] == ")" and unclosed:
            opened = unclosed.pop()
            partners[opened], partners[match.start()] = match.start(), opened
    plain_from = unclosed[0] if unclosed else len(prompt)
    return {at: partner for at, partner in partners.items() if at < plain_from}


def _group(prompt: str, opened: int, closed: int, *, outer: float) -> tuple[float, int]:
    """The weight of what a pair of parentheses encloses, and the index where its text ends."""
    colon = prompt.rfind(":", opened, closed)
    try:
        weight = float(prompt[colon + 1 : closed]) if colon >= 0 else math.nan
    except ValueError:
        weight = math.nan
    return (weight, colon) if math.isfinite(weight) else (outer * EMPHASIS, closed)


def _unescape(text: str) -> str:
    return text.replace("\\(", "(").replace("\\)", ")")
