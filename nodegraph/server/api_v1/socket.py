"""The queue over one WebSocket, ``/api/v1/ws``: submit, cancel, subscribe; answers, events and results come back."""

import asyncio
from typing import NamedTuple

import msgspec
from aiohttp import WSMsgType, web

from nodegraph import __version__
from nodegraph.access.identity import Identity
from nodegraph.errors import UserError
from nodegraph.execution.events import JobFinished, NodePreview
from nodegraph.server.api_v1.audience import AUDIENCE, Subscriber
from nodegraph.server.api_v1.messages import (
    Accepted,
    Cancel,
    Cancelling,
    ClientMessage,
    Gap,
    Hello,
    Malformed,
    Rejected,
    ServerMessage,
    Submit,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
)
from nodegraph.server.api_v1.results import order_of, result_of
from nodegraph.server.events import Entry, Happened, JobRemoved, encode
from nodegraph.server.outlet import Outlet, text_frame
from nodegraph.server.replies import problem_of
from nodegraph.server.state import CATALOG, DISPATCHER, EVENTS, STORE
from nodegraph.server.submissions import RejectedError, submit

_decode = msgspec.json.Decoder(ClientMessage).decode


class _Wishes(NamedTuple):
    """What a client wants to hear of a job it submitted."""

    events: bool
    previews: bool


class ApiSocket:
    """One connection."""

    def __init__(self, app: web.Application, outlet: Outlet, who: Identity) -> None:
        self._audience = app[AUDIENCE]
        self._catalog = app[CATALOG]
        self._dispatcher = app[DISPATCHER]
        self._events = app[EVENTS]
        self._store = app[STORE]
        self._outlet = outlet
        self._who = who
        self._followed: dict[str, _Wishes] = {}
        self._subscriber: Subscriber | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Answer until the client leaves."""
        self._say(Hello(__version__, self._events.last))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._answer(frame.data)
                elif frame.type is WSMsgType.BINARY:
                    self._say(Malformed("Messages are JSON text, not binary."))
        finally:
            self._unsubscribe()
            for job in self._followed:
                self._audience.unfollow(job, self._hear)
            for task in self._tasks:
                task.cancel()

    async def _answer(self, text: str) -> None:
        try:
            message = _decode(text)
        except (msgspec.MsgspecError, RecursionError) as error:
            self._say(Malformed(f"The message cannot be read: {error}."))
            return
        try:
            match message:
                case Submit():
                    await self._submit(message)
                case Cancel():
                    found = await self._dispatcher.cancel(message.job, owner=self._who.sees_only)
                    self._say(Cancelling(message.job, found, message.id))
                case Subscribe():
                    self._subscribe(message)
                case Unsubscribe():
                    self._unsubscribe()
                    self._say(Unsubscribed(message.id))
        except UserError as error:
            self._say(Malformed(str(error), message.id))

    async def _submit(self, message: Submit) -> None:
        try:
            accepted = await submit(
                order_of(message, message.key),
                self._who,
                catalog=self._catalog,
                store=self._store,
                dispatcher=self._dispatcher,
            )
        except RejectedError as error:
            self._say(Rejected(error.problem, message.id, error.node_errors, error.warnings))
            return
        except UserError as error:
            self._say(Rejected(problem_of(error), message.id))
            return
        # Nothing was waited for since the job was queued: no event of its run has been missed.
        ticket = accepted.ticket
        self._follow(ticket.job, _Wishes(message.events, message.previews))
        self._say(
            Accepted(
                ticket.job,
                ticket.number,
                message.id,
                ticket.priority,
                accepted.existed,
                dict(accepted.node_errors),
                list(accepted.warnings),
            )
        )
        if accepted.existed:
            await self._tell_if_ended(ticket.job)

    async def _tell_if_ended(self, job: str) -> None:
        """Send the result of a followed job that ended before it was followed."""
        row = await self._store.job(job)
        result = None if row is None else result_of(row)
        if result is not None and job in self._followed:  # else it ended just now and is told anyway
            self._unfollow(job)
            self._say(result)

    def _subscribe(self, message: Subscribe) -> None:
        self._unsubscribe()
        after = self._events.last if message.after is None else message.after
        replay = self._events.after(after, limit=0)
        if replay.gap:
            self._say(Gap(after, replay.first))
            after = replay.first - 1
        self._say(Subscribed(after, message.id))
        self._subscriber = self._audience.subscribe(
            self._outlet, after=after, previews=message.previews, job=message.job, owner=self._who.sees_only
        )

    def _unsubscribe(self) -> None:
        if self._subscriber is not None:
            self._audience.bring_up_to_date(self._subscriber)
            self._audience.unsubscribe(self._subscriber)
            self._subscriber = None

    def _follow(self, job: str, wishes: _Wishes) -> None:
        if job not in self._followed:
            self._audience.follow(job, self._hear)
        self._followed[job] = wishes

    def _unfollow(self, job: str) -> None:
        del self._followed[job]
        self._audience.unfollow(job, self._hear)

    def _hear(self, entry: Entry) -> None:
        """Take in an event of a followed job. Whoever subscribed to it hears of it anyway."""
        event, wishes = entry.event, self._followed[entry.event.job]
        subscribed = self._subscriber is not None and self._subscriber.part.holds(entry)
        if isinstance(event, NodePreview):
            if wishes.previews and not subscribed and not self._outlet.behind:
                self._outlet.send_along(text_frame(encode(Happened(entry.number, event))))
            return
        if wishes.events and not subscribed:
            self._outlet.send_along(text_frame(entry.payload))
        if isinstance(event, JobFinished | JobRemoved):
            self._unfollow(event.job)
            task = asyncio.create_task(self._tell_result(event.job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell_result(self, job: str) -> None:
        row = await self._store.job(job)
        result = None if row is None else result_of(row)
        if result is not None:
            self._say(result)

    def _say(self, message: ServerMessage) -> None:
        """Send a message, after the events that led to it."""
        if self._subscriber is not None:
            self._audience.bring_up_to_date(self._subscriber)
        self._outlet.send(text_frame(encode(message)))
