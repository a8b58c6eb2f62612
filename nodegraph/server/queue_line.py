"""The waiting jobs of one owner and one priority, in the order in which they will run. Knows no other owners.

Adding, finding and removing cost a binary search, however many jobs wait.
"""

import bisect
import math
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from nodegraph.server.records import Ticket


class Line:
    """Tickets, sorted by their numbers. Each is here once."""

    def __init__(self) -> None:
        self._tickets: list[Ticket] = []

    def __len__(self) -> int:
        return len(self._tickets)

    def __getitem__(self, index: int) -> Ticket:
        return self._tickets[index]

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._tickets)

    def index(self, ticket: Ticket) -> int:
        """How many come before this one."""
        return bisect.bisect_left(self._tickets, ticket)

    def add(self, ticket: Ticket) -> None:
        """Put a ticket where its number belongs."""
        bisect.insort(self._tickets, ticket)

    def remove(self, ticket: Ticket) -> None:
        """Take one out that is here."""
        del self._tickets[self.index(ticket)]

    def insert(self, ticket: Ticket, index: int) -> list[Ticket]:
        """Put a ticket at ``index`` with a number of its own, renumbering as few of those behind as that needs.

        Returns it as it is now, and those that were renumbered.
        """
        lower = self._tickets[index - 1].number if index else None
        end = index
        while True:
            upper = self._tickets[end].number if end < len(self._tickets) else None
            numbers = _between(lower, upper, end - index + 1)
            if numbers is not None:
                break
            end = min(len(self._tickets), 2 * end - index + 1)
        old = [ticket, *self._tickets[index:end]]
        changed = [msgspec.structs.replace(one, number=number) for one, number in zip(old, numbers, strict=True)]
        self._tickets[index:end] = changed
        return changed


def _between(lower: float | None, upper: float | None, count: int) -> list[float] | None:
    """``count`` rising numbers between two others, which may be missing; None if there is no room for them."""
    if upper is None:
        first = 0.0 if lower is None else math.floor(lower) + 1.0
        return [first + index for index in range(count)]
    if lower is None:
        return [math.ceil(upper) - count + float(index) for index in range(count)]
    step = (upper - lower) / (count + 1)
    numbers = [lower + step * index for index in range(1, count + 1)]
    bounded = [lower, *numbers, upper]
    return numbers if all(a < b for a, b in pairwise(bounded)) else None
