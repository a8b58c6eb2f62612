"""What travels about webhooks: what they are sent, and what became of that. Types only."""

import msgspec

from nodegraph.server.api_v1.messages import JobStatus, OutputFile
from nodegraph.server.records import DeliveryState, WebhookEvent


class WebhookCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a call. ``delivery`` is the same for all attempts: a receiver that knows it has this already.
    ``job`` is as it stands when the call is made; ``files`` are what it saved or shows."""

    delivery: str
    event: WebhookEvent
    job: JobStatus
    files: list[OutputFile] = []


class DeliveryView(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one call stands: ``pending``, ``delivered``, ``failed`` (given up) or ``dropped`` (there is nothing to tell).
    ``next``: when it is tried (again); ``at``: of the last attempt, with the ``status`` of its answer or the ``error``
    that there was instead. Times are Unix seconds."""

    id: str
    event: WebhookEvent
    state: DeliveryState
    attempts: int
    next: float | None = None
    at: float | None = None
    status: int | None = None
    error: str | None = None


class WebhookView(msgspec.Struct, frozen=True):
    """A job's webhook, by its address without the query, and its calls."""

    url: str
    deliveries: list[DeliveryView]
