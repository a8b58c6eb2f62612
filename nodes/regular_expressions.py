"""Patterns in texts, in the notation of Python's ``re``.

They are matched by the library ``regex``, which reads the same notation and can be told when to give up: some patterns
take longer than anybody lives, and the workflow may be from anybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import regex  # type: ignore[import-untyped]

from nodegraph.errors import UserError
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Omittable, Range, Tooltip
from nodegraph.packs.types import Text

_CATEGORY = "utils/string"

LONGEST = 10.0
"""Seconds that a pattern may take on a text."""


class PatternError(UserError):
    """A regular expression, or what is to replace its matches, that cannot be read."""


@node("RegexMatch", category=_CATEGORY, display_name="Regex Match")
def regex_match(
    *,
    string: Text,
    regex_pattern: Text,
    case_insensitive: bool = True,
    multiline: bool = False,
    dotall: bool = False,
) -> Annotated[bool, Named("matches")]:
    """Whether a pattern is somewhere in a text."""
    pattern = _compiled(regex_pattern, case_insensitive, multiline, dotall)
    with _in_time(regex_pattern):
        return pattern.search(string, timeout=LONGEST) is not None


@node("RegexExtract", category=_CATEGORY, display_name="Regex Extract")
def regex_extract(
    *,
    string: Text,
    regex_pattern: Text,
    mode: Literal["First Match", "All Matches", "First Group", "All Groups"],
    case_insensitive: bool = True,
    multiline: bool = False,
    dotall: bool = False,
    group_index: Annotated[int, Range(0, 100), Tooltip("Which group; 0 is the whole match.")] = 1,
) -> str:
    """What a pattern, or a group of it, is in a text: once, or all of them, one a line; nothing where there is none."""
    pattern = _compiled(regex_pattern, case_insensitive, multiline, dotall)
    group = group_index if mode.endswith(("Group", "Groups")) else 0
    if group > pattern.groups:
        raise PatternError(f"group_index is {group}, but regex_pattern has {pattern.groups} groups in parentheses.")
    with _in_time(regex_pattern):
        found = (match[group] or "" for match in pattern.finditer(string, timeout=LONGEST))
        return next(found, "") if mode.startswith("First") else "\n".join(found)


@node("RegexReplace", category=_CATEGORY, display_name="Regex Replace")
def regex_replace(
    *,
    string: Text,
    regex_pattern: Text,
    replace: Annotated[Text, Tooltip(r"\1 or \g<name> stands for a group of the pattern.")],
    case_insensitive: Annotated[bool, Omittable()] = True,
    multiline: Annotated[bool, Omittable()] = False,
    dotall: Annotated[bool, Omittable()] = False,
    count: Annotated[int, Range(0, 100), Omittable(), Tooltip("How many at most; 0 for all.")] = 0,
) -> str:
    """A text with what a pattern is in it replaced."""
    pattern = _compiled(regex_pattern, case_insensitive, multiline, dotall)
    try:
        with _in_time(regex_pattern):
            return str(pattern.sub(replace, string, count=count, timeout=LONGEST))
    except (regex.error, IndexError) as error:
        raise PatternError(f"replace cannot be read: {error}. Write \\\\ for a backslash that is to stay.") from error


def _compiled(pattern: str, case_insensitive: bool, multiline: bool, dotall: bool) -> Any:
    chosen = {regex.IGNORECASE: case_insensitive, regex.MULTILINE: multiline, regex.DOTALL: dotall}
    flags = sum(flag for flag, on in chosen.items() if on)
    try:
        return regex.compile(pattern, flags)
    except (regex.error, RecursionError, OverflowError) as error:
        raise PatternError(f"regex_pattern {pattern[:80]!r} is no regular expression: {error}.") from error


@contextmanager
def _in_time(pattern: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise PatternError(
            f"regex_pattern {pattern[:80]!r} has not come to an end on this text after {LONGEST:g} s. Repetitions "
            "within repetitions, such as (a+)+, take so long; write it without them, or give it a shorter text."
        ) from error
