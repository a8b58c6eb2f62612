"""What the field's own page asks beside its API, under ``/internal`` only: the log, the folders, their files."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from nodegraph.media.folders import DataFolders
from nodegraph.server.compat.log_lines import Entry, LogLines
from nodegraph.server.compat.socket import CompatHub
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.replies import InvalidRequestError, json_response, read_object
from nodegraph.server.state import CATALOG, FOLDERS

routes = web.RouteTableDef()

LOG = web.AppKey("log", LogLines)
HUB = web.AppKey("compat_hub", CompatHub)

_SIZE = {"cols": 120, "rows": 40}
"""Of the terminal that clients imagine behind the log."""

_LISTED = ("input", "output", "temp")


async def hear_log(app: web.Application) -> AsyncIterator[None]:
    """Keep the log while the server runs; for ``cleanup_ctx``."""
    lines = app[LOG] = LogLines()
    logging.getLogger().addHandler(lines)
    yield
    logging.getLogger().removeHandler(lines)


def connect(app: web.Application) -> None:
    """Have the sockets that asked for it hear the log."""
    loop, hub = asyncio.get_running_loop(), app[HUB]
    app[LOG].listen(lambda entry: loop.call_soon_threadsafe(hub.tell_log, _shown([entry])))


@routes.get("/internal/logs")
async def get_log(request: web.Request) -> web.Response:
    """The last lines as a text."""
    return web.Response(text="".join(f"{entry['t']} - {entry['m']}" for entry in request.app[LOG].entries))


@routes.get("/internal/logs/raw")
async def get_log_lines(request: web.Request) -> web.Response:
    """The last lines, one by one."""
    return json_response(_shown(request.app[LOG].entries))


@routes.patch("/internal/logs/subscribe")
async def follow_log(request: web.Request) -> web.Response:
    """Have a client's socket hear each further line, or no more."""
    body = await read_object(request)
    client, enabled = body.get("clientId"), body.get("enabled")
    if not isinstance(client, str) or not isinstance(enabled, bool):
        raise InvalidRequestError('The body must be {"clientId": "…", "enabled": true or false}.')
    request.app[HUB].follow_log(identity_of(request), client, enabled)
    return web.Response()


@routes.get("/internal/folder_paths")
async def get_folder_paths(request: web.Request) -> web.Response:
    """Where models of each kind lie."""
    models = request.app[CATALOG].models
    kinds = models.keys()
    return json_response({kind: [str(path) for path in models.searched(kind)] for kind in kinds})


@routes.get("/internal/files/{kind}")
async def get_files(request: web.Request) -> web.Response:
    """The files directly in a folder, the newest first."""
    kind = request.match_info["kind"]
    if kind not in _LISTED:
        raise InvalidRequestError(f"There is no folder of type {kind!r}; choose one of {', '.join(_LISTED)}.")
    folders = request.app[FOLDERS].of(identity_of(request).owner)
    return json_response(await asyncio.to_thread(_newest_first, folders, kind))


def _shown(entries: list[Entry]) -> dict[str, Any]:
    return {"entries": entries, "size": _SIZE}


def _newest_first(folders: DataFolders, kind: str) -> list[str]:
    """Blocks. What is deleted meanwhile is last."""
    folder = folders.folder(kind)

    def changed(name: str) -> float:
        try:
            return (folder / name).stat().st_mtime
        except OSError:
            return 0.0

    return sorted(folders.list(kind), key=changed, reverse=True)
