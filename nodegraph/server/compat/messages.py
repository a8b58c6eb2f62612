"""The field's socket messages, made from the events of a run. Pure: no sockets, no clock, no state.

``type`` and ``data`` are what travels as ``{"type": …, "data": …}``. A message for one client is dropped when the
client is away; ``client`` None means everybody who may know of the ``owner``'s jobs.
"""

from typing import Any, NamedTuple

import msgspec

from nodegraph.execution.events import (
    Event,
    Failure,
    JobFinished,
    JobStarted,
    NodeBlocked,
    NodeOutput,
    NodePreview,
    NodeProgress,
    NodesCached,
    NodeStarted,
    NodeText,
    Outcome,
)


class Message(NamedTuple):
    """A JSON message. ``awaited``: it ends a run, and some program goes on when it comes."""

    type: str
    data: dict[str, Any]
    owner: str
    client: str | None = None
    awaited: bool = False


class Counts(NamedTuple):
    """How many jobs of the ``owner`` wait or run has changed, or may have: of interest to whoever sees them."""

    owner: str


class Text(NamedTuple):
    """What a node says while it runs."""

    event: NodeText
    owner: str
    client: str


class Picture(NamedTuple):
    """A preview of a node that was expanded from ``parent``. ``plain``: for the clients that know no metadata."""

    event: NodePreview
    parent: str | None
    plain: bool
    owner: str
    client: str | None = None


def encode(type: str, data: dict[str, Any]) -> bytes:
    """The JSON text of a message."""
    return msgspec.json.encode({"type": type, "data": data})


def encode_plain(event: NodePreview) -> bytes:
    """Binary event 1: image type (1 JPEG, 2 PNG), image."""
    kind = 2 if event.mime == "image/png" else 1
    return (1).to_bytes(4, "big") + kind.to_bytes(4, "big") + event.image


def encode_described(event: NodePreview, parent: str | None) -> bytes:
    """Binary event 4: length of the description, description in JSON, image."""
    described = msgspec.json.encode(
        {
            "node_id": event.node,
            "prompt_id": event.job,
            "display_node_id": event.display,
            "parent_node_id": parent,
            "real_node_id": event.node,
            "image_type": event.mime,
        }
    )
    return (4).to_bytes(4, "big") + len(described).to_bytes(4, "big") + described + event.image


def encode_text(event: NodeText) -> bytes:
    """Binary event 3: length of the node's id, the id, text."""
    node = event.node.encode()
    return (3).to_bytes(4, "big") + len(node).to_bytes(4, "big") + node + event.text.encode()


def status(remaining: int) -> dict[str, Any]:
    """How long the queue is."""
    return {"status": {"exec_info": {"queue_remaining": remaining}}}


def milliseconds(seconds: float) -> int:
    """Unix seconds as the field writes them."""
    return int(seconds * 1000)


def number(value: float) -> int | float:
    """Whole numbers are written without a fraction: some clients read them as integers."""
    return int(value) if value.is_integer() else value


def executing(event: NodeStarted) -> tuple[str, dict[str, Any]]:
    """A node begins."""
    return "executing", {"node": event.node, "display_node": event.display, "prompt_id": event.job}


def progress(event: NodeProgress) -> tuple[str, dict[str, Any]]:
    """A node got on."""
    value, total = number(event.value), number(event.total)
    return "progress", {"value": value, "max": total, "prompt_id": event.job, "node": event.node}


def executed(event: NodeOutput) -> tuple[str, dict[str, Any]]:
    """A node has something to show."""
    data = {"node": event.node, "display_node": event.display, "output": event.ui, "prompt_id": event.job}
    return "executed", data


def milestone(event: Event, *, job: str, executed: list[str]) -> tuple[str, dict[str, Any]] | None:
    """The message of one of the events that make up a job's history; None for other events.

    ``executed`` are the nodes that had run when a node was blocked.
    """
    match event:
        case JobStarted():
            return "execution_start", {"prompt_id": job, "timestamp": milliseconds(event.at)}
        case NodesCached():
            data = {"nodes": event.nodes, "prompt_id": job, "timestamp": milliseconds(event.at)}
            return "execution_cached", data
        case NodeBlocked():
            blocked = Failure(event.message, "ExecutionBlocked", event.node, event.class_id)
            return "execution_error", _error(job, blocked, executed)
        case JobFinished(outcome=Outcome.DONE):
            return "execution_success", {"prompt_id": job, "timestamp": milliseconds(event.at)}
        case JobFinished(outcome=Outcome.FAILED):
            failure = event.failure or Failure("The job failed.", "Exception")
            return "execution_error", {**_error(job, failure, event.executed), "timestamp": milliseconds(event.at)}
        case JobFinished(outcome=Outcome.CANCELLED):
            return "execution_interrupted", {
                "prompt_id": job,
                "node_id": event.node,
                "node_type": event.class_id,
                "executed": event.executed,
                "timestamp": milliseconds(event.at),
            }
        case _:
            return None


def _error(job: str, failure: Failure, executed: list[str]) -> dict[str, Any]:
    return {
        "prompt_id": job,
        "node_id": failure.node,
        "node_type": failure.class_id,
        "executed": executed,
        "exception_message": failure.message.rstrip("\n") + "\n",
        "exception_type": failure.kind,
        "traceback": failure.traceback,
        "current_inputs": failure.inputs,
        "current_outputs": executed,
    }
