"""The canvas format as data: what an editor saves, in its versions 0.4 and 1.0, read into one shape.

Reading is strict about the shapes that conversion relies on and blind to everything else (positions, colours, groups,
native reroutes: they only decorate). Knows no node classes.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import msgspec

from nodegraph.errors import UserError

INPUT_NODE = "-10"
"""The id by which links inside a subgraph name its inputs."""

OUTPUT_NODE = "-20"
"""The id by which links inside a subgraph name its outputs."""


class CanvasError(UserError):
    """A canvas document of a wrong shape. The message says where, as a path such as ``$.nodes[3].inputs``."""


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


class Canvas(msgspec.Struct, frozen=True):
    """A level of a document: the whole, or the inside of a subgraph, which has an ``id`` and ports."""

    nodes: tuple[CanvasNode, ...]
    links: tuple[CanvasLink, ...] = ()
    id: str = ""
    name: Any = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()


class Document(msgspec.Struct, frozen=True):
    """A whole document: the outermost level, and the subgraphs it defines by id, however deep they were written."""

    root: Canvas
    subgraphs: Mapping[str, Canvas]


class _Level(msgspec.Struct, frozen=True):
    """A level as it is written: links in either form, or null where one was removed."""

    nodes: tuple[CanvasNode, ...]
    links: tuple[list[Any] | CanvasLink | None, ...] | None = None
    id: Any = ""
    name: Any = ""
    inputs: tuple[Port, ...] | None = None
    outputs: tuple[Port, ...] | None = None
    definitions: "_Definitions | None" = None


class _Definitions(msgspec.Struct, frozen=True):
    subgraphs: tuple[_Level, ...] | None = None


def read(document: object) -> Document:
    """Read a canvas document from JSON data. Raises :class:`CanvasError`."""
    try:
        outermost = msgspec.convert(document, _Level, strict=False)
        subgraphs: dict[str, Canvas] = {}
        root = _level(outermost, subgraphs, "$")
    except (msgspec.ValidationError, RecursionError) as error:
        raise CanvasError(f"This is no canvas document: {error}") from None
    return Document(root, subgraphs)


def key_of(id: int | float | str) -> str:
    """A node id as text."""
    return str(int(id)) if isinstance(id, float) and id.is_integer() else str(id)


def _level(level: _Level, subgraphs: dict[str, Canvas], path: str) -> Canvas:
    for i, inner in enumerate((level.definitions and level.definitions.subgraphs) or ()):
        inside = _level(inner, subgraphs, f"{path}.definitions.subgraphs[{i}]")
        subgraphs[inside.id] = inside
    links = [
        link if isinstance(link, CanvasLink) else _link(link, f"{path}.links[{i}]")
        for i, link in enumerate(level.links or ())
        if link is not None
    ]
    return Canvas(level.nodes, tuple(links), str(level.id), level.name, level.inputs or (), level.outputs or ())


def _link(link: list[Any], path: str) -> CanvasLink:
    """The list form: ``[id, origin node, origin slot, target node, target slot, type]``."""
    if len(link) < 5:
        raise CanvasError(f"This is no canvas document: a link has at least 5 elements, not {len(link)} - at `{path}`")
    names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
    try:
        return msgspec.convert(dict(zip(names, link, strict=False)), CanvasLink, strict=False)
    except msgspec.ValidationError as error:
        raise CanvasError(f"This is no canvas document: {error}, in the link at `{path}`") from None
