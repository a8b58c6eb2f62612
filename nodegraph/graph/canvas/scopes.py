"""Subgraphs opened up: each instance is a scope of its own, whose nodes get ids such as ``12:5``.

A scope knows its nodes, its links, the node it stands for (its host) and the scope around it. Which links mean what is
the business of ``sources``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nodegraph.graph.canvas.document import (
    INPUT_NODE,
    OUTPUT_NODE,
    Canvas,
    CanvasError,
    CanvasLink,
    CanvasNode,
    Document,
    Input,
    Mode,
    key_of,
)

MOST_NODES = 100_000
"""Nodes a document may unfold to. Subgraphs in subgraphs multiply: a small file can hold more nodes than a machine."""


@dataclass(eq=False)
class Scope:
    """The inside of one instance of a subgraph, or the whole document."""

    document: Document
    level: Canvas
    prefix: str = ""
    host: CanvasNode | None = None
    parent: "Scope | None" = None
    _inside: dict[str, "Scope | None"] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> dict[str, CanvasNode]:
        """By id, as written."""
        return {node.key: node for node in self.level.nodes}

    @cached_property
    def links(self) -> dict[str, CanvasLink]:
        """By id."""
        return {str(link.id): link for link in self.level.links}

    @cached_property
    def setters(self) -> dict[str, CanvasNode]:
        """The nodes that give a link a name, by that name."""
        return {_first(node.widgets_values): node for node in self.level.nodes if node.type == "SetNode"}

    def inside(self, node: CanvasNode) -> "Scope | None":
        """The scope that ``node`` stands for; None if it is no subgraph, or one that contains itself."""
        if node.key not in self._inside:
            level = self.document.subgraphs.get(node.type)
            recursive = any(scope.level is level for scope in self.and_around())
            opened = (
                None
                if level is None or recursive
                else Scope(self.document, level, f"{self.prefix}{node.key}:", node, self)
            )
            self._inside[node.key] = opened
        return self._inside[node.key]

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
        sockets = self.host.sockets
        by_name = next((socket for socket in sockets if socket.name == ports[slot].name), None)
        if by_name is None and len(sockets) == len(ports):
            return sockets[slot]
        return by_name

    def host_value(self, slot: int) -> Any:
        """What the host's own widget says for its input ``slot``, or None: then the widget in here counts."""
        if self.host is None:
            return None
        listed = self.host.widgets_values
        if isinstance(listed, list) and listed and slot in self._widget_slots:
            place = self._widget_slots.index(slot)
            return listed[place] if place < len(listed) else None
        named = listed if isinstance(listed, dict) else self.host.widgets_values_named
        if named and 0 <= slot < len(self.level.inputs):
            return named.get(self.level.inputs[slot].name)
        return None

    def output_link(self, slot: int) -> int | str | None:
        """The link that feeds the output ``slot`` of this subgraph."""
        return self._output_links.get(slot)

    @cached_property
    def _output_links(self) -> dict[int, int | str]:
        return {link.target_slot: link.id for link in self.level.links if key_of(link.target_id) == OUTPUT_NODE}

    @cached_property
    def _widget_slots(self) -> list[int]:
        """The inputs of this subgraph that feed a widget in here: the host has a widget for each, in this order."""
        fed = {
            link.origin_slot
            for link in self.level.links
            if key_of(link.origin_id) == INPUT_NODE
            and (target := self.nodes.get(key_of(link.target_id)))
            and any(socket.widget and socket.link == link.id for socket in target.sockets)
        }
        return [
            slot
            for slot in range(len(self.level.inputs))
            if slot in fed or ((socket := self.host_input(slot)) and socket.widget)
        ]


def active_nodes(document: Document) -> Iterator[tuple[Scope, CanvasNode]]:
    """Every node that is neither muted nor bypassed, with subgraphs opened up in place of their hosts.

    A subgraph that contains itself is given as a node. Raises :class:`~.document.CanvasError` when there is no end.
    """
    root = Scope(document, document.root)
    path = [(root, iter(document.root.nodes))]
    seen = 0
    while path:
        scope, nodes = path[-1]
        for node in nodes:
            seen += 1
            if seen > MOST_NODES:
                raise CanvasError(f"The document unfolds to more than {MOST_NODES} nodes: its subgraphs multiply.")
            if node.mode in (Mode.MUTED, Mode.BYPASSED):
                continue
            inside = scope.inside(node)
            if inside is not None:
                path.append((inside, iter(inside.level.nodes)))
                break
            yield scope, node
        else:
            path.pop()


def _first(values: Any) -> str:
    return str(values[0]) if isinstance(values, list) and values else ""
