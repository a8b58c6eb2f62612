"""What a cache of results is, and the one in memory: bounded in bytes, the least recently used dropped first.

Knows nothing of what results hold.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from nodegraph.execution.events import Kept
from nodegraph.graph.keys import Key


@dataclass(frozen=True, slots=True)
class Result:
    """What a node computed.

    ``values`` holds for each output a list of items (one, unless lists are being mapped). ``shown`` is what it and the
    nodes it expanded to had to show: (node id, or "" for the node itself; ui). ``repeatable``: its key names all that
    it depends on, so that whoever computes it again gets the same.
    """

    values: tuple[list[Any], ...]
    shown: tuple[tuple[str, Mapping[str, Sequence[Any]]], ...] = ()
    repeatable: bool = True


class ResultCache(Protocol):
    """Results by content key. What was put may be gone at any time. Safe to share between threads."""

    def get(self, key: Key) -> Result | None:
        """The result under ``key``, which becomes the most recently used."""
        ...

    def kept(self, key: Key) -> Kept | None:
        """Where the result under ``key`` is; None: nowhere. It counts as used."""
        ...

    def put(self, key: Key, result: Result, cost: float = 0.0) -> None:
        """Keep a result. ``cost`` is the seconds that are saved by it in another process; 0: it is not for others."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


class RamCache:
    """Results by content key. Safe to share between threads.

    ``limit`` is in bytes and covers the values as ``size_of`` weighs them; a result larger than the limit is not kept.
    """

    def __init__(self, limit: int, size_of: Callable[[Result], int]) -> None:
        self._limit = limit
        self._size_of = size_of
        self._entries: OrderedDict[Key, tuple[Result, int]] = OrderedDict()
        self._used = 0
        self._lock = Lock()

    @property
    def used(self) -> int:
        """Bytes held now."""
        return self._used

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Result | None:
        """The result under ``key``, which becomes the most recently used."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def kept(self, key: Key) -> Kept | None:
        """Where the result under ``key`` is; None: nowhere. It counts as used."""
        return None if self.get(key) is None else Kept.RAM

    def put(self, key: Key, result: Result, cost: float = 0.0) -> None:
        """Keep a result, dropping older ones until all fit."""
        size = self._size_of(result)
        with self._lock:
            previous = self._entries.pop(key, None)
            if previous is not None:
                self._used -= previous[1]
            if size > self._limit:
                return
            self._entries[key] = (result, size)
            self._used += size
            while self._used > self._limit:
                _, (_, freed) = self._entries.popitem(last=False)
                self._used -= freed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._used = 0
