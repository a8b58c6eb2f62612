"""The prompt language: weights in parentheses, and the packing of tokens into chunks an encoder can take.

``(text)`` weighs 1.1, nesting multiplies; ``(text:1.3)`` weighs 1.3 whatever surrounds it; ``\\(`` and ``\\)`` are
literal. Nothing else has a meaning. Knows no tokenizer and no network.
"""

import math
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
    runs = _parse(prompt, 1.0)
    return [WeightedText(_unescape(run.text), run.weight) for run in runs]


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


def _parse(text: str, weight: float) -> list[WeightedText]:
    runs: list[WeightedText] = []
    plain = at = 0
    while (opened := _find(text, "(", at)) >= 0 and (closed := _closing(text, opened)) >= 0:
        runs.append(WeightedText(text[plain:opened], weight))
        inner, inner_weight = _group(text[opened + 1 : closed], weight)
        runs.extend(_parse(inner, inner_weight))
        plain = at = closed + 1
    runs.append(WeightedText(text[plain:], weight))
    return [run for run in runs if run.text]


def _group(inner: str, outer: float) -> tuple[str, float]:
    """What a pair of parentheses encloses: its text and its weight."""
    text, colon, number = inner.rpartition(":")
    try:
        weight = float(number) if colon else math.nan
    except ValueError:
        weight = math.nan
    return (text, weight) if math.isfinite(weight) else (inner, outer * EMPHASIS)


def _find(text: str, wanted: str, at: int) -> int:
    """Index of the first character of ``wanted`` that no backslash precedes, or −1."""
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in ("(", ")"):
            at += 2
            continue
        if text[at] in wanted:
            return at
        at += 1
    return -1


def _closing(text: str, opened: int) -> int:
    """Index of the parenthesis that closes the one at ``opened``, or −1."""
    depth, at = 1, opened
    while depth and (at := _find(text, "()", at + 1)) >= 0:
        depth += 1 if text[at] == "(" else -1
    return at


def _unescape(text: str) -> str:
    return text.replace("\\(", "(").replace("\\)", ")")
