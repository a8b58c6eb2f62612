"""Reading and writing JSON over HTTP, and errors as answers. The same for every route."""

import logging
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from nodegraph.errors import MissingFileError, UnsafePathError, UserError
from nodegraph.graph.problems import Problem, PromptError
from nodegraph.server.catalog import CatalogError
from nodegraph.server.database import StoreError
from nodegraph.server.files import StorageError
from nodegraph.server.submissions import RejectedError, problems_json

log = logging.getLogger(__name__)


def json_response(value: Any, *, status: int = 200) -> web.Response:
    """``value`` as JSON; ``msgspec.Raw`` inside it is copied as it is."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


async def read_json(request: web.Request, *, default: Any = None) -> Any:
    """The body as JSON, whatever its content type says; ``default`` if it is empty.

    Raises :class:`PromptError` if it is no JSON.
    """
    body = await request.read()
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


@web.middleware
async def errors_as_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the user can put right is told in the answer, in the form clients of the field show."""
    try:
        return await handler(request)
    except RejectedError as error:
        return _refusal(error.problem, problems_json(error.node_errors))
    except PromptError as error:
        return _refusal(error.problem, {})
    except MissingFileError as error:
        return _refusal(Problem("not_found", str(error)), {}, status=404)
    except UnsafePathError as error:
        return _refusal(Problem("unsafe_path", str(error)), {}, status=403)
    except CatalogError as error:
        return _refusal(Problem("worker_unavailable", str(error)), {}, status=503)
    except (StoreError, StorageError) as error:
        log.error("%s", error)
        return _refusal(Problem("not_stored", str(error)), {}, status=507)
    except UserError as error:
        return _refusal(Problem("invalid_request", str(error)), {}, status=400)


def _refusal(problem: Problem, node_errors: dict[str, Any], *, status: int = 400) -> web.Response:
    return json_response({"error": problem, "node_errors": node_errors}, status=status)
