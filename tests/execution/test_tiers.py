"""Memory before disk: where a result is taken from, and what reaches the disk when graphs run."""

import os
from pathlib import Path

import pytest
from disk import LONG, key, opened, text
from toy import Bench, Toy, graph

from nodegraph.execution import disk_cache
from nodegraph.execution.cache import RamCache
from nodegraph.execution.events import Kept, NodesCached
from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Expansion, Shown
from nodegraph.execution.tiers import TieredCache
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.spec import Hidden


def tiers(folder: Path, memory: int = 10) -> TieredCache:
    """A memory of so many results over a disk."""
    return TieredCache(RamCache(memory, lambda result: 1), opened(folder))


def test_what_memory_has_dropped_comes_from_disk_and_is_then_in_memory(tmp_path: Path) -> None:
    disk = opened(tmp_path)
    cache = TieredCache(RamCache(1, lambda result: 1), disk)
    cache.put(key(1), text(1), LONG)
    cache.put(key(2), text(2), LONG)
    disk.close()
    assert cache.kept(key(2)) is Kept.RAM
    assert cache.kept(key(1)) is Kept.DISK
    assert cache.get(key(1)) == text(1)
    assert cache.kept(key(1)) is Kept.RAM
    assert cache.kept(key(3)) is None
    assert cache.get(key(3)) is None


def test_what_is_used_from_memory_stays_young_on_disk(tmp_path: Path) -> None:
    disk = opened(tmp_path)
    cache = TieredCache(RamCache(10, lambda result: 1), disk)
    cache.put(key(1), text(1), LONG)
    disk.close()
    (path,) = (path for path in tmp_path.rglob("*.result"))
    before = path.stat().st_mtime_ns - 10**12
    os.utime(path, ns=(before, before))
    assert cache.kept(key(1)) is Kept.RAM
    assert path.stat().st_mtime_ns > before


def test_both_forget(tmp_path: Path) -> None:
    cache = tiers(tmp_path)
    cache.put(key(1), text(1), LONG)
    cache.clear()
    assert cache.get(key(1)) is None
    assert tiers(tmp_path).get(key(1)) is None


# ---- graphs ----

VALUE = Toy("Value", lambda x: (x,), ("x",))
ADD = Toy("Add", lambda a=0, b=0: (a + b,), ("a", "b"))
TIMES = Toy("Times", lambda x: (x,), ("x",), fingerprint_of=lambda literals: ALWAYS)
HIDES = Toy("Hides", lambda x, all: (x,), ("x",), hidden={"all": Hidden.PROMPT})
NAMED = Toy("Named", lambda x, me: (x,), ("x",), hidden={"me": Hidden.UNIQUE_ID})
SHOWS = Toy("Shows", lambda x: Shown({"text": [str(x)]}, (x,)), ("x",))
SAVE = Toy("Save", lambda x: (x,), ("x",), output=True)
CLASSES = (VALUE, ADD, TIMES, HIDES, NAMED, SHOWS, SAVE)


def expanding(class_id: str, *members: tuple[str, str]) -> Toy:
    """A node that runs others in its place, and answers with the first: (id, class)."""

    def expand(x: int) -> Expansion:
        return Expansion({id: Node(id, name, {"x": x}) for id, name in members}, (Link(members[0][0], 0),))

    return Toy(class_id, expand, ("x",))


class Process(Bench):
    """An engine whose results reach the disk however short they took, and which is gone after :meth:`end`."""

    def __init__(self, folder: Path, *toys: Toy) -> None:
        super().__init__(*CLASSES, *toys)
        self.disk = opened(folder)
        self.engine.cache = TieredCache(self.cache, self.disk)

    def end(self) -> None:
        self.disk.close()


