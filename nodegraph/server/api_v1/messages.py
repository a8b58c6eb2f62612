"""What travels over ``/api/v1/ws``: one JSON object a message, told apart by ``type``. Types only.

A client may send any of :data:`ClientMessage` at any time; what the server sends is one of :data:`ServerMessage`. A
message that cannot be read is answered with :class:`Malformed`, and the socket stays open.
"""

from typing import Annotated, Any

import msgspec

from nodegraph.execution.events import Failure, Outcome
from nodegraph.graph.problems import NodeProblems, Problem
from nodegraph.server.events import Happened
from nodegraph.server.records import JobState

# ---- from the client ----


class Submit(msgspec.Struct, frozen=True, tag="submit"):
    """Run a workflow, given as ``prompt`` (API format) or as ``workflow`` (canvas format, converted by the server,
    which settles dynamic prompts such as ``{day|night}`` by chance).

    ``id`` comes back in the answer; ``job`` names the job (a new UUID if left out). ``targets``: only these output
    nodes. ``number`` or ``front`` give its place in the queue. ``events``: send this job's events to this socket,
    ``previews``: its previews as well. ``extra_data`` is stored with the job; what it has under ``extra_pnginfo`` goes
    into saved pictures.
    """

    prompt: dict[str, Any] | None = None
    workflow: dict[str, Any] | None = None
    id: str | int | None = None
    job: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None
    targets: list[str] | None = None
    number: float | None = None
    front: bool = False
    events: bool = True
    previews: bool = False
    extra_data: dict[str, Any] = {}


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Stop a job, be it waiting or running. Sent again for a running job, its worker is replaced at once."""

    job: str
    id: str | int | None = None


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe"):
    """Send the events of all jobs; first those after number ``after``, if given."""

    after: int | None = None
    previews: bool = False
    id: str | int | None = None


class Unsubscribe(msgspec.Struct, frozen=True, tag="unsubscribe"):
    """End a subscription. The jobs that this socket submitted stay followed."""

    id: str | int | None = None


ClientMessage = Submit | Cancel | Subscribe | Unsubscribe

# ---- from the server ----


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message. ``last`` is the number of the latest event."""

    version: str
    last: int


class Accepted(msgspec.Struct, frozen=True, tag="accepted", omit_defaults=True):
    """The job is queued and on disk. ``problems`` are of outputs that were left out because they cannot run."""

    job: str
    number: float
    id: str | int | None = None
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


class JobView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job as it stands. Times are Unix seconds; ``seconds`` are per node."""

    job: str
    state: JobState
    number: float
    created: float
    attempts: int
    started: float | None = None
    finished: float | None = None
    seconds: dict[str, float] = {}
    result: Result | None = None


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
