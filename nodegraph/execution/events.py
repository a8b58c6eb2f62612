"""Everything a run tells the world, as typed data. The one vocabulary from engine to socket to database.

``job`` names the run. ``display`` is the node a user sees (an expansion's parent); times are Unix seconds.
Events say what happened, in order; how they are put on a wire is the business of whoever sends them.
"""

from enum import StrEnum
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="type", tag=True, omit_defaults=True):
    """Base of all events."""

    job: str


class JobStarted(Event, frozen=True, tag="job_started"):
    at: float


class Kept(StrEnum):
    """Where the result of an earlier run was kept."""

    RAM = "ram"
    DISK = "disk"


class NodesCached(Event, frozen=True, tag="nodes_cached"):
    """Sent once, before anything runs: the nodes whose results are already there, and where each was ``kept``.

    ``to_run`` are the nodes that will run, as far as can be told then: of what hangs on a lazy input some may not be
    wanted after all, and others are added where a node expands to a graph.
    """

    nodes: list[str]
    at: float
    kept: dict[str, Kept] = {}
    to_run: list[str] = []


class NodeStarted(Event, frozen=True, tag="node_started"):
    node: str
    display: str
    parent: str | None = None


class NodeProgress(Event, frozen=True, tag="node_progress"):
    """``value`` of ``total`` steps are done."""

    node: str
    value: float
    total: float


class NodePreview(Event, frozen=True, tag="node_preview"):
    """A picture of work in progress. May be skipped for clients that cannot keep up.

    ``asked``: its job said that it wants previews. ``result``: it is what the node was to make, and the client that
    asked for the job gets every one.
    """

    node: str
    display: str
    mime: str
    image: bytes
    asked: bool = False
    result: bool = False


class NodeText(Event, frozen=True, tag="node_text"):
    """A node has something to say to who looks on while it runs. It is no output: nothing keeps it."""

    node: str
    display: str
    text: str


class NodeOutput(Event, frozen=True, tag="node_output"):
    """What a node has to show. ``cached``: nothing ran, this is what it showed before."""

    node: str
    display: str
    ui: dict[str, Any]
    cached: bool = False


class NodeBlocked(Event, frozen=True, tag="node_blocked"):
    """An output node did not run, because something it needs was blocked with this message."""

    node: str
    class_id: str
    message: str


class NodeFinished(Event, frozen=True, tag="node_finished"):
    node: str
    seconds: float


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a job stopped, and at which node. ``user_error``: the user can put it right; else it is a defect."""

    message: str
    kind: str
    node: str = ""
    class_id: str = ""
    traceback: list[str] = []
    inputs: dict[str, list[Any]] = {}
    user_error: bool = False


class JobFinished(Event, frozen=True, tag="job_finished"):
    """The last event of a run. ``executed``: the nodes that ran; ``node``: where it stopped."""

    outcome: Outcome
    at: float
    executed: list[str] = []
    failure: Failure | None = None
    node: str = ""
    class_id: str = ""


AnyEvent = (
    JobStarted
    | NodesCached
    | NodeStarted
    | NodeProgress
    | NodePreview
    | NodeText
    | NodeOutput
    | NodeBlocked
    | NodeFinished
    | JobFinished
)
