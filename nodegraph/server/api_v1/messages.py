"""What travels over ``/api/v1/ws``: one JSON object a message, told apart by ``type``. Types only.

A client may send any of :data:`ClientMessage` at any time; what the server sends is one of :data:`ServerMessage`. A
message that cannot be read is answered with :class:`Malformed`, and the socket stays open.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from nodegraph.execution.events import Failure, Kept, Outcome
from nodegraph.graph.problems import NodeProblems, Problem
from nodegraph.server.events import Happened, ServerEvent
from nodegraph.server.queue_order import NUMBER_LIMIT
from nodegraph.server.records import KEY_LENGTH, JobState, Priority, Webhook

KeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_LENGTH)]
"""What a client calls its request."""

JobName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
"""The id of a job."""

# ---- from the client ----


_PROMPT = {
    "1": {"class_type": "SolidMask", "inputs": {"value": 0.5, "width": 64, "height": 64}},
    "2": {"class_type": "MaskToImage", "inputs": {"mask": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "grey"}},
}


class JobRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A workflow to run, given as ``prompt`` (API format) or as ``workflow`` (canvas format, converted by the server,
    which settles dynamic prompts such as ``{day|night}`` by chance).

    ``job`` names the job (a new UUID if left out). ``targets``: only these nodes, be they output nodes or not, and
    what they need. Jobs of a higher ``priority`` run first; ``number`` or ``front`` give its place among those of the
    same. ``extra_data`` is stored with the job, but for keys that by their names hold secrets; what it has under
    ``extra_pnginfo`` goes into saved pictures, and ``title`` is what the workflow is called in lists. ``webhook``:
    where to tell its end.
    """

    prompt: Annotated[dict[str, Any] | None, msgspec.Meta(examples=[_PROMPT])] = None
    workflow: dict[str, Any] | None = None
    job: JobName | None = None
    targets: list[str] | None = None
    priority: Priority = 0
    number: Annotated[float, msgspec.Meta(ge=-NUMBER_LIMIT, le=NUMBER_LIMIT)] | None = None
    front: bool = False
    extra_data: dict[str, Any] = {}
    webhook: Webhook | None = None


class Submit(JobRequest, frozen=True, forbid_unknown_fields=True, tag="submit"):
    """Run a workflow. Its other fields are those of :class:`JobRequest`.

    ``id`` comes back in the answer. ``events``: send this job's events to this socket, ``previews``: its previews as
    well. ``key`` is an idempotency key: the same request under the same key is one job, however often it is sent.
    """

    id: str | int | None = None
    key: KeyName | None = None
    events: bool = True
    previews: bool = False


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cancel"):
    """Stop a job, be it waiting or running. Sent again for a running job, its worker is replaced at once."""

    job: str
    id: str | int | None = None


class Subscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="subscribe"):
    """Send the events of all jobs, or of ``job``; first those after number ``after``, if given. In place of the
    subscription that this socket had."""

    after: int | None = None
    previews: bool = False
    id: str | int | None = None
    job: JobName | None = None


class Unsubscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="unsubscribe"):
    """End a subscription. The jobs that this socket submitted stay followed."""

    id: str | int | None = None


ClientMessage = Submit | Cancel | Subscribe | Unsubscribe

# ---- from the server ----


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message. ``last`` is the number of the latest event."""

    version: str
    last: int


class Accepted(msgspec.Struct, frozen=True, tag="accepted", omit_defaults=True):
    """The job is queued and on disk. ``problems`` are of outputs that were left out because they cannot run.

    ``existed``: no job was made, since this is the one of the key; if it has ended, its result follows at once.
    """

    job: str
    number: float
    id: str | int | None = None
    priority: int = 0
    existed: bool = False
    problems: dict[str, NodeProblems] = {}
    warnings: list[str] = []


class Rejected(msgspec.Struct, frozen=True, tag="rejected", omit_defaults=True):
    """The workflow cannot run: ``error`` says why, ``problems`` what is wrong with each node."""

    error: Problem
    id: str | int | None = None
    problems: dict[str, NodeProblems] = {}
    warnings: list[str] = []


class Cancelling(msgspec.Struct, frozen=True, tag="cancelling", omit_defaults=True):
    """The answer to a cancel. ``found``: the job was waiting or running."""

    job: str
    found: bool
    id: str | int | None = None


class Subscribed(msgspec.Struct, frozen=True, tag="subscribed", omit_defaults=True):
    """Events follow, from the one after ``after`` on."""

    after: int
    id: str | int | None = None


class Unsubscribed(msgspec.Struct, frozen=True, tag="unsubscribed", omit_defaults=True):
    """No more events but those of jobs submitted here."""

    id: str | int | None = None


class Gap(msgspec.Struct, frozen=True, tag="gap"):
    """Events between ``after`` and ``next`` are no longer kept: fetch the present state (``GET /api/v1/status``)."""

    after: int
    next: int


class OutputFile(msgspec.Struct, frozen=True):
    """A file that a node saved or shows; ``url`` is where to fetch it, relative to the server."""

    node: str
    kind: str
    filename: str
    subfolder: str
    type: str
    url: str


class Result(msgspec.Struct, frozen=True, tag="result", omit_defaults=True):
    """What came of a job: the last message about it. ``outputs`` is all that its nodes show, by node."""

    job: str
    outcome: Outcome
    files: list[OutputFile] = []
    outputs: dict[str, Any] = {}
    error: Failure | None = None


class Malformed(msgspec.Struct, frozen=True, tag="error", omit_defaults=True):
    """A message could not be read or carried out."""

    message: str
    id: str | int | None = None


ServerMessage = (
    Hello | Accepted | Rejected | Cancelling | Subscribed | Unsubscribed | Gap | Happened | Result | Malformed
)

# ---- over plain HTTP ----


class JobAccepted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The job is queued and on disk. ``problems`` are of outputs that were left out because they cannot run,
    ``warnings`` of a conversion. ``existed``: no job was made, since this is the one of the idempotency key. A
    subscription that begins ``after`` this event number misses nothing of a job that was made."""

    job: str
    number: float
    after: int
    priority: int = 0
    existed: bool = False
    retry_of: str | None = None
    problems: dict[str, NodeProblems] = {}
    warnings: list[str] = []


