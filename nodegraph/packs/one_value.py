"""Inputs of nodes with ``takes_lists`` that are one value all the same: that of a widget arrives as a list of one."""

from collections.abc import Sequence
from typing import TypeVar, cast

from nodegraph.errors import UserError

T = TypeVar("T")


class NoValueError(UserError):
    """An empty list where one value is needed."""


def widget(value: T) -> list[T]:
    """What such an input's widget begins with, as the default of its parameter: the value itself.

    A list to the type checker, as the parameter is one: whoever calls the function puts the value into a list.
    """
    return cast(list[T], value)


def one_value(values: Sequence[T], name: str) -> T:
    """The value of the input ``name``; of a longer list, which only a link can bring, the first."""
    if not values:
        raise NoValueError(f"{name} is an empty list, and one value is needed. Link a list that has one, or none.")
    return values[0]
