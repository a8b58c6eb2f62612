"""Tells what happens in the order in which it happened, although the end of a job is told when its record is on disk.

Whoever hears of an end finds it in the history. What came after it is held back until then, a few milliseconds, so that
nobody hears that a job has begun before the end of the one before it. Knows no database.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter

from nodegraph.execution.events import JobFinished
from nodegraph.server.events import EventLog, ServerEvent


@dataclass(slots=True)
class Ending:
    """An end that is being recorded, and what happened since."""

    event: JobFinished
    owner: str
    recorded: bool = False
    since: list[tuple[str | None, Sequence[ServerEvent]]] = field(default_factory=list)


class Story:
    """Publishes events for one event loop."""

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self._endings: deque[Ending] = deque()

    def tell(self, *events: ServerEvent, owner: str | None) -> None:
        """These have happened to jobs of ``owner``; None: they concern everybody."""
        if not events:
            return
        if self._endings:
            self._endings[-1].since.append((owner, events))
        else:
            self._events.publish(*events, owner=owner)

    def end(self, event: JobFinished, *, owner: str) -> Ending:
        """A job has ended; to be told once it is :meth:`recorded`."""
        ending = Ending(event, owner)
        self._endings.append(ending)
        return ending

    def recorded(self, ending: Ending) -> None:
        """The record of this end is on disk."""
        ending.recorded = True
        while self._endings and self._endings[0].recorded:
            first = self._endings.popleft()
            told = [(first.owner, (first.event,)), *first.since]
            for owner, parts in groupby(told, key=itemgetter(0)):
                self._events.publish(*chain.from_iterable(events for _, events in parts), owner=owner)
