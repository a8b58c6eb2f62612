"""``/api/v1/events``: what happens, as server-sent events.

The events, their numbers and what is told of a gap are those of the WebSocket, from the same log and by the same
:class:`Audience`; so here, too, nothing waits in memory for a client that reads slowly but a piece of the log.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from aiohttp import HttpVersion11, web

from nodegraph.access.identity import Identity
from nodegraph.server.api_v1.audience import AUDIENCE, Framing
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.api_v1.results import result_of
from nodegraph.server.api_v1.waiting import end_of, is_end
from nodegraph.server.events import EventLog, Happened, encode
from nodegraph.server.lasting import LASTING
from nodegraph.server.outlet import Outlet
from nodegraph.server.permitted import find_job
from nodegraph.server.sockets import ROUNDS, keep_alive
from nodegraph.server.state import EVENTS, STOPPING, STORE

operations = Operations("Events")

KEEP_ALIVE = 15.0
"""After so many seconds a comment is sent, so that nothing in between takes the connection for dead."""

_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}

_Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]


class Listening(msgspec.Struct, frozen=True):
    """`after`: begin with the event after this number. `previews`: with pictures of work in progress."""

    after: _Number | None = None
    previews: bool = False


class LastSeen(msgspec.Struct, frozen=True):
    """`Last-Event-ID`: as `after`, and instead of it. Browsers send it when they connect again."""

    number: _Number | None = msgspec.field(default=None, name="Last-Event-ID")


@operations.get("/api/v1/events", produces="text/event-stream")
async def stream_events(
    app: web.Application, request: web.Request, who: Identity, query: Listening, headers: LastSeen
) -> web.StreamResponse:
    """What happens to all jobs, as server-sent events.

    It begins now, unless a number is given. Each has its number as `id`, and as `data` a `Happened`, or a `Gap` where
    events are no longer kept. Previews have no `id`.
    """
    after = query.after if headers.number is None else headers.number
    forever: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    stream = _Stream(request, who, previews=query.previews, job=None)
    async with stream.opened() as response:
        await stream.tell(app[EVENTS].last if after is None else after, until=forever)
    return response


@operations.get("/api/v1/jobs/{job}/events", status=(200, 204), errors=(404, 507), produces="text/event-stream")
async def stream_job_events(
    app: web.Application, request: web.Request, who: Identity, job: str, query: Listening, headers: LastSeen
) -> web.StreamResponse:
    """What happens to one job, as server-sent events, to its end.

    It begins with the earliest event that is kept, unless a number is given. Each has its number as `id`, and as `data`
    a `Happened`, or a `Gap` where events are no longer kept; the last has no `id`, and a `Result`. With a
    `Last-Event-ID` after which nothing happened to a job that has ended, the answer is 204, and browsers stop asking.
    """
    events = app[EVENTS]
    with end_of(app, job) as ended:
        row = await find_job(app[STORE], job, who)
        after = query.after if headers.number is None else headers.number
        if row.finished is not None and _is_told(events, job):
            if not ended.done():
                ended.set_result(None)
            if headers.number is not None and _nothing_after(events, headers.number, job):
                return web.Response(status=204)
        stream = _Stream(request, who, previews=query.previews, job=job)
        async with stream.opened() as response:
            if await stream.tell(events.first - 1 if after is None else after, until=ended):
                told = await app[STORE].job(job)
                result = None if told is None else result_of(told)
                if result is not None:
                    stream.say(encode(result))
    return response


class _Stream:
    """One connection: open it, and then tell what happens."""

    def __init__(self, request: web.Request, who: Identity, *, previews: bool, job: str | None) -> None:
        self._request = request
        self._who = who
        self._previews = previews
        self._job = job
        # Frames go past aiohttp, which would chunk what it sends in an answer of unknown length.
        self._frame: Framing = _chunk if request.version >= HttpVersion11 else _event

    _outlet: Outlet

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[web.StreamResponse]:
        """The answer has begun; it goes on until the block ends."""

        async def end() -> None:
            if self._request.transport is not None:
                self._request.transport.abort()

        with self._request.app[LASTING].held(self._request, end):
            response = web.StreamResponse(headers=_HEADERS)
            await response.prepare(self._request)
            transport = self._request.transport
            if transport is None:
                raise ConnectionResetError("The client left before the first event.")
            keep_alive(transport)
            self._outlet = Outlet(transport, self._request.app[ROUNDS])
            yield response
            self._outlet.flush()

    async def tell(self, after: int, *, until: asyncio.Future[None]) -> bool:
        """Tell what happens from the event after this number on, and all that has happened when ``until`` is done.

        Returns early if the client leaves or the server stops; then false.
        """
        if self._request.method == "HEAD":
            return False
        audience = self._request.app[AUDIENCE]
        subscriber = audience.subscribe(
            self._outlet,
            after=after,
            previews=self._previews,
            owner=self._who.sees_only,
            job=self._job,
            frame=self._frame,
        )
        try:
            return await self._wait(until) and await self._wait(audience.reached(subscriber))
        finally:
            audience.unsubscribe(subscriber)

    def say(self, payload: bytes) -> None:
        """Send something that is no event of the log."""
        self._outlet.send(self._frame(0, payload))

    async def _wait(self, until: asyncio.Future[None]) -> bool:
        """Wait, with a sign of life now and then. False if the client left or the server stops."""
        stopping = self._request.app[STOPPING]
        comment = self._frame(0, b"")
        while not until.done():
            if stopping.done() or self._outlet.closed:
                return False
            await asyncio.wait((until, stopping), timeout=KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED)
            if not until.done() and not self._outlet.behind:
                self._outlet.send(comment)
        return True


def _event(number: int, payload: bytes) -> bytes:
    """An event as the format has it; without a payload, a comment. JSON has no line breaks of its own."""
    if not payload:
        return b":\n\n"
    return b"id: %d\ndata: %s\n\n" % (number, payload) if number else b"data: %s\n\n" % payload


def _chunk(number: int, payload: bytes) -> bytes:
    """The same as a chunk of an HTTP/1.1 body (RFC 9112 §7.1)."""
    event = _event(number, payload)
    return b"%x\r\n%s\r\n" % (len(event), event)


def _is_told(events: EventLog, job: str) -> bool:
    """Whether the end of a job that has ended was told, or is no longer kept: it is told soon after it is on disk."""
    kept = events.after(events.first - 1, job=job).entries
    return not kept or is_end(msgspec.json.decode(kept[-1][1], type=Happened).event)


def _nothing_after(events: EventLog, number: int, job: str) -> bool:
    replay = events.after(number, job=job)
    return not replay.gap and not replay.entries
