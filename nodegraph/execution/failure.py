"""What is reported when a node fails: the message, where, and the inputs it had, in a form fit for a wire."""

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from nodegraph.errors import UserError
from nodegraph.execution.events import Failure
from nodegraph.graph.graph import Node

_LONGEST = 1000


def failure_of(error: BaseException, node: Node, inputs: Mapping[str, Sequence[Any]]) -> Failure:
    """Describe ``error``, raised by ``node`` when called with ``inputs`` (a list of items for each name)."""
    kind = type(error)
    return Failure(
        message=str(error) or kind.__name__,
        kind=kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}",
        node=node.id,
        class_id=node.class_id,
        traceback=traceback.format_tb(error.__traceback__),
        inputs={name: [_described(item) for item in items] for name, items in inputs.items()},
        user_error=isinstance(error, UserError),
    )


def _described(value: Any) -> Any:
    """A short form of ``value`` that survives JSON."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < 64 else type(value).__name__
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"{type(value).__name__} {tuple(shape)}"
    return type(value).__name__
