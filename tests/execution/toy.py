"""Node classes small enough to check an engine by hand, and a way to run graphs of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nodegraph.execution.cache import RamCache
from nodegraph.execution.engine import Engine
from nodegraph.execution.events import Event, JobFinished, NodesCached, NodeStarted
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.spec import FileList, Hidden, InputSpec, NodeSpec, OutputSpec


@dataclass
class Toy:
    """One node class, from a function of its inputs."""

    class_id: str
    function: Callable[..., Any]
    inputs: tuple[str, ...] = ()
    outputs: int = 1
    output: bool = False
    lazy: tuple[str, ...] = ()
    list_out: bool = False
    takes_lists: bool = False
    hidden: dict[str, Hidden] = field(default_factory=dict)
    idempotent: bool = True
    fingerprint_of: Callable[[Mapping[str, Any]], Any] = lambda literals: None
    wanted_of: Callable[[Mapping[str, Any]], Sequence[str]] = lambda inputs: ()
    files: tuple[str, ...] = ()

    @property
    def spec(self) -> NodeSpec:
        return NodeSpec(
            class_id=self.class_id,
            display_name=self.class_id,
            category="toy",
            inputs=tuple(
                InputSpec(
                    name,
                    "*",
                    optional=True,
                    lazy=name in self.lazy,
                    choices=FileList("toys") if name in self.files else None,
                )
                for name in self.inputs
            ),
            outputs=tuple(OutputSpec(f"out{i}", "*", is_list=self.list_out) for i in range(self.outputs)),
            is_output=self.output,
            takes_lists=self.takes_lists,
            hidden=self.hidden,
            idempotent=self.idempotent,
        )

    def call(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        return self.function(**inputs)

    def fingerprint(self, literals: Mapping[str, Any]) -> Any:
        return self.fingerprint_of(literals)

    def wanted(self, inputs: Mapping[str, Any]) -> Sequence[str]:
        return self.wanted_of(inputs)


def graph(**nodes: tuple[Any, ...]) -> Graph:
    """``graph(a=("Class", {"x": 1}), b=("Class", {"x": "@a"}))``: ``@id`` or ``@id.slot`` is a link."""

    def value(v: Any) -> Any:
        if isinstance(v, str) and v.startswith("@"):
            id, _, slot = v[1:].partition(":")
            return Link(id, int(slot or 0))
        return v

    return {id: Node(id, spec[0], {k: value(v) for k, v in spec[1].items()}) for id, spec in nodes.items()}


class Bench:
    """An engine over toys, which remembers events and calls."""

    def __init__(self, *toys: Toy, limit: int = 1_000_000, fingerprint: Callable[[str], str] = lambda name: "") -> None:
        self.cache = RamCache(limit, lambda result: 1 + sum(len(items) for items in result.values))
        self.engine = Engine(
            {toy.class_id: toy for toy in toys},
            self.cache,
            fingerprint=lambda owner, listing, name: fingerprint(name),
        )
        self.events: list[Event] = []
        self.last: JobFinished | None = None

    def run(self, graph: Graph, *outputs: str, cancelled: Callable[[], bool] = lambda: False) -> JobFinished:
        self.events = []
        self.last = self.engine.run(
            "job", graph, outputs, emit=self.events.append, make_context=lambda node: node, cancelled=cancelled
        )
        return self.last

    def started(self) -> list[str]:
        return [e.node for e in self.events if isinstance(e, NodeStarted)]

    def cached(self) -> list[str]:
        return next(e.nodes for e in self.events if isinstance(e, NodesCached))
