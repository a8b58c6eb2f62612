"""What a user may want to know about a conversion between the formats, as data and in words."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class NoticeKind(StrEnum):
    """What could not be carried over as it was."""

    UNKNOWN_CLASS = "unknown_class"
    """The node was converted as well as the document alone allows."""

    RECURSIVE_SUBGRAPH = "recursive_subgraph"
    """A subgraph contains itself; the inner instance was left out."""

    DROPPED_LINK = "dropped_link"
    """A link leads from or to something that is not there, or from a node that was left out."""

    DUPLICATE_NODE = "duplicate_node"
    """Two nodes have one id; the later one was kept."""

    OPEN_CHOICES = "open_choices"
    """A text with choices ``{a|b}`` or comments was kept as it is written. An engine takes it literally."""


class Notice(msgspec.Struct, frozen=True):
    """One thing to know. ``node`` is an id of the prompt."""

    kind: NoticeKind
    node: str
    class_type: str
    message: str
    title: str = ""


class UnknownNode(msgspec.Struct, frozen=True):
    """A node of a class that no pack provides."""

    node: str
    class_type: str = msgspec.field(name="class")
    title: str = ""


def unknown_nodes(notices: Iterable[Notice]) -> list[UnknownNode]:
    """The nodes of unknown classes that ``notices`` report."""
    return [UnknownNode(n.node, n.class_type, n.title) for n in notices if n.kind is NoticeKind.UNKNOWN_CLASS]


def unknown_class(node: str, class_type: str, title: str) -> Notice:
    """No pack provides the class of this node."""
    called = f"{title!r}, " if title and title != class_type else ""
    message = f"No node pack provides {class_type!r} ({called}node {node}): its values are a guess"
    return Notice(NoticeKind.UNKNOWN_CLASS, node, class_type, message, title)