@pytest.fixture(autouse=True)
def _every_second_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes no time at all is worth keeping, in these graphs of nodes that only add."""
    monkeypatch.setattr(disk_cache, "_LEAST_SECONDS", 1e-9)
    monkeypatch.setattr(disk_cache, "_READ", 1e18)


def on_disk(folder: Path, flow: Graph, *outputs: str, toys: tuple[Toy, ...] = ()) -> list[str]:
    """The nodes that a process finds on disk after another one has run the graph."""
    first = Process(folder, *toys)
    first.run(flow, *outputs)
    first.end()
    second = Process(folder, *toys)
    second.run(flow, *outputs)
    told = next(event for event in second.events if isinstance(event, NodesCached))
    assert set(told.kept.values()) <= {Kept.DISK}
    assert told.nodes == list(told.kept)
    return sorted(told.kept)


def test_after_a_restart_an_unchanged_branch_does_not_run(tmp_path: Path) -> None:
    flow = graph(a=("Value", {"x": 1}), b=("Add", {"a": "@a", "b": 2}), c=("Save", {"x": "@b"}))
    first = Process(tmp_path)
    first.run(flow, "c")
    assert first.started() == ["a", "b", "c"]
    first.end()
    second = Process(tmp_path)
    second.run(flow, "c")
    assert second.started() == ["c"]
    second.run(flow, "c")
    assert second.started() == []
    told = next(event for event in second.events if isinstance(event, NodesCached))
    assert told.kept == {"a": Kept.DISK, "b": Kept.RAM, "c": Kept.RAM}  # a was not needed, so it was not read


@pytest.mark.parametrize("middle", ["Times", "Hides"])
def test_what_the_key_does_not_say_keeps_a_node_and_all_behind_it_from_the_disk(tmp_path: Path, middle: str) -> None:
    flow = graph(
        a=("Value", {"x": 1}),
        b=(middle, {"x": "@a"}),
        c=("Add", {"a": "@b", "b": 1}),
        d=("Add", {"a": "@a", "b": "@c"}),
        e=("Add", {"a": "@a", "b": 5}),
        o=("Save", {"x": "@d"}),
        p=("Save", {"x": "@e"}),
    )
    assert on_disk(tmp_path, flow, "o", "p") == ["a", "e"]


def test_a_node_that_asks_for_its_own_id_may_be_kept(tmp_path: Path) -> None:
    assert on_disk(tmp_path, graph(a=("Named", {"x": 1}), o=("Save", {"x": "@a"})), "o") == ["a"]


def test_what_a_node_shows_or_leaves_behind_is_of_its_run_but_what_follows_may_be_kept(tmp_path: Path) -> None:
    flow = graph(
        a=("Shows", {"x": 1}),
        b=("Save", {"x": "@a"}),
        c=("Add", {"a": "@b", "b": 1}),
        o=("Save", {"x": "@c"}),
    )
    assert on_disk(tmp_path, flow, "o") == ["c"]


@pytest.mark.parametrize(
    ("members", "kept"),
    [
        ([("m", "Value")], ["a", "b"]),
        ([("m", "Times")], []),
        ([("m", "Value"), ("s", "Save")], ["b"]),
        ([("m", "Shows")], ["a", "b"]),
    ],
)
def test_a_node_that_expands_is_kept_if_what_it_expands_to_may_be(
    tmp_path: Path, members: list[tuple[str, str]], kept: list[str]
) -> None:
    flow = graph(a=("Grow", {"x": 1}), b=("Add", {"a": "@a", "b": 1}), o=("Save", {"x": "@b"}))
    assert on_disk(tmp_path, flow, "o", toys=(expanding("Grow", *members),)) == kept


def test_equal_nodes_of_one_graph_are_written_once(tmp_path: Path) -> None:
    flow = graph(a=("Value", {"x": 1}), b=("Value", {"x": 1}), c=("Add", {"a": "@a", "b": "@b"}))
    assert on_disk(tmp_path, flow, "c") == ["a", "b", "c"]
    assert len(list(tmp_path.rglob("*.result"))) == 2


def test_a_result_that_is_damaged_is_computed_again_and_the_run_goes_on(tmp_path: Path) -> None:
    flow = graph(a=("Value", {"x": 1}), b=("Add", {"a": "@a", "b": 2}))
    assert on_disk(tmp_path, flow, "b") == ["a", "b"]
    for path in tmp_path.rglob("*.result"):
        path.write_bytes(path.read_bytes()[:-1])
    again = Process(tmp_path)
    again.run(flow, "b")
    assert again.started() == ["a", "b"]
    again.end()
    assert on_disk(tmp_path, flow, "b") == ["a", "b"]
