"""Tells what happens in the order in which it happened, although the end of a job is told when its record is on disk.

Whoever hears of an end finds it in the history. What came after it is held back until then, a few milliseconds, so that
nobody hears that a job has begun before the end of the one before it. Knows no database.
"""

from collections import deque
from dataclasses import dataclass, field

from nodegraph.execution.events import JobFinished
from nodegraph.server.events import EventLog, ServerEvent


@dataclass(slots=True)
class Ending:
    """An end that is being recorded, and what happened since."""

    event: JobFinished
    recorded: bool = False
    since: list[ServerEvent] = field(default_factory=list)


class Story:
    """Publishes events for one event loop."""

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self._endings: deque[Ending] = deque()

    def tell(self, *events: ServerEvent) -> None:
        """These have happened."""
        if self._endings:
            self._endings[-1].since += events
        elif events:
            self._events.publish(*events)

    def end(self, event: JobFinished) -> Ending:
        """A job has ended; to be told once it is :meth:`recorded`."""
        ending = Ending(event)
        self._endings.append(ending)
        return ending

    def recorded(self, ending: Ending) -> None:
        """The record of this end is on disk."""
        ending.recorded = True
        ready: list[ServerEvent] = []
        while self._endings and self._endings[0].recorded:
            first = self._endings.popleft()
            ready += [first.event, *first.since]
        if ready:
            self._events.publish(*ready)
