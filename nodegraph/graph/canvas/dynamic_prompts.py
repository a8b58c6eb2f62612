"""Dynamic prompts: texts with choices ``{a|b|{c|d}}`` and comments, which an editor settles before it queues them.

Which alternative is taken is the caller's to say: nothing random happens here.
"""

import re
from collections.abc import Callable, Sequence

Choose = Callable[[Sequence[str]], str]
"""Takes one of several alternatives."""

DEEPEST = 50
"""Choices in one another that are settled; braces further inside stand for themselves."""

_COMMENT_START = re.compile(r"/\*|(?<!:)//")
"""Not the slashes of ``https://``."""


def settle(text: str, choose: Choose) -> str:
    r"""``text`` without comments, each choice replaced by one of its alternatives.

    Inner choices are settled before outer ones. ``\{``, ``\}`` and ``\|`` stand for themselves; a brace without its
    partner does, too.
    """
    open_choices: list[list[list[str]]] = []
    settled: list[list[str]] = [[]]  # alternatives, in pieces, of the innermost open choice; of the whole text, one
    too_deep = 0
    characters = iter(_without_comments(text))
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            settled[-1].append(following if following and following in "{}|" else character + following)
        elif character == "{" and len(open_choices) == DEEPEST:
            too_deep += 1
            settled[-1].append(character)
        elif character == "}" and too_deep:
            too_deep -= 1
            settled[-1].append(character)
        elif character == "{":
            open_choices.append(settled)
            settled = [[]]
        elif character == "|" and open_choices and not too_deep:
            settled.append([])
        elif character == "}" and open_choices:
            chosen = choose(["".join(alternative) for alternative in settled])
            settled = open_choices.pop()
            settled[-1].append(chosen)
        else:
            settled[-1].append(character)
    while open_choices:
        unclosed = "{" + "|".join("".join(alternative) for alternative in settled)
        settled = open_choices.pop()
        settled[-1].append(unclosed)
    return "".join(settled[0])


def _without_comments(text: str) -> str:
    """``text`` without what is between ``/*`` and ``*/``, and from ``//`` to the end of the line."""
    kept: list[str] = []
    position = 0
    blocks_end = text.rfind("*/")  # a block that is opened after it is never closed, and no comment
    for start in _COMMENT_START.finditer(text):
        if start.start() < position:
            continue
        if start[0] == "//":
            end = text.find("\n", start.end())
            end = len(text) if end < 0 else end
        elif start.end() <= blocks_end:
            end = text.index("*/", start.end()) + 2
        else:
            continue
        kept.append(text[position : start.start()])
        position = end
    kept.append(text[position:])
    return "".join(kept)
