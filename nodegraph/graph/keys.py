"""Content keys: one digest per node that names everything its result depends on.

A key covers the class, the digest of its code, its literals, the keys of what feeds it, and whatever ``salt`` the
caller adds (fingerprints of files, the node's own id). It is computed once per node in topological order, so a whole
graph costs time linear in its size, and it is the same in every process. Titles, positions and (unless salted) ids
never enter. Reads no files itself.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b

import msgspec

from nodegraph.errors import UserError
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.spec import NodeSpec

Key = bytes
"""16 bytes."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


class CycleError(UserError):
    """A node depends on itself."""

    def __init__(self, node: Node) -> None:
        super().__init__(f"Node {node.id} ({node.class_id}) is part of a cycle: it depends on its own result.")
        self.node = node


class UnhashableLiteralError(UserError):
    """A literal input that no key can be made of: it would make every cached result a guess."""

    def __init__(self, node: Node, name: str, value: object) -> None:
        super().__init__(
            f"Node {node.id} ({node.class_id}): input {name!r} is a {type(value).__name__}, which has no digest. "
            "Give numbers, strings, booleans, lists and objects as literals, and anything else through a link."
        )
        self.node = node
        self.input = name


class UnhashableFingerprintError(UserError):
    """A node's fingerprint that no key can be made of."""

    def __init__(self, node: Node) -> None:
        super().__init__(
            f"Node {node.id} ({node.class_id}): its fingerprint has no digest. The function given as fingerprint= "
            "must return numbers, strings, booleans, bytes, or lists and dicts of them; or ALWAYS."
        )
        self.node = node


def node_key(node: Node, spec: NodeSpec, feeding: Mapping[str, Key], salt: object) -> Key:
    """The key of one node, given the keys of the nodes that feed it.

    Raises :class:`UnhashableLiteralError`, or :class:`UnhashableFingerprintError` where it is the salt.
    """
    given = node.inputs
    parts: list[object] = [spec.class_id, spec.source, salt]
    for name in sorted(given):
        value = given[name]
        if isinstance(value, Link):
            parts += (name, feeding[value.node], value.slot)
        else:
            parts += (name, value)
    try:
        return blake2b(_encode(parts), digest_size=16).digest()
    except (TypeError, ValueError, OverflowError):
        for name, value in given.items():
            if not isinstance(value, Link) and not _encodable(value):
                raise UnhashableLiteralError(node, name, value) from None
        raise UnhashableFingerprintError(node) from None


def add_keys(
    keys: dict[str, Key],
    graph: Graph,
    wanted: Iterable[str],
    specs: Callable[[str], NodeSpec],
    salt: Callable[[Node, NodeSpec], object],
) -> None:
    """Add to ``keys`` those of ``wanted`` and of all that feeds them. Raises :class:`CycleError`.

    Iterative, because a chain of ten thousand nodes is a legal graph and Python's stack is not that deep.
    """
    stack = list(wanted)
    opened: set[str] = set()  # nodes whose feeders are on the stack above them
    while stack:
        node = graph[stack[-1]]
        if node.id in keys:
            stack.pop()
            continue
        missing = [link.node for _, link in node.links() if link.node not in keys]
        if missing:
            opened.add(node.id)
            if not opened.isdisjoint(missing):
                raise CycleError(node)
            stack.extend(missing)
            continue
        spec = specs(node.class_id)
        keys[node.id] = node_key(node, spec, keys, salt(node, spec))
        stack.pop()


def _encodable(value: object) -> bool:
    try:
        _encode(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
