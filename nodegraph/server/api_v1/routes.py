"""The routes below ``/api/v1``: the tables of all modules that have one, and those about the server itself."""

from collections.abc import Sequence

from aiohttp import web

from nodegraph import __version__
from nodegraph.access.identity import Identity
from nodegraph.server.api_v1 import (
    access,
    catalog,
    convert,
    examples,
    job_files,
    jobs,
    queue,
    settings,
    streams,
    tokens,
    userdata,
    webhooks,
)
from nodegraph.server.api_v1.audience import AUDIENCE, Audience
from nodegraph.server.api_v1.messages import ClientMessage, ServerMessage, ServerStatus
from nodegraph.server.api_v1.openapi import Description
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.api_v1.socket import ApiSocket
from nodegraph.server.events import ServerEvent
from nodegraph.server.sockets import ROUNDS, accepted
from nodegraph.server.state import DISPATCHER, EVENTS, STORE

DESCRIPTION = web.AppKey("description", Description)

operations = Operations("Server")


def tables() -> Sequence[Operations]:
    """Every operation there is, in the order in which they are documented."""
    return (
        operations,
        streams.operations,
        jobs.operations,
        job_files.operations,
        webhooks.operations,
        queue.operations,
        catalog.operations,
        userdata.operations,
        settings.operations,
        examples.operations,
        convert.operations,
        tokens.operations,
        access.operations,
    )


def description() -> Description:
    """All of it as an OpenAPI document, with the messages of the WebSocket."""
    return Description(
        tables(),
        read={"ClientMessage": ClientMessage},
        written={"ServerEvent": ServerEvent, "ServerMessage": ServerMessage},
    )


def add_to(app: web.Application) -> None:
    """Serve ``/api/v1`` from ``app``. :func:`connect` must follow once the parts of the server are there."""
    app[DESCRIPTION] = description()
    for table in tables():
        table.register(app)


def connect(app: web.Application) -> None:
    """Have the sockets hear the events of ``app``."""
    app[AUDIENCE] = Audience(app[EVENTS], app[ROUNDS])


@operations.get("/api/v1/ws", status=101)
async def open_socket(app: web.Application, request: web.Request, who: Identity) -> web.WebSocketResponse:
    """The queue over a WebSocket.

    Messages are JSON objects told apart by `type`. The server begins with `Hello`; from then on the client may send any
    `ClientMessage` at any time, and gets `ServerMessage`s.
    """
    async with accepted(request, pings=True) as (socket, outlet):
        await ApiSocket(app, outlet, who).run(socket)
    return socket


@operations.get("/api/v1/status")
async def get_status(app: web.Application, who: Identity) -> ServerStatus:
    """The server at a glance."""
    dispatcher, store = app[DISPATCHER], app[STORE]
    return ServerStatus(
        version=__version__,
        worker_ready=dispatcher.worker_ready,
        trouble=dispatcher.trouble,
        running=[ticket.job for ticket in store.running if who.sees(ticket.owner)],
        queued=[ticket.job for ticket in store.queued if who.sees(ticket.owner)],
        last_event=app[EVENTS].last,
        torch_version=dispatcher.torch_version,
        devices=[device.name for device in dispatcher.devices],
        pack_failures=[failure.message for failure in dispatcher.pack_failures],
    )


@operations.get("/api/v1/openapi.json")
async def get_openapi(app: web.Application) -> web.Response:
    """This description of the API, as an OpenAPI 3.1 document."""
    return web.Response(body=app[DESCRIPTION].json, content_type="application/json")
