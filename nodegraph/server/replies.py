"""Reading and writing JSON over HTTP, and errors as answers. The same for every route."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from nodegraph.access.credentials import CredentialError
from nodegraph.access.identity import NotAllowedError
from nodegraph.access.tokens import TokenError
from nodegraph.errors import MissingFileError, UnsafePathError, UserError
from nodegraph.graph.problems import NodeProblems, Problem, PromptError
from nodegraph.server.catalog import CatalogError
from nodegraph.server.database import StoreError
from nodegraph.server.files import StorageError
from nodegraph.server.gatekeeper import TooManyRequestsError, UnauthorizedError
from nodegraph.server.jobs import DuplicateJobError, KeyUsedError, NotEndedError
from nodegraph.server.queue_order import NotQueuedError, OtherOwnerError
from nodegraph.server.queue_room import QueueFullError
from nodegraph.server.security import ForeignRequestError
from nodegraph.server.submissions import RejectedError
from nodegraph.server.webhooks.address import WebhookAddressError
from nodegraph.userdata.conditions import ConditionError
from nodegraph.userdata.folder import OccupiedError, ReadError, TooLargeError
from nodegraph.userdata.versions import VersionsError
from nodegraph.write import SaveError

log = logging.getLogger(__name__)


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of every answer that says no. ``node_errors``: what is wrong with each node of a refused workflow."""

    error: Problem
    node_errors: Mapping[str, NodeProblems] = {}


class InvalidRequestError(UserError):
    """Path, query, headers or body are not what a route takes."""


class UnsupportedTypeError(UserError):
    """The body is declared to be something else than a route reads."""


def json_response(value: Any, *, status: int = 200) -> web.Response:
    """``value`` as JSON; ``msgspec.Raw`` inside it is copied as it is."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def check_body(request: web.Request) -> None:
    """Look at a body before any of it is read.

    Raises :class:`UnsupportedTypeError` if it is compressed, for a small one may stand for any amount, and
    ``HTTPRequestEntityTooLarge`` if it says that it is too large.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedTypeError("The body must be sent as it is, not compressed (no Content-Encoding).")
    size = request.content_length or 0
    if size > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(max_size=request.client_max_size, actual_size=size)


async def read_body(request: web.Request) -> bytes:
    """The body as it came. Raises as :func:`check_body` does, and if it is too large after all."""
    check_body(request)
    return await request.read()


async def read_json(request: web.Request, *, default: Any = None) -> Any:
    """The body as JSON, whatever its content type says; ``default`` if it is empty.

    Raises :class:`PromptError` if it is no JSON.
    """
    body = await read_body(request)
    if not body.strip():
        return default
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PromptError(Problem("invalid_json", "The body is not valid JSON", str(error))) from error


async def read_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object."""
    body = await read_json(request, default={})
    if not isinstance(body, dict):
        raise PromptError(Problem("invalid_json", "The body must be a JSON object"))
    return body


STATUSES: dict[type[UserError], tuple[int, str]] = {
    MissingFileError: (404, "not_found"),
    UnsafePathError: (403, "unsafe_path"),
    ForeignRequestError: (403, "foreign_request"),
    UnsupportedTypeError: (415, "unsupported_media_type"),
    CatalogError: (503, "worker_unavailable"),
    StoreError: (507, "not_stored"),
    StorageError: (507, "not_stored"),
    UnauthorizedError: (401, "unauthorized"),
    NotAllowedError: (403, "not_allowed"),
    TooManyRequestsError: (429, "too_many_requests"),
    TokenError: (400, "invalid_request"),
    QueueFullError: (429, "queue_full"),
    DuplicateJobError: (409, "duplicate_job"),
    KeyUsedError: (409, "key_used"),
    NotEndedError: (409, "not_ended"),
    NotQueuedError: (409, "not_queued"),
    OtherOwnerError: (409, "other_owner"),
    ConditionError: (412, "precondition_failed"),
    OccupiedError: (409, "occupied"),
    TooLargeError: (413, "too_large"),
    ReadError: (507, "not_read"),
    SaveError: (507, "not_stored"),
    VersionsError: (507, "not_stored"),
    WebhookAddressError: (400, "invalid_webhook"),
    CredentialError: (400, "no_credential"),
    UserError: (400, "invalid_request"),
}
"""Error -> the status of its answer and the ``type`` of its problem; the nearest base class counts."""


def problem_of(error: UserError) -> Problem:
    """What an error says, as the wire has it."""
    if isinstance(error, PromptError):
        return error.problem
    return Problem(_nearest(error)[1], _plain(str(error)), extra_info=dict(error.extra))


def _nearest(error: UserError) -> tuple[int, str]:
    return next(STATUSES[base] for base in type(error).__mro__ if base in STATUSES)


@web.middleware
async def errors_as_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the user can put right is told in the answer, in the form clients of the field show."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or not request.path.startswith("/api/"):
            # aiohttp keeps it as the answer; with its traceback it would keep a body that was too large.
            raise error.with_traceback(None) from None
        return _of_http(error, request)
    except RejectedError as error:
        return _refusal(error.problem, error.node_errors)
    except UserError as error:
        status, _ = _nearest(error)
        if status == 507:
            log.error("%s", error)
        response = _refusal(problem_of(error), status=status)
        if isinstance(error, QueueFullError | TooManyRequestsError):
            response.headers["Retry-After"] = str(error.retry_after)
        if isinstance(error, UnauthorizedError):
            response.headers["WWW-Authenticate"] = 'Bearer realm="nodegraph"'
        return response
    except web.RequestPayloadError as error:
        return _refusal(Problem("bad_request", f"The body is broken: {_plain(str(error))}"))
    except Exception as error:
        left = request.transport is None or request.transport.is_closing()
        if isinstance(error, ConnectionError) and left:  # Nobody reads this, and nobody wants to read of it.
            return _refusal(Problem("bad_request", "The request came to no end"))
        if request.writer.output_size > 0:  # The answer has begun: nothing else can be said in it.
            raise
        log.exception("%s %s failed", request.method, request.path)
        return _refusal(Problem("server_error", "The server failed; its log tells where. Please report it"), status=500)


def _of_http(error: web.HTTPException, request: web.Request) -> web.Response:
    """What aiohttp refuses by itself (no such route, too large, …) in the same shape."""
    kind = error.reason.lower().replace(" ", "_")
    message = (error.text or "").removeprefix(f"{error.status}: {error.reason}").lstrip(". ")
    problem = Problem(kind, _plain(message or f"{request.method} {request.path}: {error.reason}"))
    response = _refusal(problem, status=error.status)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _refusal(
    problem: Problem, node_errors: Mapping[str, NodeProblems] | None = None, *, status: int = 400
) -> web.Response:
    return json_response(ErrorAnswer(problem, node_errors or {}), status=status)


def _plain(text: str) -> str:
    """``text`` as JSON can have it: what a request says may hold bytes that are none."""
    return text.encode(errors="backslashreplace").decode()
