"""The numbered log of everything that happens, from which every socket is fed. Knows no sockets and no wire format.

Numbers rise by one. They start at the clock's microseconds, so that a number remembered from an earlier life of the
server never passes for one of this life. The last events are kept for those who reconnect, bounded in number and in
bytes; previews are passed on but neither numbered nor kept.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from nodegraph.execution.events import AnyEvent, Event, NodePreview


class JobQueued(Event, frozen=True, tag="job_queued"):
    """A job was accepted and is on disk."""

    number: float
    client: str | None = None


class JobTaken(Event, frozen=True, tag="job_taken"):
    """A worker was given the job. ``attempt`` counts from 1; a second one follows when the worker died."""

    attempt: int
    client: str | None = None


class JobRequeued(Event, frozen=True, tag="job_requeued"):
    """The worker was lost while it had the job, which will run again from the start."""

    reason: str


class JobRemoved(Event, frozen=True, tag="job_removed"):
    """A waiting job was cancelled."""


ServerEvent = AnyEvent | JobQueued | JobTaken | JobRequeued | JobRemoved


class Entry(NamedTuple):
    """An event and its number; 0 for those that are not kept."""

    number: int
    event: ServerEvent


class Replay(NamedTuple):
    """What happened after a given number. ``gap``: earlier events are lost, look at the present state instead."""

    entries: Sequence[Entry]
    gap: bool


Listener = Callable[[Sequence[Entry]], None]

_encode = msgspec.msgpack.Encoder().encode


class EventLog:
    """For one event loop. Listeners are called at once, in the order they came, and must not wait.

    They get all that was published together in one call, since a run of cheap nodes makes thousands of events.
    The last ``capacity`` events are kept, fewer if they take more than ``limit`` bytes (as they are encoded).
    """

    def __init__(self, capacity: int = 10_000, limit: int = 8 * 1024 * 1024) -> None:
        self._capacity = capacity
        self._limit = limit
        self._kept: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._listeners: list[Listener] = []
        self.last = time.time_ns() // 1000
        """The number of the latest event."""

    def publish(self, *events: ServerEvent) -> None:
        """Number the events, keep them and tell every listener."""
        entries = []
        for event in events:
            if isinstance(event, NodePreview):
                entries.append(Entry(0, event))
            else:
                self.last += 1
                entry = Entry(self.last, event)
                self._keep(entry)
                entries.append(entry)
        for listener in tuple(self._listeners):
            listener(entries)

    def _keep(self, entry: Entry) -> None:
        size = len(_encode(entry.event))
        self._kept.append(entry)
        self._sizes.append(size)
        self._bytes += size
        while len(self._kept) > self._capacity or self._bytes > self._limit:
            self._kept.popleft()
            self._bytes -= self._sizes.popleft()

    def after(self, number: int) -> Replay:
        """The events after ``number``, as far as they are kept."""
        first = self.last - len(self._kept) + 1
        if not first - 1 <= number <= self.last:
            return Replay(tuple(self._kept), gap=True)
        return Replay(tuple(islice(self._kept, number + 1 - first, None)), gap=False)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` for all events from now on. Returns how to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
