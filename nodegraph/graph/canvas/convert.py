"""From the canvas format to the API format: what an editor does before it queues a workflow.

Notes, reroutes and hosts of subgraphs go; widgets become literals; links lead from a node that runs to one that runs.
Never refuses a well-formed document: what it cannot carry over, it reports.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from nodegraph.graph.api_format import dump
from nodegraph.graph.canvas.document import CanvasNode, read
from nodegraph.graph.canvas.dynamic_prompts import Choose, settle
from nodegraph.graph.canvas.scopes import Scope, active_nodes
from nodegraph.graph.canvas.sources import VIRTUAL_CLASSES, Missing, Value, source_of
from nodegraph.graph.canvas.widgets import widget_values
from nodegraph.graph.graph import Link, Node
from nodegraph.graph.spec import Literal, NodeSpec


class NoticeKind(StrEnum):
    """What could not be carried over."""

    UNKNOWN_CLASS = "unknown_class"
    """The node was converted as well as the file alone allows."""

    RECURSIVE_SUBGRAPH = "recursive_subgraph"
    """A subgraph contains itself; the inner instance was left out."""

    DROPPED_LINK = "dropped_link"
    """A link came from a node that was left out."""


class Notice(msgspec.Struct, frozen=True):
    """Something a user may want to know about a conversion. ``node`` is an id of the prompt."""

    kind: NoticeKind
    node: str
    class_type: str
    message: str


class Converted(msgspec.Struct, frozen=True):
    """A prompt in the API format, and what was lost on the way."""

    prompt: dict[str, Any]
    warnings: list[Notice]

    @property
    def unknown_classes(self) -> list[str]:
        """The names of the classes that no pack provides, sorted."""
        return sorted({n.class_type for n in self.warnings if n.kind is NoticeKind.UNKNOWN_CLASS})


def to_api(canvas: object, specs: Mapping[str, NodeSpec], *, choose: Choose | None = None) -> Converted:
    """Convert a canvas document (JSON data, version 0.4 or 1.0).

    ``choose`` settles the choices in dynamic prompts, as in ``{day|night}``; without it texts stay as they are.
    Raises :class:`~nodegraph.graph.canvas.document.CanvasError` when it has not the shape of one.
    """
    graph: dict[str, Node] = {}
    warnings: list[Notice] = []
    document = read(canvas)
    for scope, node in active_nodes(document):
        spec = specs.get(node.type)
        id = scope.prefix + node.key
        if spec is None:
            if node.type in VIRTUAL_CLASSES or _is_decoration(node):
                continue
            if node.type in document.subgraphs:
                message = f"The subgraph at node {id} contains itself: the inner one is left out"
                warnings.append(Notice(NoticeKind.RECURSIVE_SUBGRAPH, id, node.type, message))
                continue
            message = f"No node pack provides {node.type!r} (node {id}): its values are a guess"
            warnings.append(Notice(NoticeKind.UNKNOWN_CLASS, id, node.type, message))
        title = node.title if isinstance(node.title, str) and node.title else ""
        inputs = _inputs(scope, node, spec, specs)
        if spec is not None and choose is not None:
            _settle_texts(inputs, spec, choose)
        graph[id] = Node(id, node.type, inputs, title or (spec.display_name if spec else node.type))
    return Converted(dump({id: _without_dangling(node, graph, warnings) for id, node in graph.items()}), warnings)


def _inputs(
    scope: Scope, node: CanvasNode, spec: NodeSpec | None, specs: Mapping[str, NodeSpec]
) -> dict[str, Literal | Link]:
    """The values of the widgets, overridden by what is linked."""
    inputs: dict[str, Literal | Link] = {**widget_values(node, spec)}
    for socket in node.sockets:
        if socket.link is None:
            continue
        name = (socket.widget and socket.widget.name) or socket.name
        match source_of(scope, socket.link, specs):
            case Link() as link:
                inputs[name] = link
            case Value(literal):
                inputs[name] = literal
            case Missing.CUT:
                inputs.pop(name, None)
            case Missing.UNCONNECTED:
                pass
    return inputs


def _settle_texts(inputs: dict[str, Literal | Link], spec: NodeSpec, choose: Choose) -> None:
    for declared in spec.inputs:
        text = inputs.get(declared.name)
        if declared.dynamic_prompts and isinstance(text, str):
            inputs[declared.name] = settle(text, choose)


def _is_decoration(node: CanvasNode) -> bool:
    """Whether a node of an unknown class can neither take nor give anything: labels, bookmarks and their like."""
    return not node.inputs and not node.outputs


def _without_dangling(node: Node, graph: Mapping[str, Node], warnings: list[Notice]) -> Node:
    """The node without links to nodes that were left out."""
    dangling = {name: link for name, link in node.links() if link.node not in graph}
    for name, link in dangling.items():
        message = f"The link into {name!r} of node {node.id} came from node {link.node}, which is left out"
        warnings.append(Notice(NoticeKind.DROPPED_LINK, node.id, node.class_id, message))
    if not dangling:
        return node
    kept = {name: value for name, value in node.inputs.items() if name not in dangling}
    return Node(node.id, node.class_id, kept, node.title)
