"""What travels when tokens are counted. Types only."""

from typing import Annotated

import msgspec

_Prompt = Annotated[str, msgspec.Meta(max_length=100_000)]


class TokensRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prompts as they stand in a workflow, with their weights."""

    texts: Annotated[list[_Prompt], msgspec.Meta(max_length=64)]


class TokensOfText(msgspec.Struct, frozen=True):
    """The tokens of one prompt, without those that begin and end a chunk, and the chunks of 77 that they take."""

    tokens: int
    chunks: int


class TokensAnswer(msgspec.Struct, frozen=True):
    """What was counted, in the order of the texts."""

    counts: list[TokensOfText]
