"""Calling a node over lists: which calls are made, and how their answers become one result.

Every input arrives as a list of items. A node that takes lists is called once with them; any other is called once per
item of the longest list, shorter ones repeating their last item. Owns no order, no cache, no events.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nodegraph.errors import UserError
from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph.graph import Link
from nodegraph.graph.spec import NodeSpec

Inputs = dict[str, Any]


class EmptyListError(UserError):
    """An empty list feeds an input, so there is nothing to call the node with."""


class WrongOutputError(TypeError):
    """A node answered with something else than it declared: a defect of the node."""


def calls(spec: NodeSpec, lists: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]) -> Iterator[Inputs]:
    """The inputs of each call. ``constants`` are literals, defaults and hidden inputs, the same for every call."""
    if spec.takes_lists:
        yield {**{name: _listed(spec, name, value) for name, value in constants.items()}, **lists}
        return
    if all(len(items) == 1 for items in lists.values()):  # by far the most frequent; also the case of no links at all
        yield {**constants, **{name: items[0] for name, items in lists.items()}}
        return
    empty = [name for name, items in lists.items() if not items]
    if empty:
        raise EmptyListError(f"The list that feeds {empty[0]!r} is empty: there is nothing to run this node with.")
    for i in range(max(len(items) for items in lists.values())):
        yield {**constants, **{name: items[min(i, len(items) - 1)] for name, items in lists.items()}}


def _listed(spec: NodeSpec, name: str, value: Any) -> Any:
    """A node that takes lists gets its declared literals as lists too, but hidden values as they are."""
    return value if name in spec.hidden else [value]


def blocked_by(inputs: Inputs) -> Blocked | None:
    """The block among a call's inputs, if any: such a call is not made."""
    for value in inputs.values():
        if isinstance(value, Blocked):
            return value
        if isinstance(value, list) and (found := next((v for v in value if isinstance(v, Blocked)), None)):
            return found
    return None


def normal_form(spec: NodeSpec, answer: Any) -> tuple[tuple[Any, ...], Mapping[str, Sequence[Any]]]:
    """One call's answer as (values, ui). An expansion's values may hold links. Raises :class:`WrongOutputError`."""
    ui: Mapping[str, Sequence[Any]] = {}
    if isinstance(answer, Blocked):
        return (answer,) * len(spec.outputs), ui
    if isinstance(answer, Shown | Expansion):
        ui, answer = answer.ui, answer.values
    if not isinstance(answer, tuple) or len(answer) != len(spec.outputs):
        found = f"{len(answer)} values" if isinstance(answer, tuple) else f"a {type(answer).__name__}"
        raise WrongOutputError(f"{spec.class_id} declares {len(spec.outputs)} outputs, but returned {found}.")
    return answer, ui


def merge(
    spec: NodeSpec, answers: Sequence[Any], follow: Mapping[Link, list[Any]]
) -> tuple[tuple[list[Any], ...], dict[str, list[Any]]]:
    """All calls' answers as one: a list of items per output, and the ui lists joined.

    ``follow`` gives the items behind each link that an expansion answered with.
    """
    values: tuple[list[Any], ...] = tuple([] for _ in spec.outputs)
    shown: dict[str, list[Any]] = {}
    for answer in answers:
        row, ui = normal_form(spec, answer)
        for output, items, value in zip(spec.outputs, values, row, strict=True):
            if isinstance(value, Link):
                items.extend(follow[value])
            elif output.is_list and not isinstance(value, Blocked):
                items.extend(value)
            else:
                items.append(value)
        for kind, entries in ui.items():
            shown.setdefault(kind, []).extend(entries)
    return values, shown
