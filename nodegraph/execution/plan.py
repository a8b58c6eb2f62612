"""Which node may run next: who waits for whom, who is ready, and whose result nobody needs any more.

Only bookkeeping over ids, in time linear in nodes and links. It never runs anything, and knows neither keys nor cache.
"""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush

Rank = tuple[int, int]


class Plan:
    """A partial order that grows while it is worked through (lazy inputs, expansions).

    ``rank`` orders the nodes that are ready at the same time: the lowest first. ``release`` is called with the id of a
    settled node once everything that waited for it has settled too.
    """

    def __init__(self, rank: Callable[[str], Rank], release: Callable[[str], None]) -> None:
        self._rank = rank
        self._release = release
        self._settled: set[str] = set()
        self._missing: dict[str, int] = {}
        self._followers: dict[str, list[str]] = {}
        self._needs: dict[str, set[str]] = {}
        self._users: dict[str, int] = {}
        self._ready: list[tuple[Rank, str]] = []

    def knows(self, node: str) -> bool:
        """Whether the node was added."""
        return node in self._missing

    def settled(self, node: str) -> bool:
        """Whether the node's result is there."""
        return node in self._settled

    def add(self, node: str, needs: Iterable[str]) -> list[str]:
        """Have ``node`` wait for ``needs``; it may already wait or have waited for others.

        Returns those of them that have not settled. A node that waits for nothing is ready.
        """
        mine = self._needs.setdefault(node, set())
        open_needs = []
        for need in needs:
            if need in mine:
                continue
            mine.add(need)
            self._users[need] = self._users.get(need, 0) + 1
            if need not in self._settled:
                open_needs.append(need)
                self._followers.setdefault(need, []).append(node)
        self._missing[node] = self._missing.get(node, 0) + len(open_needs)
        if not self._missing[node]:
            heappush(self._ready, (self._rank(node), node))
        return open_needs

    def pop(self) -> str | None:
        """Take the first of the ready nodes, or None when nothing is ready."""
        return heappop(self._ready)[1] if self._ready else None

    def settle(self, node: str) -> None:
        """The node's result is there: what waited for it may become ready, what it waited for may be released."""
        self._settled.add(node)
        self._missing[node] = 0
        for follower in self._followers.pop(node, ()):
            self._missing[follower] -= 1
            if not self._missing[follower]:
                heappush(self._ready, (self._rank(follower), follower))
        for need in self._needs.pop(node, ()):
            self._users[need] -= 1
            if not self._users[need]:
                self._forget(need)

    def _forget(self, node: str) -> None:
        """Nobody needs it now. Should a lazy input ask for it later, it is fetched or computed again."""
        self._settled.discard(node)
        self._missing.pop(node, None)
        self._release(node)
