"""Everything that clients of the field call, under both of its prefixes: ``/x`` and ``/api/x``."""

import asyncio

from aiohttp import web

from nodegraph.access.identity import Scope
from nodegraph.server.compat import info, pictures, prompts, userdata
from nodegraph.server.compat.socket import CompatHub
from nodegraph.server.compat.translator import Translator
from nodegraph.server.gatekeeper import declare
from nodegraph.server.state import EVENTS, STORE

HUB = web.AppKey("compat_hub", CompatHub)

routes = web.RouteTableDef()

_FOR_ADMINS = (prompts.post_free,)
"""What concerns everybody who uses the server."""


def add_to(app: web.Application) -> None:
    """Serve the field's routes from ``app``. :func:`connect` must follow once the parts of the server are there."""
    app[pictures.DECODING] = asyncio.Semaphore(2)
    for table in (prompts.routes, info.routes, pictures.routes, userdata.routes, routes):
        for route in table:
            assert isinstance(route, web.RouteDef)
            if route.handler in _FOR_ADMINS:
                declare(app, route.handler, Scope.ADMIN)
            for prefix in ("", "/api"):
                web.RouteDef(route.method, prefix + route.path, route.handler, route.kwargs).register(app.router)


def connect(app: web.Application) -> None:
    """Have the sockets hear the events of ``app``."""
    store = app[STORE]
    hub = app[HUB] = CompatHub(Translator(lambda: store.remaining))
    app[EVENTS].listen(hub.hear)


@routes.get("/ws")
async def get_socket(request: web.Request) -> web.WebSocketResponse:
    """The field's socket."""
    return await request.app[HUB].serve(request)
