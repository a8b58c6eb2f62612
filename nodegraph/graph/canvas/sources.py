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

    LOST = auto()
    """As before; but the document says that there is something: a link that it does not have, a circle of reroutes."""

    CUT = auto()
    """What is connected does not run: the input is left out."""


Source = Link | Value | Missing


@dataclass(frozen=True, slots=True)
class _Hop:
    """The link to follow instead. If it ends nowhere, there is a value all the same, unless it is None."""

    scope: Scope
    link: int | str | None
    otherwise: Literal = None


class Sources:
    """The sources of the links of one document. Each stretch is walked once, however many links share it.

    Classes that are ``known`` run, whatever their name.
    """

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self._found: dict[tuple[Scope, str], Source] = {}

    def of(self, scope: Scope, link: int | str | None) -> Source:
        """The source of the link with the id ``link``."""
        hop: Source | _Hop = _Hop(scope, link)
        walked: dict[tuple[Scope, str], Literal] = {}
        while isinstance(hop, _Hop):
            place, otherwise = (hop.scope, str(hop.link)), hop.otherwise
            if hop.link is None:
                hop = Missing.UNCONNECTED
            elif place in walked:
                hop = Missing.LOST
            else:
                hop = self._found.get(place) or self._step(*place)
            walked.setdefault(place, otherwise)
        for place, otherwise in reversed(walked.items()):
            self._found[place] = hop
            if isinstance(hop, Missing) and hop is not Missing.CUT and otherwise is not None:
                hop = Value(otherwise)
        return hop

    def _step(self, scope: Scope, link: str) -> Source | _Hop:
        """One step upstream."""
        found = scope.level.link_by_id.get(link)
        if found is None:
            return Missing.LOST
        origin, slot = key_of(found.origin_id), found.origin_slot
        if origin == INPUT_NODE and scope.parent is not None:
            socket = scope.host_input(slot)
            return _Hop(scope.parent, socket.link if socket else None, scope.host_value(slot))
        node = scope.level.node_by_key.get(origin)
        if node is None:
            return Missing.LOST
        if node.mode == Mode.MUTED:
            return Missing.CUT
        if node.mode == Mode.BYPASSED:
            socket = _bypass(node, slot)
            return Missing.CUT if socket is None or socket.link is None else _Hop(scope, socket.link)
        if (inside := scope.inside(node)) is not None:
            inner = inside.level.output_links.get(slot)
            return Missing.CUT if inner is None else _Hop(inside, inner)
        if node.type in self._known or node.type not in VIRTUAL_CLASSES:
            return Link(scope.prefix + origin, slot)
        match node.type:
            case "PrimitiveNode":
                return Missing.UNCONNECTED if node.first_value is None else Value(node.first_value)
            case "GetNode":
                return _named_link(scope, node)
            case _:  # Reroute; SetNode passes its input on, too
                return _Hop(scope, node.sockets[0].link if node.sockets else None)


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


def _named_link(scope: Scope, getter: CanvasNode) -> _Hop | Missing:
    """The link behind the name that ``getter`` asks for, in this scope or one around it."""
    name = str(getter.first_value)
    for around in scope.and_around():
        setter = around.level.setters.get(name)
        if setter is not None and setter.mode != Mode.MUTED:
            return _Hop(around, setter.sockets[0].link if setter.sockets else None)
    return Missing.LOST


def type_name(written: Any) -> str:
    """A socket type as it is written in a file: a name, a list of options, or a number of the drawing library."""
    if isinstance(written, str):
        return written or "*"
    return "COMBO" if isinstance(written, list) else "*"
