"""Dynamic prompts: texts with choices ``{a|b|{c|d}}`` and comments, which an editor settles before it queues them.

Which alternative is taken is the caller's to say: nothing random happens here.
"""

import re
from collections.abc import Callable, Sequence

Choose = Callable[[Sequence[str]], str]
"""Takes one of several alternatives."""

_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
"""To the end of the line, or between marks; but not the slashes of ``https://``."""


def settle(text: str, choose: Choose) -> str:
    r"""``text`` without comments, each choice replaced by one of its alternatives.

    Inner choices are settled before outer ones. ``\{``, ``\}`` and ``\|`` stand for themselves; a brace without its
    partner does, too.
    """
    open_choices: list[list[str]] = []
    settled = [""]  # alternatives of the innermost open choice; of the text as a whole, one
    characters = iter(_COMMENT.sub("", text))
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            settled[-1] += following if following and following in "{}|" else character + following
        elif character == "{":
            open_choices.append(settled)
            settled = [""]
        elif character == "|" and open_choices:
            settled.append("")
        elif character == "}" and open_choices:
            chosen = choose(settled)
            settled = open_choices.pop()
            settled[-1] += chosen
        else:
            settled[-1] += character
    while open_choices:
        unclosed = "{" + "|".join(settled)
        settled = open_choices.pop()
        settled[-1] += unclosed
    return settled[0]
