"""Taking in a workflow: reading it, checking it, putting it in the queue. Knows no HTTP and no socket."""

import hashlib
import secrets
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from nodegraph.access.credentials import CredentialBook, CredentialError
from nodegraph.access.identity import Identity
from nodegraph.graph import api_format
from nodegraph.graph.canvas.convert import Queueing, to_api
from nodegraph.graph.problems import NodeProblems, Problem, PromptError
from nodegraph.server.catalog import Catalog
from nodegraph.server.dispatcher import Dispatcher
from nodegraph.server.jobs import JobStore, NotEndedError
from nodegraph.server.permitted import check_priority, find_asked, highest_priority
from nodegraph.server.records import Key, NewJob, Request, Ticket, Webhook
from nodegraph.server.secret_keys import without_secrets
from nodegraph.server.webhooks.address import check_url


class RejectedError(PromptError):
    """A prompt that cannot run: ``problem`` says why, ``node_errors`` what is wrong with each node.

    ``warnings`` are of its conversion.
    """

    def __init__(self, problem: Problem, node_errors: Mapping[str, NodeProblems], warnings: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.node_errors = dict(node_errors)
        self.warnings = list(warnings)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks for, by whichever door: a ``prompt`` in API format, or a ``workflow`` in canvas format.

    ``key``: a name for this order; the same order under the same key is one job, however often it is sent.
    """

    prompt: object = None
    workflow: dict[str, Any] | None = None
    targets: Collection[str] | None = None
    job: str | None = None
    client: str | None = None
    number: float | None = None
    front: bool = False
    priority: int = 0
    extra_data: Mapping[str, Any] = {}
    key: str | None = None
    retry_of: str | None = None
    webhook: Webhook | None = None


class Accepted(NamedTuple):
    """A queued job. ``node_errors`` are of outputs that were dropped because they cannot run, ``warnings`` of its
    conversion. ``existed``: it is the job that was made when this order first came."""

    ticket: Ticket
    node_errors: Mapping[str, NodeProblems] = {}
    warnings: Sequence[str] = ()
    existed: bool = False


async def submit(
    order: Order, who: Identity, *, catalog: Catalog, store: JobStore, dispatcher: Dispatcher, lenient: bool = True
) -> Accepted:
    """Queue a workflow for whoever asks. It is on disk when this returns. Secrets in its ``extra_data`` are dropped.

    Unless ``lenient``, only output nodes can be targets, and an unknown class refuses the whole, as in ComfyUI.

    Raises:
        NotAllowedError: its priority is not for them.
        WebhookAddressError, CredentialError: its webhook cannot be called, or not be signed.
        PromptError: it is no prompt, or (:class:`RejectedError`) nothing in it can run.
        CatalogError, QueueFullError, DuplicateJobError, KeyUsedError, StoreError: see there.
    """
    order = msgspec.structs.replace(order, extra_data=without_secrets(order.extra_data))
    key = None if order.key is None else Key(order.key, _digest(order))
    # Asked first: what was accepted once is found again, even if the queue is full now or a model is gone.
    if key is not None and (known := await store.known(key, who.owner)):
        return Accepted(known, existed=True)
    check_priority(order.priority, who)
    store.room.check(who.owner)
    if order.webhook is not None:
        check_url(order.webhook.url, store.webhooks.allowed)
        _check_signing(order.webhook, who, catalog.credentials)
    prompt, warnings = await _prompt(order, catalog)
    graph = api_format.parse(prompt)
    valid = await catalog.validate(graph, who.owner, targets=order.targets, lenient=lenient)
    if valid.error is not None:
        raise RejectedError(valid.error, valid.node_errors, warnings)
    extra = dict(order.extra_data)
    extra.setdefault("create_time", int(time.time() * 1000))
    if order.workflow is not None:
        extra.setdefault("extra_pnginfo", {"workflow": order.workflow})
    if order.client is not None:
        extra["client_id"] = order.client
    new = NewJob(
        job=order.job or str(uuid.uuid4()),
        request=Request(prompt=api_format.dump(valid.within(graph)), outputs=valid.outputs, extra_data=extra),
        owner=who.owner,
        number=order.number,
        front=order.front,
        priority=order.priority,
        key=key,
        retry_of=order.retry_of,
        webhook=order.webhook,
    )
    submitted = await dispatcher.submit(new)
    return Accepted(submitted.ticket, valid.node_errors, warnings, existed=submitted.queued is None)


def _check_signing(webhook: Webhook, who: Identity, credentials: CredentialBook) -> None:
    """Raise :class:`CredentialError` if what its calls would be signed with is not to be had."""
    if webhook.secret is not None and webhook.credential is not None:
        raise CredentialError("The webhook has a secret and names a credential. Give one of them.")
    if webhook.credential is not None:
        try:
            credentials.find(webhook.credential, who.owner)
        except CredentialError as error:
            raise CredentialError(f"webhook.credential: {error}") from error


async def repeated(job: str, who: Identity, store: JobStore) -> Order:
    """An order for the same as an ended job was, as urgent as they may have it.

    Raises:
        MissingFileError: there is no such job, or not for them.
        NotEndedError: it waits or runs.
    """
    asked = await find_asked(store, job, who)
    if asked.job.finished is None:
        raise NotEndedError(f"Job {job!r} has not ended; it cannot be repeated yet.")
    extra = msgspec.json.decode(asked.extra_data)
    return Order(
        prompt=msgspec.json.decode(asked.prompt),
        targets=msgspec.json.decode(asked.targets),
        priority=min(asked.job.ticket.priority, highest_priority(who)),
        extra_data={name: value for name, value in extra.items() if name != "create_time"},
        retry_of=job,
    )


async def _prompt(order: Order, catalog: Catalog) -> tuple[object, list[str]]:
    """The order in API format, and the warnings of its conversion."""
    if order.workflow is None:
        return order.prompt, []
    if order.prompt is not None:
        raise PromptError(Problem("invalid_prompt", "Give either a prompt or a workflow, not both"))
    converted = to_api(
        order.workflow, await catalog.specs(), queueing=Queueing(secrets.choice, datetime.now().astimezone())
    )
    return converted.prompt, [notice.message for notice in converted.warnings]


def _digest(order: Order) -> bytes:
    """Tells orders apart. Who asks is no part of it: a client may come back under another name. Nor is a secret."""
    webhook = None if order.webhook is None else msgspec.structs.replace(order.webhook, secret=None)
    anonymous = msgspec.structs.replace(order, key=None, client=None, webhook=webhook)
    return hashlib.sha256(msgspec.json.encode(anonymous, order="deterministic")).digest()


def problems_json(node_errors: Mapping[str, NodeProblems]) -> dict[str, Any]:
    """Node problems as the wire has them."""
    built: dict[str, Any] = msgspec.to_builtins(node_errors)
    return built
