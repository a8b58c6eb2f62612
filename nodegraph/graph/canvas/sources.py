"""Where a link really comes from: back through reroutes, bypassed nodes and the walls of subgraphs.

Answers with a link between nodes that run, with a value, or with the reason why there is neither.
"""

from collections.abc import Container
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from nodegraph.graph.canvas.document import INPUT_NODE, CanvasNode, Input, Mode, key_of
from nodegraph.graph.canvas.scopes import Scope
from nodegraph.graph.graph import Link
from nodegraph.graph.sockets import compatible
from nodegraph.graph.spec import Literal

VIRTUAL_CLASSES = frozenset({"Note", "MarkdownNote", "Reroute", "PrimitiveNode", "SetNode", "GetNode"})
"""Nodes that exist in the editor only."""


@dataclass(frozen=True, slots=True)
class Value:
    """A literal in place of a link."""

    literal: Literal


class Missing(Enum):
    """Why an input has no source."""

    UNCONNECTED = auto()
    """Nothing is connected at the far end: the input keeps the value of its own widget."""

    CUT = auto()
    """What is connected does not run: the input is left out."""


def source_of(scope: Scope, link: int | str | None, known: Container[str]) -> Link | Value | Missing:
    """The source of the link with the id ``link``. Classes that are ``known`` run, whatever their name."""
    promoted: Any = None
    passed: set[tuple[Scope, str]] = set()
    while True:
        found = scope.links.get(str(link))
        if found is None or (scope, str(link)) in passed:
            return Missing.UNCONNECTED if promoted is None else Value(promoted)
        passed.add((scope, str(link)))
        origin, slot = key_of(found.origin_id), found.origin_slot

        if origin == INPUT_NODE and scope.parent is not None:
            value = scope.host_value(slot)
            promoted = promoted if value is None else value
            socket = scope.host_input(slot)
            scope, link = scope.parent, socket.link if socket else None
            continue

        node = scope.nodes.get(origin)
        if node is None:
            return Missing.UNCONNECTED if promoted is None else Value(promoted)
        if node.mode == Mode.MUTED:
            return Missing.CUT
        if node.mode == Mode.BYPASSED:
            socket = _bypass(node, slot)
            if socket is None or socket.link is None:
                return Missing.CUT
            link = socket.link
        elif (inside := scope.inside(node)) is not None:
            scope, link = inside, inside.output_link(slot)
            if link is None:
                return Missing.CUT
        elif node.type in known or node.type not in VIRTUAL_CLASSES:
            return Link(scope.prefix + origin, slot)
        elif node.type == "PrimitiveNode":
            values = node.widgets_values
            return Value(values[0]) if isinstance(values, list) and values else Missing.UNCONNECTED
        elif node.type == "GetNode":
            scope, link = _named_link(scope, node)
        else:  # Reroute; SetNode passes its input on, too
            link = node.sockets[0].link if node.sockets else None


def _bypass(node: CanvasNode, slot: int) -> Input | None:
    """The input that stands in for the output ``slot`` of a bypassed node.

    The one at the same index if its type fits, else the first of the very same type, else the first that fits.
    """
    outputs = node.outputs or ()
    wanted = type_name(outputs[slot].type) if 0 <= slot < len(outputs) else "*"
    sockets = node.sockets
    fitting = [socket for socket in sockets if compatible(type_name(socket.type), wanted)]
    if slot < len(sockets) and sockets[slot] in fitting:
        return sockets[slot]
    same = [socket for socket in fitting if type_name(socket.type) == wanted]
    return next(iter(same or fitting), None)


def _named_link(scope: Scope, getter: CanvasNode) -> tuple[Scope, int | str | None]:
    """The link behind the name that ``getter`` asks for, in this scope or one around it."""
    values = getter.widgets_values
    name = str(values[0]) if isinstance(values, list) and values else ""
    for around in scope.and_around():
        setter = around.setters.get(name)
        if setter is not None and setter.mode != Mode.MUTED:
            return around, setter.sockets[0].link if setter.sockets else None
    return scope, None


def type_name(written: Any) -> str:
    """A socket type as it is written in a file: a name, a list of options, or a number of the drawing library."""
    if isinstance(written, str):
        return written or "*"
    return "COMBO" if isinstance(written, list) else "*"
