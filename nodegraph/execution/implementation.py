"""What the engine needs of a node class: its spec and how to call it. Packs provide it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from nodegraph.graph.spec import NodeSpec


class _Always:
    def __repr__(self) -> str:
        return "ALWAYS"


ALWAYS: Final = _Always()
"""A fingerprint that never equals another: the node runs every time."""


class Implementation(Protocol):
    """One node class. All methods may be called from any thread."""

    @property
    def spec(self) -> NodeSpec: ...

    def call(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Compute once. ``inputs`` has every declared input (a default where nothing was given) and hidden ones.

        Returns a tuple of values in the order of ``spec.outputs``, or a ``Shown``, ``Blocked`` or ``Expansion``, or an
        awaitable of one of these.
        """
        ...

    def fingerprint(self, literals: Mapping[str, Any]) -> Any:
        """Something hashable by content that changes when the node must run again; None if inputs say it all."""
        ...

    def wanted(self, inputs: Mapping[str, Any]) -> Sequence[str]:
        """Names of the lazy inputs needed, given those known so far (the unknown are absent)."""
        ...
