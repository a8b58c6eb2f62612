"""Puts the server together: one application, its parts, their start and their end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from aiohttp import web

from nodegraph.access.credentials import CredentialBook
from nodegraph.access.tokens import TokenBook
from nodegraph.packs.digest import digest_of_packs
from nodegraph.packs.locate import user_packs
from nodegraph.server import health, job_log, page, sockets
from nodegraph.server.api_v1 import routes as api_v1
from nodegraph.server.api_v1.webhooks import told_by_webhook
from nodegraph.server.catalog import Catalog
from nodegraph.server.compat import routes as compat
from nodegraph.server.connections import CONNECTIONS, BoundedRunner, Connections
from nodegraph.server.dispatcher import Dispatcher
from nodegraph.server.events import EventLog
from nodegraph.server.files import UPLOAD_LIMIT
from nodegraph.server.folders import data_folders, empty_temps, sweep_partials
from nodegraph.server.gatekeeper import GATEKEEPER, Gatekeeper
from nodegraph.server.jobs import JobStore
from nodegraph.server.lasting import LASTING, Lasting
from nodegraph.server.metrics import Metrics
from nodegraph.server.model_lists import ModelLists
from nodegraph.server.queue_room import QueueLimits
from nodegraph.server.remains import with_remains
from nodegraph.server.replies import errors_as_answers
from nodegraph.server.retention import HistoryLimits
from nodegraph.server.security import Access, guard, needs_tokens, safe_headers
from nodegraph.server.slow_bodies import end_slow_bodies
from nodegraph.server.state import (
    CATALOG,
    DECODING,
    DISPATCHER,
    EVENTS,
    FOLDERS,
    MODELS,
    STOPPING,
    STORE,
    TOKENS,
    USER_FILES,
    WEBHOOKS,
)
from nodegraph.server.token_counter import TokenCounter
from nodegraph.server.user_thread import UserThreads
from nodegraph.server.webhooks.deliverer import Deliverer
from nodegraph.settings import Settings
from nodegraph.weights.folders import ModelFolders
from nodegraph.worker.specs_cache import SpecsCache


def make_app(settings: Settings, *, packs: Sequence[Path] = ()) -> web.Application:
    """The server as an aiohttp application. ``packs`` are loaded besides the built-in one and those of the user.

    Starting it opens the job store and starts the worker; cleaning it up stops the worker and closes the store.
    """
    access = Access.of(settings)
    metrics = Metrics()
    connections = Connections(settings.connections_per_address)
    app = web.Application(
        middlewares=[
            connections.middleware(),
            metrics.middleware(),
            errors_as_answers,
            end_slow_bodies,
            guard(access),
            compat.answer_options,
        ],
        client_max_size=UPLOAD_LIMIT,
    )
    app[CONNECTIONS] = connections
    app.on_response_prepare.append(safe_headers(access))
    sockets.add_to(app)
    health.add_to(app, metrics)
    api_v1.add_to(app)
    compat.add_to(app)
    page.add_to(app, page.Page.of(settings))

    async def parts(app: web.Application) -> AsyncIterator[None]:
        app[DECODING] = asyncio.Semaphore(2)
        app[STOPPING] = asyncio.get_running_loop().create_future()
        folders = app[FOLDERS] = data_folders(settings)
        own = folders.own
        book = TokenBook.of(own.user)
        gatekeeper = app[GATEKEEPER] = Gatekeeper(book, required=needs_tokens(settings))
        lasting = app[LASTING] = Lasting(
            gatekeeper, settings.sockets_per_token, per_address=connections.lasting_per_address
        )
        models = ModelFolders.of(settings)
        all_packs = [*packs, *user_packs(settings)]
        catalog = app[CATALOG] = Catalog(
            models,
            folders,
            CredentialBook.of(own.user),
            cache=SpecsCache(own.user),
            digest=digest_of_packs(all_packs),
        )
        app[MODELS] = ModelLists(models)
        store = app[STORE] = await JobStore.open(
            own.user / "jobs.sqlite",
            limits=QueueLimits(settings.queue_limit, settings.queue_limit_per_token),
            history=HistoryLimits(settings.history_limit, settings.history_days),
            allow_webhooks=frozenset(host.lower() for host in settings.allow_webhooks),
            complete=lambda record, ticket: with_remains(record, ticket, folders),
        )
        user_files = app[USER_FILES] = UserThreads(folders)
        await user_files.open("")
        empty_temps(folders)
        sweeping = asyncio.create_task(asyncio.to_thread(sweep_partials, (own.output, own.input, own.user)))
        app[TOKENS] = TokenCounter()
        events = app[EVENTS] = EventLog()
        api_v1.connect(app)
        compat.connect(app, settings)
        dispatcher = app[DISPATCHER] = Dispatcher(
            settings, store=store, events=events, catalog=catalog, packs=all_packs
        )
        deliverer = app[WEBHOOKS] = Deliverer(
            store.webhooks, events, lambda due: told_by_webhook(app, due), catalog.credentials.reveal
        )
        health.connect(app)
        events.listen(job_log.hear)
        await deliverer.start()
        await dispatcher.start()
        async with lasting.watched():
            yield
        await dispatcher.stop()
        await deliverer.stop()
        await user_files.close()
        await store.close()
        book.close()
        await sweeping
        empty_temps(folders)

    app.cleanup_ctx.append(parts)
    app.on_shutdown.append(_keep_nobody_waiting)
    return app


async def _keep_nobody_waiting(app: web.Application) -> None:
    app[STOPPING].set_result(None)


def runner_of(app: web.Application) -> web.AppRunner:
    """What serves an application made here. Bodies that come packed stay so: see :func:`check_body`."""
    return BoundedRunner(app, access_log=None, shutdown_timeout=2, auto_decompress=False)
