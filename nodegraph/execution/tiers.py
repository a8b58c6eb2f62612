"""Two caches as one: what is not in memory may be on disk, and comes back to memory when it is used."""

from nodegraph.execution.cache import Result, ResultCache
from nodegraph.execution.events import Kept
from nodegraph.graph.keys import Key


class TieredCache:
    """A quick cache before a lasting one. A :class:`~nodegraph.execution.cache.ResultCache` itself."""

    def __init__(self, memory: ResultCache, disk: ResultCache) -> None:
        self._memory = memory
        self._disk = disk

    def get(self, key: Key) -> Result | None:
        """The result under ``key``, from memory if it is there."""
        result = self._memory.get(key)
        if result is None:
            result = self._disk.get(key)
            if result is not None:
                self._memory.put(key, result)
        return result

    def kept(self, key: Key) -> Kept | None:
        """Where the result under ``key`` is; None: nowhere.

        It counts as used in both: what memory serves day by day must not look old on disk.
        """
        on_disk = self._disk.kept(key)
        return self._memory.kept(key) or on_disk

    def put(self, key: Key, result: Result, cost: float = 0.0) -> None:
        """Keep a result in memory, and on disk if that is worth it."""
        self._memory.put(key, result)
        self._disk.put(key, result, cost)

    def clear(self) -> None:
        """Forget everything."""
        self._memory.clear()
        self._disk.clear()
