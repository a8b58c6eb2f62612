"""Subgraphs opened up: each instance is a scope of its own, whose nodes get ids such as ``12:5``.

A scope knows its nodes, its links, the node it stands for (its host) and the scope around it. Which links mean what is
the business of ``sources``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nodegraph.graph.canvas.document import (
    Canvas,
    CanvasError,
    CanvasNode,
    Document,
    Input,
    Mode,
)
from nodegraph.graph.spec import Literal

LARGEST = 250_000
"""Nodes, links and ports that the subgraphs of a document may unfold to. They multiply when one is in another: a small
file can hold more than a machine."""

DEEPEST = 100
"""Subgraphs in one another."""


@dataclass
class _Size:
    """What all scopes of a document amount to so far."""

    parts: int = 0


@dataclass(eq=False)
class Scope:
    """The inside of one instance of a subgraph, or the whole document."""

    document: Document
    level: Canvas
    prefix: str = ""
    host: CanvasNode | None = None
    parent: "Scope | None" = None
    depth: int = 0
    _size: _Size = field(default_factory=_Size)
    _inside: dict[str, "Scope | None"] = field(default_factory=dict)

    def inside(self, node: CanvasNode) -> "Scope | None":
        """The scope that ``node`` stands for; None if it is no subgraph, or one that contains itself.

        Raises :class:`~.document.CanvasError` when the document has no end.
        """
        if node.key not in self._inside:
            level = self.document.subgraphs.get(node.type)
            recursive = any(scope.level is level for scope in self.and_around())
            self._inside[node.key] = None if level is None or recursive else self._opened(node, level)
        return self._inside[node.key]

    def _opened(self, node: CanvasNode, level: Canvas) -> "Scope":
        id = f"{self.prefix}{node.key}"
        self._size.parts += level.size + 1
        if self._size.parts > LARGEST:
            raise CanvasError(f"its subgraphs multiply: it unfolds to more than {LARGEST} nodes, links and sockets", id)
        if self.depth == DEEPEST:
            raise CanvasError(f"its subgraphs are nested more than {DEEPEST} deep", id)
        return Scope(self.document, level, f"{id}:", node, self, self.depth + 1, self._size)

    def and_around(self) -> Iterator["Scope"]:
        """This scope and those around it, outwards."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def host_input(self, slot: int) -> Input | None:
        """The input of the host that is seen in here as the output ``slot`` of the input node."""
        ports = self.level.inputs
        if self.host is None or not 0 <= slot < len(ports):
            return None
        by_name = self._host_sockets.get(ports[slot].name)
        if by_name is None and len(self.host.sockets) == len(ports):
            return self.host.sockets[slot]
        return by_name

    def host_value(self, slot: int) -> Literal:
        """What the host's own widget says for its input ``slot``, or None: then the widget in here counts."""
        if self.host is None:
            return None
        listed = self.host.widgets_values
        if isinstance(listed, list) and listed and (place := self._widget_places.get(slot)) is not None:
            value: Literal = listed[place] if place < len(listed) else None
            return value
        named = listed if isinstance(listed, dict) else self.host.widgets_values_named
        if named and 0 <= slot < len(self.level.inputs):
            return named.get(self.level.inputs[slot].name)
        return None

    @cached_property
    def _host_sockets(self) -> Mapping[str, Input]:
        """By name; the first of several."""
        sockets: Sequence[Input] = self.host.sockets if self.host else ()
        return {socket.name: socket for socket in reversed(sockets)}

    @cached_property
    def _widget_places(self) -> Mapping[int, int]:
        """Inputs of this subgraph that feed a widget in here: the host has a widget for each, at this place."""
        fed = self.level.inputs_of_widgets
        slots = [
            slot
            for slot in range(len(self.level.inputs))
            if slot in fed or ((socket := self.host_input(slot)) and socket.widget)
        ]
        return {slot: place for place, slot in enumerate(slots)}


def active_nodes(document: Document) -> Iterator[tuple[Scope, CanvasNode]]:
    """Every node that is neither muted nor bypassed, with subgraphs opened up in place of their hosts.

    A subgraph that contains itself is given as a node. Raises :class:`~.document.CanvasError` when there is no end.
    """
    root = Scope(document, document.root)
    path = [(root, iter(document.root.nodes))]
    while path:
        scope, nodes = path[-1]
        for node in nodes:
            if node.mode in (Mode.MUTED, Mode.BYPASSED):
                continue
            inside = scope.inside(node)
            if inside is not None:
                path.append((inside, iter(inside.level.nodes)))
                break
            yield scope, node
        else:
            path.pop()
