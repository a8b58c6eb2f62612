"""Values as text for people, and texts with places for values."""

import json
import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from nodegraph.errors import UserError

_LONGEST_WIDTH = 1000
"""What ``{a:>1000}`` may be filled up to, or a number be written with."""


class TemplateError(UserError):
    """A text whose places cannot be filled; the message says which."""


def as_text(value: Any) -> str:
    """A value as people read it: a text as it is, numbers as they are written, what JSON can hold as JSON."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    try:
        return json.dumps(value, indent=2, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def filled(template: str, values: Mapping[str, Any]) -> str:
    """``template`` with ``{name}`` replaced by the values; numbers may be formatted, as in ``{a:.2f}``.

    Attributes and items of values cannot be reached. Raises :class:`TemplateError`.
    """
    try:
        return _Filling().vformat(template, (), values)
    except TemplateError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise TemplateError(f"The text {template[:80]!r} cannot be filled in: {error}.") from error


class _Filling(Formatter):
    """Places that are names and nothing else."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        if field_name in kwargs:
            return kwargs[field_name], field_name
        there = ", ".join(f"{{{name}}}" for name in kwargs) or "none"
        raise TemplateError(
            f"The text has a place {{{field_name}}} for which there is no value. Places with a value are: {there}. "
            "Write {{ and }} for braces that are to stay."
        )

    def format_field(self, value: Any, format_spec: str) -> str:
        if any(int(digits) > _LONGEST_WIDTH for digits in re.findall(r"\d+", format_spec)):
            raise TemplateError(f"The format {format_spec!r} is wider than {_LONGEST_WIDTH} characters.")
        return str(format(value, format_spec)) if format_spec else as_text(value)
