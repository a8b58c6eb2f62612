"""Declared functions under the real engine: every kind of input and result of the node API."""

from collections.abc import Mapping
from typing import Annotated, Any

import pytest

from nodegraph.execution.cache import RamCache
from nodegraph.execution.engine import Engine
from nodegraph.execution.events import Event, NodeOutput, NodeStarted, Outcome
from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.spec import Hidden
from nodegraph.packs.declare import NodeDefinition, definition_of, node
from nodegraph.packs.markers import ClientOptions, Growing, HiddenInput, Lazy, ListOutput, Omittable, Socket

KINDS = {
    "options": [
        {"key": "round", "inputs": {"required": {"radius": ["FLOAT", {"default": 1.0}]}}},
        {"key": "square", "inputs": {"required": {"side": ["INT", {}]}, "optional": {"tilt": ["INT", {"default": 3}]}}},
    ]
}


@node("Number", category="tests")
def number(*, value: int = 0) -> int:
    return value


@node("Add", category="tests")
def add(*, a: int, b: int = 1) -> int:
    return a + b


@node("Later", category="tests")
async def later(*, a: int) -> int:
    return a * 10


@node("Spread", category="tests")
def spread(*, count: int) -> Annotated[list[int], ListOutput()]:
    return list(range(count))


@node("Sum", category="tests", takes_lists=True)
def total(*, a: list[int]) -> int:
    return sum(a)


@node("Choose", category="tests", wanted=lambda known: ["yes"] if known["flag"] else ["no"])
def choose(*, flag: bool, yes: Annotated[int | None, Lazy()], no: Annotated[int | None, Lazy()]) -> int | None:
    return yes if flag else no


@node("Twice", category="tests")
def twice(*, a: int, me: Annotated[str, HiddenInput(Hidden.UNIQUE_ID)] = "") -> int | Expansion:
    inner = f"{me}.inner"
    return Expansion({inner: Node(inner, "Add", {"a": a, "b": a})}, (Link(inner, 0),))


@node("Fail", category="tests")
def fail() -> int | Blocked:
    return Blocked("not today")


@node("Clock", category="tests", fingerprint=lambda inputs: ALWAYS)
def clock() -> int:
    return 0


@node("Join", category="tests")
def join(*, parts: Annotated[Mapping[str, str], Growing("part")], end: Annotated[str, Omittable()] = ".") -> str:
    return " ".join(parts.values()) + end


@node("Shape", category="tests")
def shape(*, kind: Annotated[Mapping[str, Any], Socket("COMFY_DYNAMICCOMBO_V3"), ClientOptions(KINDS)]) -> str:
    return str(dict(kind))


@node("Show", category="tests", output=True)
def show(*, a: Any) -> Shown:
    return Shown({"text": [a]})


DEFINITIONS: dict[str, NodeDefinition] = {
    definition_of(function).spec.class_id: definition_of(function)
    for function in (number, add, later, spread, total, choose, twice, fail, clock, join, shape, show)
}


@pytest.fixture
def engine() -> Engine:
    return Engine(DEFINITIONS, RamCache(10**6, lambda result: 1), fingerprint=lambda owner, listing, name: "")


def run(engine: Engine, **nodes: tuple[str, dict[str, Any]]) -> tuple[list[Any], list[str]]:
    """What was shown, and which nodes were started."""
    graph: Graph = {id: Node(id, class_id, inputs) for id, (class_id, inputs) in nodes.items()}
    events: list[Event] = []
    finished = engine.run("job", graph, ["show"], emit=events.append, make_context=lambda node: None)
    assert finished.outcome is Outcome.DONE, finished.failure
    shown = [text for event in events if isinstance(event, NodeOutput) for text in event.ui["text"]]
    return shown, [event.node for event in events if isinstance(event, NodeStarted)]


def test_defaults_and_asynchronous_functions(engine: Engine) -> None:
    shown, _ = run(
        engine,
        n=("Number", {"value": 4}),
        l=("Later", {"a": Link("n", 0)}),
        p=("Add", {"a": Link("l", 0)}),
        show=("Show", {"a": Link("p", 0)}),
    )
    assert shown == [41]


def test_lists_map_and_are_gathered(engine: Engine) -> None:
    shown, _ = run(
        engine,
        s=("Spread", {"count": 4}),
        p=("Add", {"a": Link("s", 0), "b": 10}),
        t=("Sum", {"a": Link("p", 0)}),
        show=("Show", {"a": Link("t", 0)}),
    )
    assert shown == [46]


@pytest.mark.parametrize(("flag", "answer", "unused"), [(True, 1, "n"), (False, 2, "y")])
def test_only_the_wanted_branch_runs(engine: Engine, flag: bool, answer: int, unused: str) -> None:
    shown, started = run(
        engine,
        y=("Number", {"value": 1}),
        n=("Number", {"value": 2}),
        c=("Choose", {"flag": flag, "yes": Link("y", 0), "no": Link("n", 0)}),
        show=("Show", {"a": Link("c", 0)}),
    )
    assert shown == [answer]
    assert unused not in started


def test_the_members_of_a_group_arrive_in_their_order(engine: Engine) -> None:
    links = {f"parts.part{place}": Link(f"n{place}", 0) for place in (10, 9, 2)}
    shown, _ = run(
        engine,
        n2=("Join", {"parts.part0": "b", "end": ""}),
        n9=("Join", {"parts.part0": "c", "end": ""}),
        n10=("Join", {"parts.part0": "d", "end": ""}),
        j=("Join", {**links, "parts.part0": "a"}),
        show=("Show", {"a": Link("j", 0)}),
    )
    assert shown == ["a b c d."]


def test_a_choice_brings_its_members_and_their_defaults(engine: Engine) -> None:
    shown, _ = run(
        engine,
        s=("Shape", {"kind": "square", "kind.side": Link("n", 0)}),
        n=("Number", {"value": 7}),
        show=("Show", {"a": Link("s", 0)}),
    )
    assert shown == ["{'kind': 'square', 'side': 7, 'tilt': 3}"]


def test_expansions_know_their_id(engine: Engine) -> None:
    shown, started = run(engine, t=("Twice", {"a": 21}), show=("Show", {"a": Link("t", 0)}))
    assert shown == [42]
    assert "t.inner" in started


def test_a_node_mapped_over_a_list_expands_for_each_item(engine: Engine) -> None:
    shown, _ = run(
        engine,
        s=("Spread", {"count": 4}),
        t=("Twice", {"a": Link("s", 0)}),
        u=("Twice", {"a": Link("t", 0)}),
        show=("Show", {"a": Link("u", 0)}),
    )
    assert shown == [0, 4, 8, 12]


def test_a_block_keeps_what_follows_from_running(engine: Engine) -> None:
    shown, _ = run(engine, f=("Fail", {}), show=("Show", {"a": Link("f", 0)}))
    assert shown == []


def test_fingerprints_decide_whether_a_node_runs_again(engine: Engine) -> None:
    graph: dict[str, tuple[str, dict[str, Any]]] = {
        "n": ("Number", {}),
        "c": ("Clock", {}),
        "p": ("Add", {"a": Link("n", 0), "b": Link("c", 0)}),
        "show": ("Show", {"a": Link("p", 0)}),
    }
    run(engine, **graph)
    _, started = run(engine, **graph)
    assert "n" not in started
    assert {"c", "p", "show"} <= set(started)
