"""The order of the waiting jobs, in memory: by priority, then by turns of their owners. Knows no database, no clock.

Of the highest priority the next job is one of the owner whose last turn is longest ago; whoever never had one comes
first. So, while others wait with jobs of the same priority, nobody has a second turn before each of them had one. Among
the jobs of one owner, numbers decide.

Adding, removing, finding the next and finding a place cost a binary search and a look at each owner who waits.
"""

import itertools
import math
from collections.abc import Iterable, Iterator

import msgspec

from nodegraph.errors import UserError
from nodegraph.server.queue_line import Line
from nodegraph.server.records import Move, Ticket

NUMBER_LIMIT = 1e12
"""Numbers that clients give are no larger, so that there is always room between, before and after them."""


_NONE, _OWED = -1, -2
"""Turns of owners who had none yet, and of one whose last came to nothing."""


class NotQueuedError(UserError):
    """A job that does not wait cannot be moved, nor another be placed beside it."""

    def __init__(self, job: str) -> None:
        super().__init__(f"Job {job!r} does not wait in the queue: it runs, has ended, or never was.")


class OtherOwnerError(UserError):
    """A job cannot be placed beside one of another owner: between them, turns decide."""

    def __init__(self, job: str, beside: str) -> None:
        super().__init__(
            f"Jobs {job!r} and {beside!r} were queued with different access tokens, which take turns. Place it beside "
            "one of its own, or give it another priority."
        )


class QueueOrder:
    """Tickets, in the order in which they will run unless something changes. Each is here once."""

    def __init__(self) -> None:
        self._lines: dict[int, dict[str, Line]] = {}
        """By rank and owner; none is empty."""
        self._by_job: dict[str, Ticket] = {}
        self._turns: dict[str, int] = {}
        """Owner -> the number of their last turn."""
        self._next_turn = 0
        self._counter = 0

    # ---- looking ----

    def __len__(self) -> int:
        return len(self._by_job)

    def __iter__(self) -> Iterator[Ticket]:
        for lines in self._ranks():
            index = 0
            while lines:
                for line in lines:
                    yield line[index]
                index += 1
                lines = [line for line in lines if len(line) > index]

    def first(self) -> Ticket | None:
        """The next to run."""
        return next(self._ranks())[0][0] if self._lines else None

    def find(self, job: str) -> Ticket | None:
        """The ticket of a job that waits."""
        return self._by_job.get(job)

    def place(self, job: str) -> int | None:
        """How many others come before a job that waits."""
        ticket = self._by_job.get(job)
        if ticket is None:
            return None
        own = self._lines[ticket.rank][ticket.owner]
        index = own.index(ticket)
        before, rounds = 0, index + 1
        for lines in self._ranks():
            if lines[0][0].rank != ticket.rank:
                before += sum(map(len, lines))
                continue
            for line in lines:
                if line is own:
                    rounds = index  # those after this one come once less
                before += min(len(line), rounds)
            break
        return before

    def count(self, owner: str) -> int:
        """How many jobs of an owner wait."""
        return sum(len(lines[owner]) for lines in self._lines.values() if owner in lines)

    def _ranks(self) -> Iterator[list[Line]]:
        """The lines of each rank, in the order of their turns, which those of earlier ranks will change."""
        turns, later = dict(self._turns), itertools.count(self._next_turn)
        for rank in sorted(self._lines):
            owners = sorted(self._lines[rank].items(), key=lambda item: (turns.get(item[0], _NONE), item[1][0].seq))
            yield [line for _, line in owners]
            # Who has most jobs has the last turn; of several, who comes last in each round.
            turns.update((owner, next(later)) for owner, _ in sorted(owners, key=lambda item: len(item[1])))

    # ---- changing ----

    def next_number(self, *, front: bool) -> float:
        """A number for a new job, which puts it behind all others of its owner and priority, or before them."""
        number = float(-self._counter if front else self._counter)
        self._counter += 1
        return number

    def count_past(self, number: float) -> None:
        """Have the numbers of new jobs lie beyond ``number``, or before its negative."""
        self._counter = max(self._counter, math.floor(abs(number)) + 1)

    def add(self, ticket: Ticket) -> None:
        """Put a ticket in its place."""
        self._line(ticket.rank, ticket.owner).add(ticket)
        self._by_job[ticket.job] = ticket

    def take(self, job: str) -> Ticket | None:
        """Take a ticket out whose turn it is."""
        ticket = self.remove(job)
        if ticket is not None:
            self.had_turns([ticket.owner])
        return ticket

    def put_back(self, ticket: Ticket) -> None:
        """Put a ticket in its place whose turn came to nothing: its owner is the next."""
        self._turns[ticket.owner] = _OWED
        self.add(ticket)

    def had_turns(self, owners: Iterable[str]) -> None:
        """These owners had a turn, one after the other."""
        for owner in owners:
            self._turns[owner] = self._next_turn
            self._next_turn += 1

    def remove(self, job: str) -> Ticket | None:
        """Take a ticket out; None if the job does not wait."""
        ticket = self._by_job.pop(job, None)
        if ticket is not None:
            owners = self._lines[ticket.rank]
            owners[ticket.owner].remove(ticket)
            if not owners[ticket.owner]:
                del owners[ticket.owner]
            if not owners:
                del self._lines[ticket.rank]
        return ticket

    def clear(self, owner: str | None = None) -> list[Ticket]:
        """Take all tickets out, or all of an owner."""
        gone = [ticket for ticket in self if owner in (None, ticket.owner)]
        for ticket in reversed(gone):  # from the end, where taking out is cheap
            self.remove(ticket.job)
        return gone

    def move(self, job: str, move: Move) -> list[Ticket]:
        """Give a job another place. Returns the tickets that have changed: its own first, then those that made room.

        Raises:
            NotQueuedError: the job, or the one it should be placed beside, does not wait.
            OtherOwnerError: they belong to different owners.
        """
        beside = move.before if move.after is None else move.after
        for name in (job, beside):
            if name is not None and name not in self._by_job:
                raise NotQueuedError(name)
        anchor = None if beside is None else self._by_job[beside]
        if anchor is not None and anchor.owner != self._by_job[job].owner:
            raise OtherOwnerError(job, anchor.job)
        if beside == job:
            return []
        ticket = self.remove(job)
        assert ticket is not None
        rank = ticket.rank if move.priority is None else -move.priority
        if anchor is not None:
            rank = anchor.rank
        placed = msgspec.structs.replace(ticket, rank=rank)
        line = self._line(rank, ticket.owner)
        if anchor is not None:
            changed = line.insert(placed, line.index(anchor) + (move.after is not None))
        elif move.front or move.back:
            changed = line.insert(placed, 0 if move.front else len(line))
        else:
            line.add(placed)
            self._by_job[job] = placed
            return [placed]
        self._by_job.update((one.job, one) for one in changed)
        for one in (changed[0], changed[-1]):
            self.count_past(one.number)
        return changed

    def _line(self, rank: int, owner: str) -> Line:
        """The line of an owner. To be filled at once if it is new."""
        return self._lines.setdefault(rank, {}).setdefault(owner, Line())
