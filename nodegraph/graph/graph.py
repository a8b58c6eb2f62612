"""The graph itself: nodes and the links between them. Only data; see ``validate`` for what makes one correct."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nodegraph.graph.spec import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """The output ``slot`` (from 0) of the node ``node``."""

    node: str
    slot: int


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph: its class, and for each input a literal or a link."""

    id: str
    class_id: str
    inputs: Mapping[str, Literal | Link]
    title: str = ""
    display_id: str = ""
    """The node a user sees in place of this one, when it was made by an expansion."""

    def links(self) -> Iterator[tuple[str, Link]]:
        """Every linked input with its link."""
        return ((name, value) for name, value in self.inputs.items() if isinstance(value, Link))


Graph = Mapping[str, Node]
"""Nodes by id, in the order they were written."""
