"""``/healthz``, ``/readyz`` and ``/metrics``: for those who run the server, and what restarts it for them."""

import asyncio
import stat
from contextlib import suppress
from pathlib import Path

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from nodegraph.server.api_v1.audience import AUDIENCE
from nodegraph.server.connections import CONNECTIONS
from nodegraph.server.database import StoreError
from nodegraph.server.gatekeeper import declare
from nodegraph.server.metrics import Metrics, state_of
from nodegraph.server.replies import json_response
from nodegraph.server.sockets import SOCKETS
from nodegraph.server.state import DISPATCHER, EVENTS, FOLDERS, STOPPING, STORE

METRICS = web.AppKey("metrics", Metrics)


class _Results:
    """The folder in which the worker keeps results, and how large it was when somebody looked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.size = 0

    def look(self) -> None:
        """Blocks: there may be many files."""
        sizes = 0
        for path in self._folder.rglob("*"):
            with suppress(OSError):  # dropped meanwhile
                status = path.lstat()
                sizes += status.st_size if stat.S_ISREG(status.st_mode) else 0
        self.size = sizes


ON_DISK = web.AppKey("results on disk", _Results)

_PATIENCE = 5.0
"""Seconds that the disk has to take a few bytes."""

routes = web.RouteTableDef()


class Readiness(msgspec.Struct, frozen=True):
    """Whether the server can run jobs now, and if not, why."""

    ready: bool
    reasons: list[str]


def add_to(app: web.Application, metrics: Metrics) -> None:
    """Serve them from ``app``. :func:`connect` must follow once the parts of the server are there."""
    app[METRICS] = metrics
    app.add_routes(routes)
    for handler in (get_health, get_readiness):
        declare(app, handler, None)  # what restarts a server has no token, and learns nothing of anybody


def connect(app: web.Application) -> None:
    """Have the parts of the server measured."""
    app[ON_DISK] = _Results(app[FOLDERS].own.user / "cache")
    database = app[FOLDERS].own.user / "jobs.sqlite"
    app[METRICS].watch(
        app[EVENTS],
        lambda: state_of(
            app[STORE],
            app[DISPATCHER],
            app[EVENTS],
            app[CONNECTIONS],
            sockets=len(app[SOCKETS]),
            streams=app[AUDIENCE].subscribers,
            database=database,
            results_on_disk=app[ON_DISK].size,
        ),
    )


@routes.get("/healthz")
async def get_health(request: web.Request) -> web.Response:
    """The process is alive: its event loop answers. Nothing else is looked at."""
    return json_response({"status": "ok"})


@routes.get("/readyz")
async def get_readiness(request: web.Request) -> web.Response:
    """Whether jobs are accepted and can run; 503 with the reasons if not."""
    app = request.app
    reasons = []
    if app[STOPPING].done():
        reasons.append("The server is stopping.")
    if not app[DISPATCHER].worker_ready:
        reasons.append(app[DISPATCHER].trouble or "The worker is still starting.")
    try:
        async with asyncio.timeout(_PATIENCE):
            await app[STORE].check_writable()
    except TimeoutError:
        reasons.append(f"The database of jobs did not take anything within {_PATIENCE:.0f} seconds.")
    except StoreError as error:
        reasons.append(str(error))
    return json_response(Readiness(not reasons, reasons), status=503 if reasons else 200)


@routes.get("/metrics")
async def get_metrics(request: web.Request) -> web.Response:
    """What is counted and measured, in the text format of Prometheus."""
    await asyncio.to_thread(request.app[ON_DISK].look)
    return web.Response(body=request.app[METRICS].text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
