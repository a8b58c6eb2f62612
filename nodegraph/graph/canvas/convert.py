"""From the canvas format to the API format: what an editor does before it queues a workflow.

Notes, reroutes and hosts of subgraphs go; widgets become literals; links lead from a node that runs to one that runs.
Never refuses a well-formed document: what it cannot carry over, it reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from nodegraph.graph.api_format import dump
from nodegraph.graph.canvas.document import CanvasNode, read
from nodegraph.graph.canvas.dynamic_prompts import Choose, settle
from nodegraph.graph.canvas.prefixes import PREFIX, replace_tokens
from nodegraph.graph.canvas.report import Notice, NoticeKind, unknown_class
from nodegraph.graph.canvas.scopes import Scope, active_nodes
from nodegraph.graph.canvas.sources import VIRTUAL_CLASSES, Missing, Sources, Value
from nodegraph.graph.canvas.widgets import widget_values
from nodegraph.graph.graph import Link, Node
from nodegraph.graph.spec import Literal, NodeSpec

if TYPE_CHECKING:
    from datetime import datetime  # a time is given to this room; it never asks for one


@dataclass(frozen=True)
class Queueing:
    """What an editor puts into texts at the moment it queues them."""

    choose: Choose
    """Settles the choices in dynamic prompts, as in ``{day|night}``."""

    now: datetime
    """The time of ``%date:...%`` in the names of files."""


class Converted(msgspec.Struct, frozen=True):
    """A prompt in the API format, and what was lost on the way."""

    prompt: dict[str, Any]
    warnings: list[Notice]

    @property
    def unknown_classes(self) -> list[str]:
        """The names of the classes that no pack provides, sorted."""
        return sorted({n.class_type for n in self.warnings if n.kind is NoticeKind.UNKNOWN_CLASS})


def to_api(canvas: object, specs: Mapping[str, NodeSpec], *, queueing: Queueing | None = None) -> Converted:
    """Convert a canvas document (JSON data, version 0.4 or 1.0).

    With ``queueing`` the texts become what is to be run; without it they stay as they are written, and choices in
    them are reported. Raises :class:`~nodegraph.graph.canvas.document.CanvasError` when it has not the shape of one.
    """
    document = read(canvas)
    conversion = _Conversion(specs)
    for scope, node in active_nodes(document):
        conversion.take(scope, node, is_subgraph=node.type in document.subgraphs)
    conversion.drop_dangling_links()
    if queueing is None:
        conversion.report_choices()
    else:
        conversion.settle(queueing)
    return Converted(dump(conversion.graph), conversion.warnings)


class _Conversion:
    """One document on its way: the nodes so far, and what there is to know about them."""

    def __init__(self, specs: Mapping[str, NodeSpec]) -> None:
        self.graph: dict[str, Node] = {}
        self.warnings: list[Notice] = []
        self._specs = specs
        self._sources = Sources(specs)

    def take(self, scope: Scope, node: CanvasNode, *, is_subgraph: bool) -> None:
        """Convert one node."""
        spec = self._specs.get(node.type)
        id = scope.prefix + node.key
        title = node.written_title or (spec.display_name if spec else node.type)
        if spec is None:
            if node.type in VIRTUAL_CLASSES or _is_decoration(node):
                return
            if is_subgraph:
                message = f"The subgraph at node {id} contains itself: the inner one is left out"
                self.warnings.append(Notice(NoticeKind.RECURSIVE_SUBGRAPH, id, node.type, message, title))
                return
            self.warnings.append(unknown_class(id, node.type, title))
        if id in self.graph:
            message = f"Two nodes have the id {id}: {self.graph[id].class_id!r} is left out, {node.type!r} is kept"
            self.warnings.append(Notice(NoticeKind.DUPLICATE_NODE, id, node.type, message, title))
        self.graph[id] = Node(id, node.type, self._inputs(scope, node, spec, id, title), title)

    def _inputs(
        self, scope: Scope, node: CanvasNode, spec: NodeSpec | None, id: str, title: str
    ) -> dict[str, Literal | Link]:
        """The values of the widgets, overridden by what is linked."""
        inputs: dict[str, Literal | Link] = {**widget_values(node, spec)}
        for socket in node.sockets:
            if socket.link is None:
                continue
            name = (socket.widget and socket.widget.name) or socket.name
            match self._sources.of(scope, socket.link):
                case Link() as link:
                    inputs[name] = link
                case Value(literal):
                    inputs[name] = literal
                case Missing.CUT:
                    inputs.pop(name, None)
                case Missing.LOST:
                    message = f"The link into {name!r} of node {id} leads from nothing that is there"
                    self.warnings.append(Notice(NoticeKind.DROPPED_LINK, id, node.type, message, title))
                case Missing.UNCONNECTED:
                    pass
        return inputs

    def drop_dangling_links(self) -> None:
        """Leave out the links to nodes that were left out."""
        for node in list(self.graph.values()):
            dangling = {name: link for name, link in node.links() if link.node not in self.graph}
            for name, link in dangling.items():
                message = f"The link into {name!r} of node {node.id} came from node {link.node}, which is left out"
                self.warnings.append(Notice(NoticeKind.DROPPED_LINK, node.id, node.class_id, message, node.title))
            if dangling:
                kept = {name: value for name, value in node.inputs.items() if name not in dangling}
                self.graph[node.id] = Node(node.id, node.class_id, kept, node.title)

    def settle(self, queueing: Queueing) -> None:
        """Make of the texts what is to be run."""
        for node, texts in self._dynamic_texts():
            settled = {name: settle(text, queueing.choose) for name, text in texts.items()}
            self.graph[node.id] = Node(node.id, node.class_id, {**node.inputs, **settled}, node.title)
        by_name = {node.title: node for node in reversed(self.graph.values())}
        by_name |= {node.class_id: node for node in reversed(self.graph.values())}

        def value_of(name: str, widget: str) -> Literal:
            value = by_name[name].inputs.get(widget) if name in by_name else None
            return None if isinstance(value, Link) else value

        for node in list(self.graph.values()):
            prefix = node.inputs.get(PREFIX)
            if isinstance(prefix, str) and "%" in prefix:
                replaced = {**node.inputs, PREFIX: replace_tokens(prefix, queueing.now, value_of)}
                self.graph[node.id] = Node(node.id, node.class_id, replaced, node.title)

    def report_choices(self) -> None:
        """Name the texts that :meth:`settle` would change."""
        for node, texts in self._dynamic_texts():
            for name, text in texts.items():
                if settle(text, lambda alternatives: alternatives[0]) != text:
                    message = f"The choices and comments in {name!r} of node {node.id} are kept as they are written"
                    self.warnings.append(Notice(NoticeKind.OPEN_CHOICES, node.id, node.class_id, message, node.title))

    def _dynamic_texts(self) -> list[tuple[Node, dict[str, str]]]:
        found = []
        for node in self.graph.values():
            spec = self._specs.get(node.class_id)
            names = [declared.name for declared in spec.inputs if declared.dynamic_prompts] if spec else []
            texts = {name: text for name in names if isinstance(text := node.inputs.get(name), str)}
            if texts:
                found.append((node, texts))
        return found


def _is_decoration(node: CanvasNode) -> bool:
    """Whether a node of an unknown class can neither take nor give anything: labels, bookmarks and their like."""
    return not node.inputs and not node.outputs
