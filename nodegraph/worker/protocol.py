"""What server and worker say to each other. Small and serialisable: the seam where another engine could plug in.

Frames are msgpack with a four-byte big-endian length before each, over a socket pair. Knows no HTTP and no torch.
"""

from typing import Any

import msgspec

from nodegraph.execution.events import AnyEvent
from nodegraph.graph.spec import NodeSpec
from nodegraph.settings import Settings

# ---- server to worker ----


class Start(msgspec.Struct, frozen=True, tag="start"):
    """The first message of a connection, sent once. ``packs`` are paths of packs besides the built-in one."""

    settings: Settings
    packs: list[str] = []


class Submit(msgspec.Struct, frozen=True, tag="submit"):
    """Run a graph that has been validated. ``prompt`` is API format; ``outputs`` are the nodes to reach.

    A job of a higher ``priority`` than those that run begins at once, and they wait for its end at their next network
    call or node boundary. Otherwise it begins when they have ended.

    ``previews``: whether it shows previews; None: as the worker was started. ``owner``: whose job it is, in whose
    folders it reads and saves, and whose credentials it may name; ``""``: the server's own person.
    """

    job: str
    prompt: dict[str, Any]
    outputs: list[str]
    extra_data: dict[str, Any] = {}
    previews: bool | None = None
    priority: int = 0
    owner: str = ""


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Stop this job at its next network call or node boundary. Unknown jobs are ignored."""

    job: str


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Have every job halt at its next network call or node boundary; or, if not ``held``, go on."""

    held: bool


class Free(msgspec.Struct, frozen=True, tag="free"):
    """As soon as no job runs: drop weights from memory, and with ``results`` the cached results there and on disk."""

    weights: bool
    results: bool


Command = Submit | Cancel | Hold | Free
"""What follows on the start. Jobs of one priority run one after the other, in the order of their submission.

Closing the connection ends the worker at once, whatever it is doing.
"""

# ---- worker to server ----


class DeviceReport(msgspec.Struct, frozen=True):
    """One device as the worker sees it; memory in bytes."""

    name: str
    type: str
    index: int | None
    memory_total: int
    memory_free: int
    torch_memory_total: int
    torch_memory_free: int


class PackFailure(msgspec.Struct, frozen=True):
    """A pack that could not be loaded, and why."""

    pack: str
    message: str
    traceback: list[str]


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """Sent once, when every pack has been loaded: the complete list of specs.

    ``digest`` identifies the sources they were read from: see :func:`nodegraph.packs.digest.digest_of_packs`.
    """

    specs: list[NodeSpec]
    failures: list[PackFailure]
    torch_version: str
    devices: list[DeviceReport]
    precision: str
    digest: str = ""


class Happened(msgspec.Struct, frozen=True, tag="events"):
    """Events in order, as many as were waiting when the writer came round."""

    events: list[AnyEvent]


class Status(msgspec.Struct, frozen=True, tag="status"):
    """Device memory, when the last of the jobs has ended and after memory was freed; and the bytes of results that are
    kept in memory."""

    devices: list[DeviceReport]
    results: int = 0


Report = Ready | Happened | Status
