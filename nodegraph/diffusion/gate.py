"""The one gate through which every network call passes.

A worker hands in a gate that checks for cancellation, takes turns between jobs, and may later merge their calls into
one batch. The code that computes only promises to ask: it knows nothing of jobs, threads or queues.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Gate(Protocol):
    """Makes a call when it is this caller's turn; may raise instead, to end the work between two calls."""

    def __call__(self, call: Callable[[], T], /) -> T: ...


def open_gate(call: Callable[[], T], /) -> T:
    """The gate of a program with one job: calls at once."""
    return call()
