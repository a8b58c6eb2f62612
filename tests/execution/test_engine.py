"""The engine over toy nodes: order, reuse, lists, lazy inputs, expansion, blocking, async, failure, cancellation."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import Bench, Toy, graph

from nodegraph.errors import UserError
from nodegraph.execution.cancel import Cancelled
from nodegraph.execution.events import (
    JobFinished,
    JobStarted,
    Kept,
    NodeBlocked,
    NodeFinished,
    NodeOutput,
    NodesCached,
    NodeStarted,
    Outcome,
)
from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.spec import Hidden

VALUE = Toy("Value", lambda x: (x,), ("x",))
ADD = Toy("Add", lambda a=0, b=0: (a + b,), ("a", "b"))
SHOW = Toy("Show", lambda x: Shown({"text": [str(x)]}), ("x",), outputs=0, output=True)


def shown(bench: Bench) -> dict[str, Any]:
    return {e.node: e.ui["text"] for e in bench.events if isinstance(e, NodeOutput)}


def diamond(x: int = 1) -> Graph:
    return graph(
        s=("Value", {"x": x}),
        l=("Add", {"a": "@s", "b": 1}),
        r=("Add", {"a": "@s", "b": 2}),
        j=("Add", {"a": "@l", "b": "@r"}),
        o=("Show", {"x": "@j"}),
    )


def test_a_diamond_runs_each_node_once_and_in_order() -> None:
    bench = Bench(VALUE, ADD, SHOW)
    finished = bench.run(diamond(), "o")
    assert finished.outcome is Outcome.DONE
    assert bench.started() == ["s", "l", "r", "j", "o"]
    assert shown(bench) == {"o": ["5"]}
    assert isinstance(bench.events[0], JobStarted)
    assert bench.events[-1] == finished


def test_the_second_run_computes_nothing_but_shows_the_same() -> None:
    bench = Bench(VALUE, ADD, SHOW)
    bench.run(diamond(), "o")
    bench.run(diamond(), "o")
    assert bench.started() == []
    assert bench.cached() == ["s", "l", "r", "j", "o"]
    assert shown(bench) == {"o": ["5"]}


def test_what_is_kept_and_what_will_run_is_told_before_anything_runs() -> None:
    bench = Bench(VALUE, ADD, SHOW)
    bench.run(diamond(), "o")
    changed = {**diamond(), **graph(r=("Add", {"a": "@s", "b": 100}))}
    bench.run(changed, "o")
    told = next(e for e in bench.events if isinstance(e, NodesCached))
    assert told.kept == {"s": Kept.RAM, "l": Kept.RAM}
    assert sorted(told.to_run) == sorted(bench.started()) == ["j", "o", "r"]


def test_a_changed_input_runs_only_what_depends_on_it() -> None:
    bench = Bench(VALUE, ADD, SHOW)
    bench.run(diamond(), "o")
    changed = {**diamond(), "r": Node("r", "Add", {"a": Link("s", 0), "b": 7})}
    bench.run(changed, "o")
    assert bench.started() == ["r", "j", "o"]
    assert shown(bench) == {"o": ["10"]}


def test_ids_and_titles_do_not_matter_to_the_cache() -> None:
    bench = Bench(VALUE, ADD, SHOW)
    bench.run(diamond(), "o")
    renamed = graph(q=("Value", {"x": 1}), w=("Show", {"x": "@q"}))
    bench.run({**renamed, "q": Node("q", "Value", {"x": 1}, title="another")}, "w")
    assert bench.started() == ["w"]


def test_equal_nodes_of_one_graph_are_computed_once() -> None:
    bench = Bench(VALUE, ADD, SHOW)
    bench.run(
        graph(a=("Value", {"x": 1}), b=("Value", {"x": 1}), c=("Add", {"a": "@a", "b": "@b"}), o=("Show", {"x": "@c"})),
        "o",
    )
    assert shown(bench) == {"o": ["2"]}
    assert len([n for n in bench.started() if n in "ab"]) == 1


@pytest.mark.parametrize(("first", "second"), [(1, 1.0), (1, True), (0, False), ("1", 1), (None, 0), ([1], [1.0])])
def test_literals_of_different_types_have_different_keys(first: Any, second: Any) -> None:
    bench = Bench(VALUE, SHOW)
    bench.run(graph(a=("Value", {"x": first}), o=("Show", {"x": "@a"})), "o")
    bench.run(graph(a=("Value", {"x": second}), o=("Show", {"x": "@a"})), "o")
    assert bench.started() == ["a", "o"]


def test_a_literal_without_a_digest_is_an_error_that_names_node_and_input() -> None:
    finished = Bench(VALUE, SHOW).run(graph(a=("Value", {"x": object()}), o=("Show", {"x": "@a"})), "o")
    assert finished.outcome is Outcome.FAILED
    assert finished.failure is not None
    assert finished.failure.node == "a"
    assert "'x'" in finished.failure.message
    assert finished.failure.user_error


def test_a_changed_file_changes_the_key() -> None:
    content = "one"
    bench = Bench(
        Toy("Load", lambda name: (name,), ("name",), files=("name",)), SHOW, fingerprint=lambda name: content + name
    )
    loading = graph(a=("Load", {"name": "f"}), o=("Show", {"x": "@a"}))
    bench.run(loading, "o")
    bench.run(loading, "o")
    assert bench.started() == []
    content = "two"
    bench.run(loading, "o")
    assert bench.started() == ["a", "o"]


def test_always_runs_always_and_so_does_what_follows() -> None:
    bench = Bench(Toy("Now", lambda: (1,), fingerprint_of=lambda literals: ALWAYS), SHOW)
    for _ in range(2):
        bench.run(graph(a=("Now", {}), o=("Show", {"x": "@a"})), "o")
        assert bench.started() == ["a", "o"]


def test_a_node_that_asks_for_its_id_is_cached_by_id() -> None:
    bench = Bench(Toy("Who", lambda me: (me,), hidden={"me": Hidden.UNIQUE_ID}), SHOW)
    bench.run(graph(a=("Who", {}), b=("Who", {}), o=("Show", {"x": "@a"}), p=("Show", {"x": "@b"})), "o", "p")
    assert shown(bench) == {"o": ["a"], "p": ["b"]}


def test_only_what_outputs_need_runs() -> None:
    bench = Bench(VALUE, SHOW)
    unused = graph(a=("Value", {"x": 1}), z=("Value", {"x": 2}), o=("Show", {"x": "@a"}), p=("Show", {"x": "@z"}))
    bench.run(unused, "o")
    assert bench.started() == ["a", "o"]


def test_a_node_nobody_reaches_may_be_broken() -> None:
    bench = Bench(VALUE, SHOW)
    broken = {**graph(a=("Value", {"x": 1}), o=("Show", {"x": "@a"})), "bad": Node("bad", "Gone", {"x": Link("?", 0)})}
    assert bench.run(broken, "o").outcome is Outcome.DONE


# ---- lists ----


def test_lists_map_and_the_shorter_repeats_its_last() -> None:
    items = Toy("Items", lambda n: (list(range(n)),), ("n",), list_out=True)
    bench = Bench(items, ADD, SHOW)
    bench.run(
        graph(
            a=("Items", {"n": 3}),
            b=("Items", {"n": 2}),
            c=("Add", {"a": "@a", "b": "@b"}),
            d=("Add", {"a": "@c", "b": 10}),
            o=("Show", {"x": "@d"}),
        ),
        "o",
    )
    assert shown(bench) == {"o": ["10", "12", "13"]}


def test_a_node_that_takes_lists_is_called_once() -> None:
    items = Toy("Items", lambda n: (list(range(n)),), ("n",), list_out=True)
    total = Toy("Sum", lambda xs, k: (sum(xs) * k[0],), ("xs", "k"), takes_lists=True)
    bench = Bench(items, total, SHOW)
    bench.run(graph(a=("Items", {"n": 4}), b=("Sum", {"xs": "@a", "k": 2}), o=("Show", {"x": "@b"})), "o")
    assert shown(bench) == {"o": ["12"]}


def test_an_empty_list_is_an_error_that_names_the_input() -> None:
    items = Toy("Items", lambda n: (list(range(n)),), ("n",), list_out=True)
    finished = Bench(items, SHOW).run(graph(a=("Items", {"n": 0}), o=("Show", {"x": "@a"})), "o")
    assert finished.failure is not None
    assert "'x'" in finished.failure.message
    assert finished.failure.node == "o"


# ---- lazy inputs ----


def switch() -> Toy:
    return Toy(
        "Switch",
        lambda which, a=None, b=None: (a if which else b,),
        ("which", "a", "b"),
        lazy=("a", "b"),
        wanted_of=lambda known: ["a" if known["which"] else "b"],
    )


@pytest.mark.parametrize(("which", "ran", "answer"), [(True, "x", "1"), (False, "y", "2")])
def test_only_the_wanted_lazy_input_is_computed(which: bool, ran: str, answer: str) -> None:
    bench = Bench(VALUE, switch(), SHOW)
    bench.run(
        graph(
            x=("Value", {"x": 1}),
            y=("Value", {"x": 2}),
            s=("Switch", {"which": which, "a": "@x", "b": "@y"}),
            o=("Show", {"x": "@s"}),
        ),
        "o",
    )
    assert bench.started() == [ran, "s", "o"]
    assert shown(bench) == {"o": [answer]}


def test_a_lazy_input_may_ask_again_for_what_was_released() -> None:
    bench = Bench(VALUE, ADD, switch(), SHOW, limit=0)  # nothing is kept, so it has to be computed again
    bench.run(
        graph(
            x=("Value", {"x": 1}),
            y=("Add", {"a": "@x", "b": 0}),
            s=("Switch", {"which": "@y", "a": "@x"}),
            o=("Show", {"x": "@s"}),
        ),
        "o",
    )
    assert bench.last is not None
    assert bench.last.outcome is Outcome.DONE
    assert shown(bench) == {"o": ["1"]}


# ---- expansion ----


def countdown(n: int, me: str) -> Any:
    """A recursion: expands to itself until it reaches zero, adding up on the way."""
    if n == 0:
        return (0,)
    inner = {
        f"{me}.n": Node(f"{me}.n", "Countdown", {"n": n - 1}),
        f"{me}.s": Node(f"{me}.s", "Add", {"a": Link(f"{me}.n", 0), "b": n}),
    }
    return Expansion(inner, (Link(f"{me}.s", 0),))


COUNTDOWN = Toy("Countdown", countdown, ("n",), hidden={"me": Hidden.UNIQUE_ID})


def test_expansion_recurses_and_its_result_is_cached() -> None:
    bench = Bench(COUNTDOWN, ADD, SHOW)
    recursive = graph(a=("Countdown", {"n": 20}), o=("Show", {"x": "@a"}))
    bench.run(recursive, "o")
    assert shown(bench) == {"o": ["210"]}
    bench.run(recursive, "o")
    assert bench.started() == []


def test_outputs_inside_an_expansion_run_and_are_shown_again_when_cached() -> None:
    def function(me: str) -> Any:
        inner = {f"{me}.v": Node(f"{me}.v", "Value", {"x": 9}), f"{me}.o": Node(f"{me}.o", "Show", {"x": 3})}
        return Expansion(inner, (Link(f"{me}.v", 0),))

    bench = Bench(Toy("Macro", function, hidden={"me": Hidden.UNIQUE_ID}), VALUE, SHOW)
    macro = graph(a=("Macro", {}), o=("Show", {"x": "@a"}))
    bench.run(macro, "o")
    first = shown(bench)
    assert first == {"o": ["9"], "a.o": ["3"]}
    displays = {e.node: e.display for e in bench.events if isinstance(e, NodeOutput)}
    assert displays["a.o"] == "a"
    bench.run({**macro, "o": Node("o", "Show", {"x": Link("a", 0), "extra": 1})}, "o")
    assert bench.started() == ["o"]
    assert shown(bench) == first


def test_cached_outputs_of_an_expansion_are_shown_in_the_same_order_in_every_process() -> None:
    def function(k: int, me: str) -> Any:
        return Expansion({f"{me}.{i}": Node(f"{me}.{i}", "Show", {"x": i}) for i in range(9)}, (k,))

    bench = Bench(Toy("Macro", function, ("k",), hidden={"me": Hidden.UNIQUE_ID}), SHOW)
    for k in (1, 2):
        bench.run(graph(a=("Macro", {"k": k}), o=("Show", {"x": "@a"})), "o")
    assert bench.started() == ["a", "o"]
    assert [e.node for e in bench.events if isinstance(e, NodeOutput) and e.cached] == [f"a.{i}" for i in range(9)]


@pytest.mark.parametrize(
    ("inner", "values", "says"),
    [
        ({"o": Node("o", "Value", {"x": 1})}, (1,), "'o'"),
        ({"n": Node("n", "Gone", {})}, (1,), "Gone"),
        ({"n": Node("n", "Value", {"x": Link("zz", 0)})}, (1,), "'zz'"),
        ({}, (Link("zz", 0),), "'zz'"),
    ],
)
def test_a_bad_expansion_is_refused(inner: Graph, values: tuple[Any, ...], says: str) -> None:
    bench = Bench(Toy("Bad", lambda: Expansion(inner, values)), VALUE, SHOW)
    finished = bench.run(graph(a=("Bad", {}), o=("Show", {"x": "@a"})), "o")
    assert finished.failure is not None
    assert says in finished.failure.message


def test_an_expansion_with_a_cycle_is_refused() -> None:
    inner = {"p": Node("p", "Value", {"x": Link("q", 0)}), "q": Node("q", "Value", {"x": Link("p", 0)})}
    bench = Bench(Toy("Bad", lambda: Expansion(inner, (Link("p", 0),))), VALUE, SHOW)
    finished = bench.run(graph(a=("Bad", {}), o=("Show", {"x": "@a"})), "o")
    assert finished.failure is not None
    assert "cycle" in finished.failure.message


# ---- blocking ----


def test_a_block_stops_what_depends_on_it_and_its_message_is_told_by_the_output() -> None:
    bench = Bench(Toy("Stop", lambda m: (Blocked(m),), ("m",)), VALUE, ADD, SHOW)
    blocked = graph(
        a=("Stop", {"m": "not today"}),
        b=("Add", {"a": "@a", "b": 1}),
        o=("Show", {"x": "@b"}),
        v=("Value", {"x": 1}),
        p=("Show", {"x": "@v"}),
    )
    assert bench.run(blocked, "o", "p").outcome is Outcome.DONE
    assert shown(bench) == {"p": ["1"]}
    assert [(e.node, e.message) for e in bench.events if isinstance(e, NodeBlocked)] == [("o", "not today")]


# ---- asynchronous nodes ----


def test_async_nodes_run_together_while_others_proceed() -> None:
    inside = 0
    most = 0

    async def wait(x: int) -> tuple[int]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.02)
        inside -= 1
        return (x,)

    bench = Bench(Toy("Wait", wait, ("x",)), ADD, SHOW)
    bench.run(
        graph(a=("Wait", {"x": 1}), b=("Wait", {"x": 2}), c=("Add", {"a": "@a", "b": "@b"}), o=("Show", {"x": "@c"})),
        "o",
    )
    assert shown(bench) == {"o": ["3"]}
    assert most == 2


def test_an_async_failure_names_its_node() -> None:
    async def fail(x: int) -> tuple[int]:
        await asyncio.sleep(0)
        raise ValueError(f"no {x}")

    finished = Bench(Toy("Fail", fail, ("x",)), SHOW).run(graph(a=("Fail", {"x": 1}), o=("Show", {"x": "@a"})), "o")
    assert finished.failure is not None
    assert (finished.failure.node, finished.failure.message) == ("a", "no 1")


# ---- failure and cancellation ----


@pytest.mark.parametrize("error", [SystemExit(3), asyncio.CancelledError(), KeyboardInterrupt(), GeneratorExit()])
def test_whatever_a_node_raises_the_run_ends(error: BaseException) -> None:
    def fail(x: int) -> tuple[int]:
        raise error

    async def fail_later(x: int) -> tuple[int]:
        await asyncio.sleep(0)
        raise error

    for implementation in (fail, fail_later):
        bench = Bench(Toy("Fail", implementation, ("x",)), SHOW)
        finished = bench.run(graph(a=("Fail", {"x": 1}), o=("Show", {"x": "@a"})), "o")
        assert finished.outcome is Outcome.FAILED
        assert finished.failure is not None
        assert (finished.failure.node, finished.failure.kind) == ("a", failure_name(error))
        assert bench.events[-1] is finished


def failure_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def test_a_failure_can_be_told_whatever_the_inputs_were() -> None:
    def fail(x: int) -> tuple[int]:
        raise ValueError("no")

    finished = Bench(Toy("Fail", fail, ("x",)), Toy("Power", lambda x: (x**5000,), ("x",)), SHOW).run(
        graph(a=("Power", {"x": 10}), b=("Fail", {"x": "@a"}), o=("Show", {"x": "@b"})), "o"
    )
    assert finished.failure is not None
    assert finished.failure.inputs == {"x": ["int"]}
    msgspec.msgpack.encode(finished)


def test_a_failure_says_where_why_and_with_what() -> None:
    def fail(x: int) -> Any:
        raise UserError("that will not do")

    bench = Bench(VALUE, Toy("Fail", fail, ("x",)), SHOW)
    finished = bench.run(graph(a=("Value", {"x": 4}), b=("Fail", {"x": "@a"}), o=("Show", {"x": "@b"})), "o")
    assert finished.outcome is Outcome.FAILED
    failure = finished.failure
    assert failure is not None
    assert (failure.node, failure.class_id, failure.message) == ("b", "Fail", "that will not do")
    assert failure.kind == "nodegraph.errors.UserError"
    assert failure.inputs == {"x": [4]}
    assert failure.user_error
    assert finished.executed == ["a"]


def test_a_wrong_number_of_outputs_is_the_nodes_defect() -> None:
    finished = Bench(Toy("Two", lambda: (1, 2)), SHOW).run(graph(a=("Two", {}), o=("Show", {"x": "@a"})), "o")
    assert finished.failure is not None
    assert "declares 1 outputs, but returned 2 values" in finished.failure.message
    assert not finished.failure.user_error


def test_a_cancel_stops_at_the_next_node_and_what_was_done_is_kept() -> None:
    stop = False

    def press(x: int) -> tuple[int]:
        nonlocal stop
        stop = True
        return (x,)

    bench = Bench(Toy("Press", press, ("x",)), ADD, SHOW)
    pressing = graph(a=("Press", {"x": 1}), b=("Add", {"a": "@a", "b": 1}), o=("Show", {"x": "@b"}))
    assert bench.run(pressing, "o", cancelled=lambda: stop).outcome is Outcome.CANCELLED
    stop = False
    bench.run(pressing, "o")
    assert bench.started() == ["b", "o"]


def test_cancelled_raised_inside_a_node_is_no_failure() -> None:
    def raises() -> Any:
        raise Cancelled

    finished = Bench(Toy("Gate", raises), SHOW).run(graph(a=("Gate", {}), o=("Show", {"x": "@a"})), "o")
    assert finished.outcome is Outcome.CANCELLED
    assert finished.failure is None
    assert finished.node == "a"


# ---- properties ----


@st.composite
def dags(draw: st.DrawFn) -> Graph:
    """Random graphs of additions, each node linking to earlier ones; written down in random order."""
    count = draw(st.integers(1, 25))
    nodes: dict[str, Node] = {}
    for i in range(count):
        source = (
            st.integers(-5, 5)
            if i == 0
            else st.one_of(st.integers(-5, 5), st.integers(0, i - 1).map(lambda n: Link(f"n{n}", 0)))
        )
        nodes[f"n{i}"] = Node(f"n{i}", "Add", {"a": draw(source), "b": draw(source)})
    nodes["o"] = Node("o", "Show", {"x": Link(f"n{count - 1}", 0)})
    order = draw(st.permutations(list(nodes)))
    return {id: nodes[id] for id in order}


def expected(graph: Graph, id: str) -> int:
    def value(v: Any) -> int:
        return expected(graph, v.node) if isinstance(v, Link) else v

    inputs: Mapping[str, Any] = graph[id].inputs
    return value(inputs["a"]) + value(inputs["b"])


@given(dags(), st.sampled_from([0, 3, 1000]), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_any_graph_gives_the_same_with_and_without_cache(drawn: Graph, limit: int, rng: random.Random) -> None:
    bench = Bench(ADD, SHOW, limit=limit)
    last = drawn["o"].inputs["x"]
    assert isinstance(last, Link)
    for _ in range(2):
        assert bench.run(drawn, "o").outcome is Outcome.DONE
        assert shown(bench) == {"o": [str(expected(drawn, last.node))]}
        assert bench.cache.used <= limit
    changed = rng.choice([id for id in drawn if id != "o"])
    edited = {**drawn, changed: Node(changed, "Add", {**drawn[changed].inputs, "b": 99})}
    bench.run(edited, "o")
    assert shown(bench) == {"o": [str(expected(edited, last.node))]}


@given(dags())
@settings(max_examples=50)
def test_starts_and_finishes_pair_up_in_a_deterministic_legal_order(drawn: Graph) -> None:
    bench = Bench(ADD, SHOW)
    bench.run(drawn, "o")
    running: list[str] = []
    for event in bench.events:
        if isinstance(event, NodeStarted):
            running.append(event.node)
        elif isinstance(event, NodeFinished):
            assert running.pop() == event.node
    assert not running
    keys = {id: position for position, id in enumerate(bench.started())}
    for id, position in keys.items():
        assert all(keys.get(link.node, -1) < position for _, link in drawn[id].links())
    again = Bench(ADD, SHOW)
    again.run(drawn, "o")
    assert again.started() == bench.started()


def test_a_chain_of_ten_thousand_nodes_runs() -> None:
    chain: dict[str, Node] = {"n0": Node("n0", "Value", {"x": 0})}
    for i in range(1, 10_000):
        chain[f"n{i}"] = Node(f"n{i}", "Add", {"a": Link(f"n{i - 1}", 0), "b": 1})
    chain["o"] = Node("o", "Show", {"x": Link("n9999", 0)})
    bench = Bench(VALUE, ADD, SHOW)
    assert bench.run(chain, "o").outcome is Outcome.DONE
    assert shown(bench) == {"o": ["9999"]}
    assert isinstance(bench.events[-1], JobFinished)
