"""The routes below ``/api/v1``."""

from aiohttp import web

from nodegraph import __version__
from nodegraph.errors import MissingFileError
from nodegraph.server.api_v1.messages import ServerStatus
from nodegraph.server.api_v1.results import view_of
from nodegraph.server.api_v1.socket import ApiSocket, EventFrames
from nodegraph.server.replies import json_response
from nodegraph.server.sockets import accept
from nodegraph.server.state import DISPATCHER, EVENTS, STORE

FRAMES = web.AppKey("frames", EventFrames)

routes = web.RouteTableDef()


def add_to(app: web.Application) -> None:
    """Serve ``/api/v1`` from ``app``."""
    app[FRAMES] = EventFrames()
    app.add_routes(routes)


@routes.get("/api/v1/ws")
async def get_socket(request: web.Request) -> web.WebSocketResponse:
    """The queue over a WebSocket."""
    socket, outlet = await accept(request)
    await ApiSocket(request.app, outlet, request.app[FRAMES]).run(socket)
    return socket


@routes.get("/api/v1/jobs/{job}")
async def get_job(request: web.Request) -> web.Response:
    """One job, and what came of it."""
    job = await request.app[STORE].job(request.match_info["job"])
    if job is None:
        raise MissingFileError(f"There is no job {request.match_info['job']!r}.")
    return json_response(view_of(job))


@routes.get("/api/v1/status")
async def get_status(request: web.Request) -> web.Response:
    """The server at a glance."""
    dispatcher, store = request.app[DISPATCHER], request.app[STORE]
    return json_response(
        ServerStatus(
            version=__version__,
            worker_ready=dispatcher.worker_ready,
            trouble=dispatcher.trouble,
            running=[ticket.job for ticket in store.running],
            queued=[ticket.job for ticket in store.queued],
            last_event=request.app[EVENTS].last,
            torch_version=dispatcher.torch_version,
            devices=[device.name for device in dispatcher.devices],
            pack_failures=[failure.message for failure in dispatcher.pack_failures],
        )
    )
