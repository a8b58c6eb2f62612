"""Tokens in the names of files to save, which an editor replaces before it queues a workflow.

``%date:yyyy-MM-dd%`` is the time of queueing; ``%KSampler.seed%`` is the value of a node's widget, where the node is
named by its class or its title. All others are left to whoever saves the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from nodegraph.graph.spec import Literal

if TYPE_CHECKING:
    from datetime import datetime  # a time is given to this room; it never asks for one

PREFIX = "filename_prefix"
"""The input whose tokens are replaced."""

ValueOf = Callable[[str, str], Literal]
"""The value of a widget by the name of its node and its own; None if there is none."""

_TOKEN = re.compile(r"%([^%]+)%")
_PARTS = re.compile("yyyy|yy|MM|M|dd|d|hh|h|mm|m|ss|s")
_UNSAFE = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')


def replace_tokens(prefix: str, now: datetime, value_of: ValueOf) -> str:
    """``prefix`` with its tokens replaced. What a widget holds cannot add a folder to the name."""

    def replaced(token: re.Match[str]) -> str:
        text = token[1]
        if text.startswith("date:"):
            return _formatted(text.removeprefix("date:"), now)
        node, dot, widget = text.rpartition(".")
        value = value_of(node, widget) if dot else None
        return token[0] if value is None else _UNSAFE.sub("_", str(value))

    return _TOKEN.sub(replaced, prefix)


def _formatted(pattern: str, now: datetime) -> str:
    """A time in the pattern that editors use: ``yyyy-MM-dd hh:mm:ss``, single letters without leading zeros."""
    parts = {"yyyy": now.year, "M": now.month, "d": now.day, "h": now.hour, "m": now.minute, "s": now.second}

    def part(found: re.Match[str]) -> str:
        letters = found[0]
        if letters == "yy":
            return f"{now.year % 100:02}"
        number = parts.get(letters, parts.get(letters[0], 0))
        return f"{number:0{len(letters)}}"

    return _PARTS.sub(part, pattern)
