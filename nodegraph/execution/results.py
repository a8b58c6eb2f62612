"""What a node may return besides its values: something to show, a block, or a graph to run in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nodegraph.graph.graph import Graph


@dataclass(frozen=True, slots=True)
class Shown:
    """Values together with what the user interface shows, by kind: ``{"images": [{...}]}``."""

    ui: Mapping[str, Sequence[Any]]
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """An output that stops what depends on it. With a ``message`` the stopped output node reports it."""

    message: str | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """A graph that runs in the node's place. ``values`` may hold :class:`~nodegraph.graph.graph.Link` into it.

    Ids must be new to the run and the same every time: prefix them with the node's own id. Calls for the items of a
    list may use the same ones.
    """

    graph: Graph
    values: tuple[Any, ...]
    ui: Mapping[str, Sequence[Any]] = field(default_factory=dict)
