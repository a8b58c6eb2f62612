"""The numbered log of everything that happens, from which every socket is fed. Knows no sockets.

Numbers rise by one. They start at the clock's microseconds, so that a number remembered from an earlier life of the
server never passes for one of this life. The last events are kept for those who reconnect, as the JSON they are sent
in, bounded in number and in bytes; previews are passed on but neither numbered nor kept.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from nodegraph.execution.events import AnyEvent, Event, NodePreview


class JobQueued(Event, frozen=True, tag="job_queued"):
    """A job was accepted and is on disk. ``retry_of`` is the ended job whose request it repeats."""

    number: float
    client: str | None = None
    priority: int = 0
    retry_of: str | None = None
    at: float = 0.0


class JobMoved(Event, frozen=True, tag="job_moved"):
    """A waiting job has a new place in the queue: by itself, or to make room for another."""

    number: float
    priority: int
    at: float = 0.0


class JobTaken(Event, frozen=True, tag="job_taken"):
    """A worker was given the job. ``attempt`` counts from 1; a second one follows when the worker died."""

    attempt: int
    client: str | None = None
    at: float = 0.0


class JobRequeued(Event, frozen=True, tag="job_requeued"):
    """The worker was lost while it had the job, which will run again from the start."""

    reason: str
    at: float = 0.0


class JobRemoved(Event, frozen=True, tag="job_removed"):
    """A waiting job was cancelled."""

    at: float = 0.0


class QueuePaused(Event, frozen=True, tag="queue_paused"):
    """No waiting job is taken from now on; ``held``: running ones halt as well. Of no job: ``job`` is empty."""

    held: bool = False


class QueueResumed(Event, frozen=True, tag="queue_resumed"):
    """The queue goes on. Of no job: ``job`` is empty."""


ServerEvent = AnyEvent | JobQueued | JobMoved | JobTaken | JobRequeued | JobRemoved | QueuePaused | QueueResumed


class Happened(msgspec.Struct, frozen=True, tag="event"):
    """An event. Numbers rise by one over all jobs; previews have the number 0 and may be left out."""

    number: int
    event: ServerEvent


class Entry(NamedTuple):
    """An event, its number, and its :class:`Happened` in JSON, which is encoded once for all who send it on.

    Previews have the number 0 and an empty ``payload``: they are encoded by whoever has someone to send them to.
    ``owner`` is whose job it is of; None: it concerns everybody.
    """

    number: int
    event: ServerEvent
    payload: bytes
    owner: str | None = ""


class Replay(NamedTuple):
    """What happened after a given number: events from ``first`` to ``last``, each with its number and its payload.

    ``gap``: events before ``first`` are lost, look at the present state instead.
    """

    first: int
    last: int
    entries: Sequence[tuple[int, bytes]]
    gap: bool


Listener = Callable[[Sequence[Entry]], None]

encode = msgspec.json.Encoder().encode
"""How an event or any message about it becomes JSON."""


class _Kept(NamedTuple):
    owner: str | None
    job: str
    payload: bytes


class EventLog:
    """For one event loop. Listeners are called at once, in the order they came, and must not wait.

    They get all that was published together in one call, since a run of cheap nodes makes thousands of events.
    The last ``capacity`` events are kept, fewer if they take more than ``limit`` bytes.
    """

    def __init__(self, capacity: int = 10_000, limit: int = 8 * 1024 * 1024) -> None:
        self._capacity = capacity
        self._limit = limit
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._listeners: list[Listener] = []
        self.last = time.time_ns() // 1000
        """The number of the latest event."""

    @property
    def size(self) -> int:
        """The bytes of the events that are kept."""
        return self._bytes

    @property
    def first(self) -> int:
        """The number of the earliest event that is kept; beyond :attr:`last`, if none is."""
        return self.last - len(self._kept) + 1

    def publish(self, *events: ServerEvent, owner: str | None = "") -> None:
        """Number the events, keep them and tell every listener. They are of jobs of ``owner``; None: for everybody."""
        entries = []
        for event in events:
            if isinstance(event, NodePreview):
                entries.append(Entry(0, event, b"", owner))
            else:
                payload = encode(Happened(self.last + 1, event))
                self.last += 1
                self._keep(_Kept(owner, event.job, payload))
                entries.append(Entry(self.last, event, payload, owner))
        for listener in tuple(self._listeners):
            listener(entries)

    def _keep(self, kept: _Kept) -> None:
        self._kept.append(kept)
        self._bytes += len(kept.payload)
        while len(self._kept) > self._capacity or self._bytes > self._limit:
            self._bytes -= len(self._kept.popleft().payload)

    def after(
        self, number: int, *, limit: int | None = None, job: str | None = None, owner: str | None = None
    ) -> Replay:
        """The events after ``number``, as far as they are kept; only those of ``job``, if given, and only those that
        concern ``owner``, if given.

        With ``limit`` the first of them: as many as fit in so many bytes, but one at least.
        """
        first = self.first
        gap = not first - 1 <= number <= self.last
        start = first if gap else number + 1
        entries: list[tuple[int, bytes]] = []
        last, size = start - 1, 0
        for of, about, payload in islice(self._kept, start - first, None):
            if job in (None, about) and (owner is None or of in (None, owner)):
                size += len(payload)
                if entries and limit is not None and size > limit:
                    break
                entries.append((last + 1, payload))
            last += 1
        return Replay(start, last, entries, gap)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` for all events from now on. Returns how to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
