"""What is kept of a job: what was asked, where it stands, and what came of it. Plain data, no database.

A :class:`Recorder` turns the events of one attempt into the one record that is written when the job ends.
"""

from enum import StrEnum
from typing import Any

import msgspec

from nodegraph.execution.events import (
    AnyEvent,
    Event,
    JobFinished,
    JobStarted,
    NodeBlocked,
    NodeFinished,
    NodeOutput,
    NodesCached,
    NodeStarted,
    Outcome,
)


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Request(msgspec.Struct, frozen=True):
    """A validated prompt in API format, the output nodes to reach, and what came with it.

    Literals of what those outputs need are converted; the rest of the prompt is as it was sent.
    """

    prompt: dict[str, Any]
    outputs: list[str]
    extra_data: dict[str, Any] = {}

    @property
    def client(self) -> str | None:
        """Who asked, as they call themselves; their socket gets the job's messages."""
        client = self.extra_data.get("client_id")
        return client if isinstance(client, str) else None


class Ticket(msgspec.Struct, frozen=True, order=True):
    """A job's place in the queue: lower numbers first, then in the order they came (``seq``)."""

    number: float
    seq: int
    job: str
    client: str | None = None
    attempts: int = 0
    """How often it has been given to a worker."""


class ShownBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose output it is: ``display`` is the node the user sees, ``parent`` the one that expanded to it."""

    display: str
    parent: str | None = None


class Record(msgspec.Struct, frozen=True):
    """What came of a job. ``seconds`` per node that ran; ``milestones`` are the events that tell its story."""

    outcome: Outcome
    finished: float
    outputs: dict[str, dict[str, Any]]
    shown_by: dict[str, ShownBy]
    seconds: dict[str, float]
    milestones: list[AnyEvent]


class Job(msgspec.Struct, frozen=True):
    """A row as it is read back. JSON columns stay encoded until somebody looks inside."""

    ticket: Ticket
    state: JobState
    created: float
    started: float | None
    finished: float | None
    prompt: msgspec.Raw
    targets: msgspec.Raw
    extra_data: msgspec.Raw
    outputs: msgspec.Raw
    shown_by: msgspec.Raw
    seconds: msgspec.Raw
    milestones: msgspec.Raw


class Recorder:
    """Listens to one attempt of a job."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._outputs: dict[str, dict[str, Any]] = {}
        self._shown_by: dict[str, ShownBy] = {}
        self._seconds: dict[str, float] = {}
        self._milestones: list[AnyEvent] = []
        self._parents: dict[str, str] = {}
        self.node = ""
        """The node that was started last."""

    @property
    def executed(self) -> list[str]:
        """The nodes that have run to their end."""
        return list(self._seconds)

    def hear(self, event: Event) -> None:
        """Take in one event; those of no lasting interest are passed over."""
        match event:
            case NodeStarted():
                self.node = event.node
                if event.parent is not None:
                    self._parents[event.node] = event.parent
            case NodeFinished():
                self._seconds[event.node] = event.seconds
            case NodeOutput():
                self._outputs[event.node] = event.ui
                self._shown_by[event.node] = ShownBy(event.display, self._parents.get(event.node))
            case JobStarted() | NodesCached() | NodeBlocked():
                self._milestones.append(event)
            case _:
                pass

    def record(self, end: JobFinished) -> Record:
        """The record of the job, ended by ``end``."""
        return Record(
            outcome=end.outcome,
            finished=end.at,
            outputs=self._outputs,
            shown_by=self._shown_by,
            seconds=self._seconds,
            milestones=[*self._milestones, end],
        )
