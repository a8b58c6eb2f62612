"""The queue as a whole over HTTP: look, pause, go on, clear."""

from aiohttp import web

from nodegraph.access.identity import Identity, Scope
from nodegraph.server.api_v1.messages import Cleared, Pause, QueueView
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.api_v1.results import queued_of
from nodegraph.server.state import DISPATCHER, STORE

operations = Operations("Queue")


@operations.get("/api/v1/queue")
async def get_queue(app: web.Application, who: Identity) -> QueueView:
    """Look at the queue: what runs, and what waits in the order in which it will run.

    Of other people's jobs an admin sees all, everybody else how many there are before their own.
    """
    return _view(app, who)


@operations.post("/api/v1/queue/pause", errors=(507,), scope=Scope.ADMIN)
async def pause_queue(app: web.Application, who: Identity, body: Pause) -> QueueView:
    """Let waiting jobs wait, until resumed.

    With `running`, running jobs halt too, at their next network call. A paused queue is still paused after a restart.
    """
    await app[DISPATCHER].pause(body.running)
    return _view(app, who)


@operations.post("/api/v1/queue/resume", errors=(507,), scope=Scope.ADMIN)
async def resume_queue(app: web.Application, who: Identity) -> QueueView:
    """Go on after a pause."""
    await app[DISPATCHER].resume()
    return _view(app, who)


@operations.post("/api/v1/queue/clear", errors=(507,))
async def clear_queue(app: web.Application, who: Identity) -> Cleared:
    """Cancel all waiting jobs: one's own, or for an admin everybody's. Running ones go on."""
    return Cleared([ticket.job for ticket in await app[DISPATCHER].remove(owner=who.sees_only)])


def _view(app: web.Application, who: Identity) -> QueueView:
    store = app[STORE]
    return QueueView(
        paused=store.paused,
        held=app[DISPATCHER].held,
        limit=store.room.limits.of(who.sees_only),
        running=[queued_of(ticket) for ticket in store.running if who.sees(ticket.owner)],
        queued=[queued_of(ticket, ahead) for ahead, ticket in enumerate(store.queued) if who.sees(ticket.owner)],
    )
