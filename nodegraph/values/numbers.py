"""Reading numbers and truth from values of any kind."""

import math
from typing import Any

from nodegraph.errors import UserError


class NoNumberError(UserError):
    """A value that is no number, or none that the field's sockets can hold."""


class NoTruthError(UserError):
    """A value that is neither true nor false."""


def as_number(value: Any) -> int | float:
    """A number, a switch or the text of a number. A whole number stays exact. Raises :class:`NoNumberError`."""
    if isinstance(value, bool):
        return int(value)
    try:
        number = _read(value) if isinstance(value, str) else value
    except ValueError as error:
        raise NoNumberError(f"The value {value[:80]!r} is no number. Give one such as 12 or 0.5.") from error
    if not isinstance(number, int | float):
        raise NoNumberError(f"The value is a {type(value).__name__}, which is no number.")
    if not is_finite(number):
        raise NoNumberError(f"The value {str(value)[:80]} is no finite number.")
    return number


def is_finite(number: int | float) -> bool:
    """Whether a number is finite as a float: an integer may be too large for one."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _read(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def as_truth(name: str, value: Any) -> bool:
    """Whether a value counts as true, as in Python. Raises :class:`NoTruthError` for one that does not say."""
    try:
        return bool(value)
    except (ValueError, RuntimeError, TypeError) as error:
        raise NoTruthError(
            f"The input {name!r} is a {type(value).__name__}, which is neither true nor false. Link a switch, a "
            "number or a text."
        ) from error
