"""What is kept of a job: what was asked, where it stands, and what came of it. Plain data, no database.

A :class:`Recorder` turns the events of one attempt into the one record that is written when the job ends.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

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
from nodegraph.server.events import JobQueued

PRIORITY_LIMIT = 100

Priority = Annotated[int, msgspec.Meta(ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT)]
"""Higher runs first; 0 is usual."""


KEY_LENGTH = 200
"""What a client calls its request has at most so many characters."""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


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

    @property
    def title(self) -> str | None:
        """What the workflow is called, where that was said."""
        title = self.extra_data.get("title")
        return title[:TITLE_LENGTH] if isinstance(title, str) and title else None


TITLE_LENGTH = 200
"""Of what a workflow is called, so many characters are kept with its place in the queue."""


class Ticket(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A job's place among those of its ``owner``: lower ranks first, then lower numbers, then in the order they came
    (``seq``)."""

    rank: int
    number: float
    seq: int
    job: str
    client: str | None = None
    attempts: int = 0
    """How often it has been given to a worker."""
    title: str | None = None
    """What the workflow is called."""
    owner: str = ""
    """Whose it is: see :class:`~nodegraph.access.identity.Identity`."""

    @property
    def priority(self) -> int:
        """Of waiting jobs, those of the highest priority run first."""
        return -self.rank


class Key(msgspec.Struct, frozen=True, array_like=True):
    """What an owner calls a request, so that sending it again makes no second job; and what it asked for then."""

    name: str
    digest: bytes


WebhookEvent = Literal["started", "finished"]


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to tell what happens to a job. Each call has a JSON body; it is signed with the ``secret``,
    or with that of the ``credential`` of this name, if there is one. ``events``: that
    it was given to a worker for the first time, and that it has ended, in whatever way."""

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    secret: Annotated[str, msgspec.Meta(min_length=8, max_length=200)] | None = None
    events: Annotated[tuple[WebhookEvent, ...], msgspec.Meta(min_length=1, max_length=2)] = ("finished",)
    credential: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class DeliveryState(StrEnum):
    """How a call of a webhook stands. ``dropped``: what it was to tell did not happen."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job to be queued.

    ``number`` is its place among those of its ``owner`` and ``priority``; without it jobs are counted, and with
    ``front`` the count is negated.
    """

    job: str
    request: Request
    owner: str = ""
    number: float | None = None
    front: bool = False
    priority: int = 0
    key: Key | None = None
    retry_of: str | None = None
    webhook: Webhook | None = None


class Submitted(NamedTuple):
    """The answer to a :class:`NewJob`. ``queued`` is None if its key was known: then ``ticket`` is that of then."""

    ticket: Ticket
    queued: JobQueued | None


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new place for a waiting job: another ``priority``, or beside another one, whose priority it gets too; or the
    first or last place among those of its priority."""

    priority: Priority | None = None
    before: str | None = None
    after: str | None = None
    front: bool = False
    back: bool = False

    def __post_init__(self) -> None:
        places = [self.before is not None, self.after is not None, self.front, self.back]
        if sum(places) > 1:
            raise ValueError("Give one of before, after, front and back.")
        if self.priority is not None and (self.before is not None or self.after is not None):
            raise ValueError("A job gets the priority of the one it is placed beside: leave priority out.")
        if self.priority is None and not any(places):
            raise ValueError("Give a priority, or one of before, after, front and back.")


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs to list, and in which order: by submission, the latest first, or ``oldest_first``.

    Those submitted ``before`` or ``after`` the one of that sequence number; in one of ``states``; with all ``words`` in
    their title, their prompt or the names of their files; with ``title`` in theirs; of this ``client``; submitted at a
    time from ``since`` to before ``until``; that show something (``shown``); of ``owner`` only.
    """

    limit: int
    before: int | None = None
    after: int | None = None
    states: Sequence[JobState] = ()
    words: Sequence[str] = ()
    title: str = ""
    client: str | None = None
    since: float | None = None
    until: float | None = None
    shown: bool = False
    oldest_first: bool = False
    owner: str | None = None


class ShownBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose output it is: ``display`` is the node the user sees, ``parent`` the one that expanded to it."""

    display: str
    parent: str | None = None


class Record(msgspec.Struct, frozen=True):
    """What came of a job. ``seconds`` per node that ran; ``milestones`` are the events that tell its last attempt."""

    outcome: Outcome
    finished: float
    outputs: dict[str, dict[str, Any]]
    shown_by: dict[str, ShownBy]
    seconds: dict[str, float]
    milestones: list[Event]


class Job(msgspec.Struct, frozen=True):
    """A row as it is read back, without what was asked. JSON columns stay encoded until somebody looks inside.

    ``milestones`` are the events of :data:`ServerEvent` that tell its story, from the queue to the end.
    """

    ticket: Ticket
    state: JobState
    created: float
    started: float | None
    finished: float | None
    retry_of: str | None
    outputs: msgspec.Raw
    shown_by: msgspec.Raw
    seconds: msgspec.Raw
    milestones: msgspec.Raw


class AskedJob(NamedTuple):
    """A row with what was asked."""

    job: Job
    prompt: msgspec.Raw
    targets: msgspec.Raw
    extra_data: msgspec.Raw


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
