"""Content keys: what enters them, and what cannot."""

import pytest

from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.keys import CycleError, UnhashableFingerprintError, UnhashableLiteralError, add_keys, node_key
from nodegraph.graph.spec import NodeSpec

SPEC = NodeSpec("Blur", "Blur", "tests", (), ())


def key(salt: object = None, /, **inputs: object) -> bytes:
    return node_key(Node("1", "Blur", inputs), SPEC, {"a": b"a" * 16, "b": b"b" * 16}, salt)  # type: ignore[arg-type]


def test_what_decides_a_result_enters_and_nothing_else_does() -> None:
    keys = [
        key(),
        key(radius=1),
        key(radius=1.0),
        key(radius=True),
        key(radius="1"),
        key(width=1),
        key("salt", radius=1),
        key(radius=Link("a", 0)),
        key(radius=Link("a", 1)),
        key(radius=Link("b", 0)),
    ]
    assert len(set(keys)) == len(keys)
    titled = Node("other", "Blur", {"radius": 1}, title="A title")
    assert node_key(titled, SPEC, {}, None) == key(radius=1)
    assert key(x=1, y={"p": 1, "q": 2}) == key(y={"q": 2, "p": 1}, x=1)


def test_what_has_no_digest_names_the_node_and_says_what_has_none() -> None:
    with pytest.raises(UnhashableLiteralError, match="'radius' is a object"):
        key(width=1, radius=object())
    with pytest.raises(UnhashableFingerprintError, match="its fingerprint has no digest"):
        key([object()], radius=1)


def test_a_cycle_is_refused_and_a_long_chain_is_not() -> None:
    chain: Graph = {str(i): Node(str(i), "Blur", {"x": Link(str(i - 1), 0)} if i else {}) for i in range(20_000)}
    keys: dict[str, bytes] = {}
    add_keys(keys, chain, ["19999"], lambda class_id: SPEC, lambda node, spec: None)
    assert len(set(keys.values())) == len(chain)
    round_trip = {**chain, "0": Node("0", "Blur", {"x": Link("19999", 0)})}
    with pytest.raises(CycleError):
        add_keys({}, round_trip, ["5"], lambda class_id: SPEC, lambda node, spec: None)
