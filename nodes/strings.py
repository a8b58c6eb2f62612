"""Texts: joined, cut, changed, compared and filled in."""

import json
import string as letters
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from nodegraph.errors import UserError
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Growing, Named, Tooltip
from nodegraph.packs.types import Text
from nodegraph.values.text import as_text, filled

_CATEGORY = "utils/string"


class JsonTextError(UserError):
    """A text that is no JSON, or JSON without what was asked for."""


@node("StringConcatenate", category=_CATEGORY, display_name="Concatenate")
def concatenate(*, string_a: Text, string_b: Text, delimiter: str) -> str:
    """Two texts in one, with something between them."""
    return string_a + delimiter + string_b


@node("StringSubstring", category=_CATEGORY, display_name="Substring")
def substring(*, string: Text, start: int, end: int) -> str:
    """The characters from one place, counted from 0, to another; negative places count from the end."""
    return string[start:end]


@node("StringLength", category=_CATEGORY, display_name="Length")
def length(*, string: Text) -> Annotated[int, Named("length")]:
    """How many characters a text has."""
    return len(string)


@node("CaseConverter", category=_CATEGORY, display_name="Case Converter")
def case_converter(*, string: Text, mode: Literal["UPPERCASE", "lowercase", "Capitalize", "Title Case"]) -> str:
    """A text in capitals, in small letters, or with capitals at the beginning of it or of each word."""
    match mode:
        case "UPPERCASE":
            return string.upper()
        case "lowercase":
            return string.lower()
        case "Capitalize":
            return string.capitalize()
    return string.title()


@node("StringTrim", category=_CATEGORY, display_name="Trim")
def trim(*, string: Text, mode: Literal["Both", "Left", "Right"]) -> str:
    """A text without the blanks at its ends."""
    return string.strip() if mode == "Both" else string.lstrip() if mode == "Left" else string.rstrip()


@node("StringReplace", category=_CATEGORY, display_name="Replace")
def replace(*, string: Text, find: Text, replace: Text) -> str:
    """A text with something in it replaced wherever it stands."""
    return string.replace(find, replace)


@node("StringContains", category=_CATEGORY, display_name="Contains")
def contains(*, string: Text, substring: Text, case_sensitive: bool = True) -> Annotated[bool, Named("contains")]:
    """Whether a text has another in it."""
    return substring in string if case_sensitive else substring.lower() in string.lower()


@node("StringCompare", category=_CATEGORY, display_name="Compare")
def compare(
    *, string_a: Text, string_b: Text, mode: Literal["Starts With", "Ends With", "Equal"], case_sensitive: bool = True
) -> bool:
    """Whether the first text begins with, ends with or is the second."""
    one, other = (string_a, string_b) if case_sensitive else (string_a.lower(), string_b.lower())
    if mode == "Equal":
        return one == other
    return one.startswith(other) if mode == "Starts With" else one.endswith(other)


@node("StringFormat", category=_CATEGORY, display_name="Format Text", aliases=("template", "f-string"))
def format_text(
    *,
    values: Annotated[Mapping[str, Any], Growing(names=tuple(letters.ascii_lowercase), minimum=0)],
    f_string: Annotated[Text, Tooltip("{a} stands for the value a, {a:.2f} for a number with two decimals.")] = "{a}",
) -> str:
    """A text with values filled in where it names them in braces."""
    return filled(f_string, values)


@node("JsonExtractString", category=_CATEGORY, display_name="Extract Text from JSON")
def json_extract_string(*, json_string: Text, key: str) -> str:
    """What stands under a key of a JSON object; anything but a text is written as JSON."""
    try:
        found = json.loads(json_string)
    except (ValueError, RecursionError) as error:
        raise JsonTextError(f"json_string is no JSON: {error}. It begins with {json_string[:40]!r}.") from error
    if not isinstance(found, dict):
        raise JsonTextError(f"json_string is a {type(found).__name__}; expected an object with keys, in braces.")
    if key not in found:
        there = ", ".join(map(repr, list(found)[:20])) or "none"
        raise JsonTextError(f"json_string has no key {key!r}. Its keys are: {there}.")
    value = found[key]
    return as_text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
