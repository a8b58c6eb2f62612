"""The field's routes for the queue: ``/prompt``, ``/queue``, ``/history``, ``/interrupt``, ``/free``."""

import math
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.graph.problems import Problem, PromptError
from nodegraph.server.compat import messages
from nodegraph.server.compat.history import history_item, queue_item
from nodegraph.server.compat.long_answers import answer, listed
from nodegraph.server.compat.queries import ids, whole_number
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.jobs import DuplicateJobError
from nodegraph.server.permitted import find_asked
from nodegraph.server.queue_order import NUMBER_LIMIT
from nodegraph.server.records import KEY_LENGTH, AskedJob
from nodegraph.server.replies import json_response, read_json, read_object
from nodegraph.server.state import CATALOG, DISPATCHER, STORE
from nodegraph.server.submissions import Order, problems_json, submit

routes = web.RouteTableDef()


@routes.get("/prompt")
async def get_prompt(request: web.Request) -> web.Response:
    """How many jobs wait or run."""
    remaining = request.app[STORE].remaining(identity_of(request).sees_only)
    return json_response(messages.status(remaining)["status"])


@routes.post("/prompt")
async def post_prompt(request: web.Request) -> web.Response:
    """Queue a prompt."""
    body = await read_object(request)
    try:
        order = Order(
            prompt=body.get("prompt"),
            job=_prompt_id(body.get("prompt_id")),
            client=_text_or_none(body.get("client_id"), "client_id"),
            extra_data=_object(body.get("extra_data"), "extra_data"),
            number=_number(body.get("number")),
            front=body.get("front") is True,
            targets=_targets(body.get("partial_execution_targets")),
            key=_key(request.headers.get("Idempotency-Key")),
        )
        app = request.app
        accepted = await submit(
            order,
            identity_of(request),
            catalog=app[CATALOG],
            store=app[STORE],
            dispatcher=app[DISPATCHER],
            lenient=False,
        )
    except DuplicateJobError as error:
        raise PromptError(Problem("invalid_prompt_id", str(error))) from error
    ticket = accepted.ticket
    return json_response(
        {
            "prompt_id": ticket.job,
            "number": messages.number(ticket.number),
            "node_errors": problems_json(accepted.node_errors),
        }
    )


@routes.get("/queue")
async def get_queue(request: web.Request) -> web.StreamResponse:
    """What runs and what waits."""
    store, owner = request.app[STORE], identity_of(request).sees_only
    # What is where is known better than the rows do, which are a moment old: a job that has ended since is nowhere.
    running, waiting = (
        [ticket.seq for ticket in tickets if owner in (None, ticket.owner)] for tickets in (store.running, store.queued)
    )

    def item(asked: AskedJob) -> bytes:
        return msgspec.json.encode(queue_item(asked)) if asked.job.finished is None else b""

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"queue_running":['
        async for piece in listed(store.rows, running, item):
            yield piece
        yield b'],"queue_pending":['
        async for piece in listed(store.rows, waiting, item):
            yield piece
        yield b"]}"

    return await answer(request, pieces())


@routes.post("/queue")
async def post_queue(request: web.Request) -> web.Response:
    """Cancel waiting jobs: ``clear`` all, or ``delete`` some."""
    return await _clear_or_delete(request, request.app[DISPATCHER].remove)


@routes.post("/interrupt")
async def post_interrupt(request: web.Request) -> web.Response:
    """Stop what runs, or a given job if it runs. Whatever else the body is, it stops what runs: some send none."""
    try:
        body = await read_json(request)
    except PromptError:
        body = None
    wanted = body.get("prompt_id") if isinstance(body, dict) else None
    for ticket in request.app[STORE].running:
        if not wanted or wanted == ticket.job:
            request.app[DISPATCHER].interrupt(ticket.job, owner=identity_of(request).sees_only)
    return web.Response()


@routes.post("/free")
async def post_free(request: web.Request) -> web.Response:
    """Drop weights, and with ``free_memory`` cached results in memory and on disk, once nothing runs."""
    body = await read_object(request)
    results = bool(body.get("free_memory"))
    request.app[DISPATCHER].free(weights=bool(body.get("unload_models")) or results, results=results)
    return web.Response()


@routes.get("/history")
async def get_history(request: web.Request) -> web.StreamResponse:
    """What ran: the newest ``max_items``, or those from ``offset`` on."""
    limit, offset = whole_number(request, "max_items"), whole_number(request, "offset")
    limit = None if limit is not None and limit < 0 else limit
    offset = None if offset is not None and offset < 0 else offset
    owner = identity_of(request).sees_only
    rows = request.app[STORE].rows
    seqs = await rows.history(limit=limit, offset=offset, owner=owner)

    def item(asked: AskedJob) -> bytes:
        return msgspec.json.encode(asked.job.ticket.job) + b":" + msgspec.json.encode(history_item(asked))

    async def pieces() -> AsyncIterator[bytes]:
        yield b"{"
        async for piece in listed(rows, seqs, item):
            yield piece
        yield b"}"

    return await answer(request, pieces())


@routes.get("/history/{prompt_id}")
async def get_history_item(request: web.Request) -> web.Response:
    """What came of one job."""
    try:
        asked = await find_asked(request.app[STORE], request.match_info["prompt_id"], identity_of(request))
    except MissingFileError:
        return json_response({})
    if asked.job.finished is None or asked.job.started is None:
        return json_response({})
    return json_response({asked.job.ticket.job: history_item(asked)})


@routes.post("/history")
async def post_history(request: web.Request) -> web.Response:
    """Forget: ``clear`` everything, or ``delete`` some."""
    return await _clear_or_delete(request, request.app[STORE].forget)


class _Remove(Protocol):
    def __call__(self, jobs: Iterable[str] | None, *, owner: str | None) -> Awaitable[object]: ...


async def _clear_or_delete(request: web.Request, remove: _Remove) -> web.Response:
    """Remove all jobs or those named, as the body says, of those that are theirs; ``remove`` takes None for all."""
    body = await read_object(request)
    owner = identity_of(request).sees_only
    if body.get("clear"):
        await remove(None, owner=owner)
    if body.get("delete"):
        await remove(ids(body["delete"]), owner=owner)
    return web.Response()


def _prompt_id(value: object) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and str(uuid.UUID(value)) == value:
            return value
    except ValueError:
        pass
    raise PromptError(Problem("invalid_prompt_id", "prompt_id must be a lower-case UUID with hyphens", repr(value)))


def _key(value: str | None) -> str | None:
    if value is not None and not 0 < len(value) <= KEY_LENGTH:
        raise PromptError(Problem("invalid_key", f"Idempotency-Key must have 1 to {KEY_LENGTH} characters"))
    return value


def _number(value: object) -> float | None:
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= NUMBER_LIMIT:  # which NaN is not either
        message = f"number must be a number from {-NUMBER_LIMIT:.0f} to {NUMBER_LIMIT:.0f}"
        raise PromptError(Problem("invalid_prompt", message, repr(value)))
    return number


def _text_or_none(value: object, key: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise PromptError(Problem("invalid_prompt", f"{key} must be a string", repr(value)))


def _object(value: object, key: str) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise PromptError(Problem("invalid_prompt", f"{key} must be an object", repr(value)))


def _targets(value: object) -> list[str] | None:
    return None if value is None else ids(value)
