"""Grafting the graph a node expanded to onto the graph that runs. Only data; see ``run`` for when."""

from collections.abc import Container
from dataclasses import replace
from typing import Any

from nodegraph.errors import UserError
from nodegraph.execution.results import Expansion
from nodegraph.graph.graph import Graph, Link, Node


class ExpansionError(UserError):
    """A node expanded to a graph that cannot be run: an id twice, a link to nowhere, an unknown class."""


def numbered(expansion: Expansion, call: int) -> Expansion:
    """The expansion with ids of its own for each call (from 0) of a node that is called for each item of a list.

    The function that made it does not know which call it answered: it names its nodes alike in all of them.
    """
    if call == 0:
        return expansion
    ids = {id: f"{id}@{call}" for id in expansion.graph}

    def renamed(value: Any) -> Any:
        return Link(ids.get(value.node, value.node), value.slot) if isinstance(value, Link) else value

    graph = {
        ids[id]: replace(node, id=ids[id], inputs={name: renamed(value) for name, value in node.inputs.items()})
        for id, node in expansion.graph.items()
    }
    return Expansion(graph, tuple(renamed(value) for value in expansion.values), expansion.ui)


def grafted(graph: Graph, node: Node, expansion: Expansion, classes: Container[str]) -> Graph:
    """The nodes that ``node`` of ``graph`` expanded to, to be shown in its place.

    ``classes`` are the known ones. Raises :class:`ExpansionError`.
    """
    shown = node.display_id or node.id
    source = f"Node {node.id} ({node.class_id})"
    for id, member in expansion.graph.items():
        if id in graph:
            raise ExpansionError(
                f"{source} expanded to a graph with the id {id!r}, which is in use. Prefix the ids with the node's own."
            )
        if member.class_id not in classes:
            raise ExpansionError(f"{source} expanded to a node of an unknown class: {member.class_id!r}.")
        for name, link in member.links():
            if link.node not in graph and link.node not in expansion.graph:
                raise ExpansionError(f"{source} expanded to a node whose {name!r} links to no node: {link.node!r}.")
    for value in expansion.values:
        if isinstance(value, Link) and value.node not in graph and value.node not in expansion.graph:
            raise ExpansionError(f"{source} expanded to a graph without the node it answers with: {value.node!r}.")
    return {
        id: Node(id, member.class_id, member.inputs, member.title, member.display_id or shown)
        for id, member in expansion.graph.items()
    }
