"""Everything that clients of the field call, under both of its prefixes: ``/x`` and ``/api/x``.

A few routes have one address in the field too.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from nodegraph.access.identity import Scope
from nodegraph.server.compat import absent, info, internal, jobs, models, pictures, prompts, userdata
from nodegraph.server.compat.internal import HUB
from nodegraph.server.compat.socket import CompatHub
from nodegraph.server.compat.translator import Translator
from nodegraph.server.gatekeeper import declare
from nodegraph.server.state import EVENTS, STORE
from nodegraph.settings import Settings

routes = web.RouteTableDef()


def add_to(app: web.Application) -> None:
    """Serve the field's routes from ``app``. :func:`connect` must follow once the parts of the server are there."""
    app.cleanup_ctx.append(internal.hear_log)
    app.add_routes([*internal.routes, *jobs.routes])
    for handler in (
        prompts.post_free,
        *(route.handler for route in internal.routes if isinstance(route, web.RouteDef)),
    ):
        declare(app, handler, Scope.ADMIN)  # they concern everybody who uses the server
    for table in (prompts.routes, info.routes, models.routes, pictures.routes, userdata.routes, absent.routes, routes):
        for route in table:
            assert isinstance(route, web.RouteDef)
            for prefix in ("", "/api"):
                web.RouteDef(route.method, prefix + route.path, route.handler, route.kwargs).register(app.router)


def connect(app: web.Application, settings: Settings) -> None:
    """Have the sockets hear the events of ``app``."""
    plain = settings.preview_method != "default"
    hub = app[HUB] = CompatHub(Translator(plain=plain), app[STORE].remaining)
    app[EVENTS].listen(hub.hear)
    internal.connect(app)


@web.middleware
async def answer_options(request: web.Request, handler: Handler) -> web.StreamResponse:
    """``OPTIONS`` is answered with an empty 200 everywhere but below ``/api/v1``, which is not the field's."""
    if request.method == "OPTIONS" and not request.path.startswith("/api/v1/"):
        return web.Response()
    return await handler(request)


@routes.get("/ws")
async def get_socket(request: web.Request) -> web.WebSocketResponse:
    """The field's socket."""
    return await request.app[HUB].serve(request)