_Place = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]
_Words = Annotated[str, msgspec.Meta(max_length=200)]
_Time = Annotated[float, msgspec.Meta(ge=0, le=1e12)]


class JobQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs: in one of the states that ``state`` names, which may come several times, or ``ended``. ``q``: with
    all these words in the title, the prompt or the names of their files; ``title``: with this in the title; ``client``:
    of the client that calls itself so; ``since``, ``until``: submitted from then on, and before then, in Unix seconds;
    ``shown``: only those that saved or show something. At most ``limit``, in the ``order`` of their submission;
    ``before`` the oldest of a former answer, or ``after`` the latest: see its ``next``."""

    state: list[JobState] = []
    ended: bool = False
    q: _Words = ""
    title: _Words = ""
    client: _Words | None = None
    since: _Time | None = None
    until: _Time | None = None
    shown: bool = False
    order: Literal["newest", "oldest"] = "newest"
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    before: _Place | None = None
    after: _Place | None = None


class JobView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job as it stands. ``title`` is what its workflow is called. Times are Unix seconds; ``seconds`` are per node
    that ran, ``cached`` the nodes that did not need to, and ``kept`` where the result of each was. ``waited`` and
    ``ran`` are the seconds that it spent in the queue and with a worker, over all its attempts, so far. ``retry_of``
    is the job whose request it repeats. ``milestones`` tell its story; lists leave them out."""

    job: str
    state: JobState
    number: float
    created: float
    attempts: int
    title: str | None = None
    priority: int = 0
    started: float | None = None
    finished: float | None = None
    retry_of: str | None = None
    seconds: dict[str, float] = {}
    cached: list[str] = []
    kept: dict[str, Kept] = {}
    waited: float = 0.0
    ran: float = 0.0
    milestones: list[ServerEvent] = []
    result: Result | None = None


class Standing(StrEnum):
    """How a job stands. ``unknown``: there is none of this id, or no longer."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class JobStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a job stands, in short. ``ahead``: how many others wait before one that waits. ``error`` says why one has
    failed. Times are Unix seconds."""

    job: str
    state: Standing
    ahead: int | None = None
    attempts: int = 0
    created: float | None = None
    started: float | None = None
    finished: float | None = None
    error: str | None = None


class JobList(msgspec.Struct, frozen=True, omit_defaults=True):
    """Jobs, the latest submitted first, unless the oldest were asked for. ``next``, if there are more: what to give as
    ``before``, or as ``after`` where the oldest come first."""

    jobs: list[JobView]
    next: str | None = None


class AskedFor(msgspec.Struct, frozen=True):
    """What a job was asked to do: a prompt in API format, the output nodes to reach, and what came with it."""

    prompt: dict[str, Any]
    outputs: list[str]
    extra_data: dict[str, Any]


class Cancelled(msgspec.Struct, frozen=True):
    """``found``: the job was waiting, and has ended, or was running, and stops at its next network call."""

    job: str
    found: bool


class QueuedJob(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job that waits or runs. ``ahead``: how many others wait before it, those that one does not see among them."""

    job: str
    number: float
    priority: int = 0
    attempts: int = 0
    client: str | None = None
    title: str | None = None
    ahead: int = 0


class QueueView(msgspec.Struct, frozen=True):
    """The queue in the order in which it runs. ``paused``: no waiting job is taken; ``held``: running ones halt as
    well. At most ``limit`` jobs may wait."""

    paused: bool
    held: bool
    limit: int
    running: list[QueuedJob]
    queued: list[QueuedJob]


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``running``: have running jobs halt too, at their next network call."""

    running: bool = False


class Cleared(msgspec.Struct, frozen=True):
    """The waiting jobs that were cancelled."""

    jobs: list[str]


class ServerStatus(msgspec.Struct, frozen=True):
    """The server at a glance. ``trouble`` says why there is no worker, if there is none."""

    version: str
    worker_ready: bool
    trouble: str
    running: list[str]
    queued: list[str]
    last_event: int
    torch_version: str
    devices: list[str]
    pack_failures: list[str]
