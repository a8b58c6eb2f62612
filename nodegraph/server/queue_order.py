"""The order of the waiting jobs, in memory. Knows no database and no clock.

Adding, taking and removing cost a binary search, however many jobs wait.
"""

import bisect
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import overload

import msgspec

from nodegraph.errors import UserError
from nodegraph.server.records import Move, Ticket

NUMBER_LIMIT = 1e12
"""Numbers that clients give are no larger, so that there is always room between, before and after them."""


class NotQueuedError(UserError):
    """A job that does not wait cannot be moved, nor another be placed beside it."""

    def __init__(self, job: str) -> None:
        super().__init__(f"Job {job!r} does not wait in the queue: it runs, has ended, or never was.")


class QueueOrder(Sequence[Ticket]):
    """Tickets, sorted. Each is here once."""

    def __init__(self) -> None:
        self._tickets: list[Ticket] = []
        self._by_job: dict[str, Ticket] = {}
        self._counter = 0

    def __len__(self) -> int:
        return len(self._tickets)

    @overload
    def __getitem__(self, index: int) -> Ticket: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Ticket]: ...
    def __getitem__(self, index: int | slice) -> Ticket | Sequence[Ticket]:
        return self._tickets[index]

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._tickets)

    def find(self, job: str) -> Ticket | None:
        """The ticket of a job that waits."""
        return self._by_job.get(job)

    def place(self, job: str) -> int | None:
        """How many others come before a job that waits."""
        ticket = self._by_job.get(job)
        return None if ticket is None else bisect.bisect_left(self._tickets, ticket)

    def next_number(self, *, front: bool) -> float:
        """A number for a new job, which puts it behind all others of its priority, or before them."""
        number = float(-self._counter if front else self._counter)
        self._counter += 1
        return number

    def count_past(self, number: float) -> None:
        """Have the numbers of new jobs lie beyond ``number``, or before its negative."""
        self._counter = max(self._counter, math.floor(abs(number)) + 1)

    def add(self, ticket: Ticket) -> None:
        """Put a ticket in its place."""
        bisect.insort(self._tickets, ticket)
        self._by_job[ticket.job] = ticket

    def remove(self, job: str) -> Ticket | None:
        """Take a ticket out; None if the job does not wait."""
        ticket = self._by_job.pop(job, None)
        if ticket is not None:
            del self._tickets[bisect.bisect_left(self._tickets, ticket)]
        return ticket

    def clear(self) -> list[Ticket]:
        """Take all tickets out."""
        gone, self._tickets = self._tickets, []
        self._by_job.clear()
        return gone

    def move(self, job: str, move: Move) -> list[Ticket]:
        """Give a job another place. Returns the tickets that have changed: its own first, then those that made room.

        Raises:
            NotQueuedError: the job, or the one it should be placed beside, does not wait.
        """
        beside = move.before if move.after is None else move.after
        for name in (job, beside):
            if name is not None and name not in self._by_job:
                raise NotQueuedError(name)
        if beside == job:
            return []
        ticket = self.remove(job)
        assert ticket is not None
        rank = ticket.rank if move.priority is None else -move.priority
        if beside is not None:
            anchor = self._by_job[beside]
            rank = anchor.rank
            index = bisect.bisect_left(self._tickets, anchor) + (move.after is not None)
        elif move.front or move.back:
            edge = bisect.bisect_left if move.front else bisect.bisect_right
            index = edge(self._tickets, rank, key=_rank)
        else:
            moved = [msgspec.structs.replace(ticket, rank=rank)]
            self.add(moved[0])
            return moved
        return self._insert(ticket, rank, index)

    def _insert(self, ticket: Ticket, rank: int, index: int) -> list[Ticket]:
        """Put a ticket at ``index`` with a number of its own, renumbering as few of those behind as that needs."""
        start = bisect.bisect_left(self._tickets, rank, key=_rank)
        stop = bisect.bisect_right(self._tickets, rank, key=_rank)
        lower = self._tickets[index - 1].number if index > start else None
        end = index
        while True:
            upper = self._tickets[end].number if end < stop else None
            numbers = _between(lower, upper, end - index + 1)
            if numbers is not None:
                break
            end = min(stop, 2 * end - index + 1)
        old = [msgspec.structs.replace(ticket, rank=rank), *self._tickets[index:end]]
        moved = [msgspec.structs.replace(one, number=number) for one, number in zip(old, numbers, strict=True)]
        self._tickets[index:end] = moved
        self._by_job.update((one.job, one) for one in moved)
        for number in (numbers[0], numbers[-1]):
            self.count_past(number)
        return moved


def _rank(ticket: Ticket) -> int:
    return ticket.rank


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
