"""The canvas format as data: what an editor saves, in its versions 0.4 and 1.0, read into one shape.

Reading is strict about the shapes that conversion relies on and blind to everything else (positions, colours, groups,
native reroutes: they only decorate). Knows no node classes.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from nodegraph.graph.problems import Problem, PromptError

T = TypeVar("T")

INPUT_NODE = "-10"
"""The id by which links inside a subgraph name its inputs."""

OUTPUT_NODE = "-20"
"""The id by which links inside a subgraph name its outputs."""


class CanvasError(PromptError):
    """A canvas document of a wrong shape.

    The message says where, as a path such as ``$.nodes[3].inputs``, and names the node by its id if it is one's fault.
    """

    def __init__(self, message: str, node: str = "") -> None:
        details, extra = (f"Node ID '#{node}'", {"node_id": node}) if node else ("", {})
        super().__init__(Problem("invalid_workflow", f"This is no canvas document: {message}", details, extra))


class Mode(IntEnum):
    """What a node does when the graph runs. Other numbers are older triggers, which count as active."""

    MUTED = 2
    BYPASSED = 4


class WidgetName(msgspec.Struct, frozen=True):
    """The widget behind an input."""

    name: str = ""


class Input(msgspec.Struct, frozen=True):
    """An input of a node, with the id of the link that feeds it. ``widget`` is set if it can be edited in place."""

    name: str = ""
    type: Any = "*"
    link: int | str | None = None
    widget: WidgetName | None = None


class Output(msgspec.Struct, frozen=True):
    """An output of a node."""

    name: str = ""
    type: Any = "*"


class CanvasNode(msgspec.Struct, frozen=True):
    """A node as drawn: of a class, of the editor's own kinds (notes, reroutes), or an instance of a subgraph."""

    id: int | float | str
    type: str
    mode: int = 0
    title: Any = None
    inputs: tuple[Input, ...] | None = None
    outputs: tuple[Output, ...] | None = None
    widgets_values: Any = None
    widgets_values_named: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        """The id as links are resolved by: 5, 5.0 and "5" are one node."""
        return key_of(self.id)

    @property
    def sockets(self) -> tuple[Input, ...]:
        """The inputs, which older files leave out when there are none."""
        return self.inputs or ()

    @property
    def first_value(self) -> Any:
        """The value of the first widget, or None."""
        values = list(self.widgets_values.values()) if isinstance(self.widgets_values, dict) else self.widgets_values
        return values[0] if isinstance(values, list) and values else None

    @property
    def written_title(self) -> str:
        """The title that a user gave it, or ""."""
        return self.title if isinstance(self.title, str) else ""


class CanvasLink(msgspec.Struct, frozen=True):
    """A link, in its object form."""

    id: int | str
    origin_id: int | float | str
    origin_slot: int
    target_id: int | float | str
    target_slot: int


class Port(msgspec.Struct, frozen=True):
    """An input or output of a subgraph."""

    name: str = ""
    type: Any = "*"


class Canvas(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A level of a document: the whole, or the inside of a subgraph, which has an ``id`` and ports.

    What is looked up in it is indexed once, however many instances of a subgraph there are.
    """

    nodes: tuple[CanvasNode, ...]
    links: tuple[CanvasLink, ...] = ()
    id: str = ""
    name: Any = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()

    @property
    def size(self) -> int:
        """How many things there are in it."""
        return len(self.nodes) + len(self.links) + len(self.inputs) + len(self.outputs)

    @cached_property
    def node_by_key(self) -> Mapping[str, CanvasNode]:
        """Nodes by id, as text."""
        return {node.key: node for node in self.nodes}

    @cached_property
    def link_by_id(self) -> Mapping[str, CanvasLink]:
        """Links by id, as text."""
        return {str(link.id): link for link in self.links}

    @cached_property
    def setters(self) -> Mapping[str, CanvasNode]:
        """The nodes that give a link a name, by that name."""
        return {str(node.first_value): node for node in self.nodes if node.type == "SetNode"}

    @cached_property
    def output_links(self) -> Mapping[int, str]:
        """The links that feed the outputs of this subgraph, by slot."""
        return {link.target_slot: str(link.id) for link in self.links if key_of(link.target_id) == OUTPUT_NODE}

    @cached_property
    def inputs_of_widgets(self) -> frozenset[int]:
        """The inputs of this subgraph, by slot, that feed a widget in here."""
        fed = {str(socket.link) for node in self.nodes for socket in node.sockets if socket.widget}
        return frozenset(
            link.origin_slot for link in self.links if key_of(link.origin_id) == INPUT_NODE and str(link.id) in fed
        )


class Document(msgspec.Struct, frozen=True):
    """A whole document: the outermost level, and the subgraphs it defines by id, however deep they were written."""

    root: Canvas
    subgraphs: Mapping[str, Canvas]


class _Level(msgspec.Struct, frozen=True):
    """A level as it is written: nodes one by one, links in either form, or null where one was removed."""

    nodes: list[Any]
    links: list[Any] | None = None
    id: Any = ""
    name: Any = ""
    inputs: tuple[Port, ...] | None = None
    outputs: tuple[Port, ...] | None = None
    definitions: "_Definitions | None" = None


class _Definitions(msgspec.Struct, frozen=True):
    subgraphs: list[Any] | None = None


def read(document: object) -> Document:
    """Read a canvas document from JSON data. Raises :class:`CanvasError`."""
    subgraphs: dict[str, Canvas] = {}
    root, waiting = _level(document, "$")
    while waiting:
        written, path = waiting.pop()
        inside, further = _level(written, path)
        subgraphs[inside.id] = inside
        waiting += further
    return Document(root, subgraphs)


def key_of(id: int | float | str) -> str:
    """A node id as text."""
    return str(int(id)) if isinstance(id, float) and id.is_integer() else str(id)


def _level(written: object, path: str) -> tuple[Canvas, list[tuple[Any, str]]]:
    """A level, and the subgraphs that are defined in it, as they are written, with the paths to them."""
    level = _convert(written, _Level, path)
    nodes = tuple(_node(node, f"{path}.nodes[{i}]") for i, node in enumerate(level.nodes))
    links = tuple(_link(link, f"{path}.links[{i}]") for i, link in enumerate(level.links or ()) if link is not None)
    defined = (level.definitions and level.definitions.subgraphs) or ()
    inner = [(subgraph, f"{path}.definitions.subgraphs[{i}]") for i, subgraph in enumerate(defined)]
    return Canvas(nodes, links, str(level.id), level.name, level.inputs or (), level.outputs or ()), inner


def _node(node: object, path: str) -> CanvasNode:
    id = node.get("id", "") if isinstance(node, dict) else ""
    return _convert(node, CanvasNode, path, str(id) if isinstance(id, int | float | str) else "")


def _link(link: object, path: str) -> CanvasLink:
    """Either form: an object, or ``[id, origin node, origin slot, target node, target slot, type]``."""
    if isinstance(link, Sequence) and not isinstance(link, str):
        if len(link) < 5:
            raise CanvasError(f"a link has at least 5 elements, not {len(link)} - at `{path}`")
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
        link = dict(zip(names, link, strict=False))
    return _convert(link, CanvasLink, path)


def _convert(value: object, type: type[T], path: str, node: str = "") -> T:
    """``value`` as ``type``. An error says where in the whole document."""
    try:
        return msgspec.convert(value, type, strict=False)
    except msgspec.ValidationError as error:
        what, _, inside = str(error).partition(" - at `$")
        raise CanvasError(f"{what} - at `{path}{inside.rstrip('`')}`", node) from None
