"""The queue over one WebSocket, ``/api/v1/ws``: submit, cancel, subscribe; answers, events and results come back."""

import asyncio
import secrets
from typing import NamedTuple

import msgspec
from aiohttp import WSMsgType, web

from nodegraph import __version__
from nodegraph.errors import UserError
from nodegraph.execution.events import JobFinished, NodePreview
from nodegraph.graph.canvas.convert import to_api
from nodegraph.graph.problems import Problem, PromptError
from nodegraph.server.api_v1.audience import Audience, Subscriber
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
from nodegraph.server.api_v1.results import result_of
from nodegraph.server.events import Entry, Happened, JobRemoved, encode
from nodegraph.server.outlet import Outlet, text_frame
from nodegraph.server.state import CATALOG, DISPATCHER, EVENTS, STORE
from nodegraph.server.submissions import RejectedError, submit

AUDIENCE = web.AppKey("audience", Audience)

_decode = msgspec.json.Decoder(ClientMessage).decode


class _Wishes(NamedTuple):
    """What a client wants to hear of a job it submitted."""

    events: bool
    previews: bool


class ApiSocket:
    """One connection."""

    def __init__(self, app: web.Application, outlet: Outlet) -> None:
        self._audience = app[AUDIENCE]
        self._catalog = app[CATALOG]
        self._dispatcher = app[DISPATCHER]
        self._events = app[EVENTS]
        self._store = app[STORE]
        self._outlet = outlet
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
                    found = await self._dispatcher.cancel(message.job)
                    self._say(Cancelling(message.job, found, message.id))
                case Subscribe():
                    self._subscribe(message)
                case Unsubscribe():
                    self._unsubscribe()
                    self._say(Unsubscribed(message.id))
        except UserError as error:
            self._say(Malformed(str(error), message.id))

    async def _submit(self, message: Submit) -> None:
        warnings: list[str] = []
        prompt, extra = message.prompt, dict(message.extra_data)
        try:
            if message.workflow is not None:
                if prompt is not None:
                    raise PromptError(Problem("invalid_prompt", "Give either a prompt or a workflow, not both"))
                converted = to_api(message.workflow, await self._catalog.specs(), choose=secrets.choice)
                prompt, warnings = converted.prompt, [notice.message for notice in converted.warnings]
                extra.setdefault("extra_pnginfo", {"workflow": message.workflow})
            accepted = await submit(
                prompt,
                catalog=self._catalog,
                dispatcher=self._dispatcher,
                job=message.job,
                extra_data=extra,
                number=message.number,
                front=message.front,
                targets=message.targets,
            )
        except RejectedError as error:
            self._say(Rejected(error.problem, message.id, error.node_errors, warnings))
            return
        except PromptError as error:
            self._say(Rejected(error.problem, message.id, warnings=warnings))
            return
        except UserError as error:
            self._say(Rejected(Problem("invalid_request", str(error)), message.id, warnings=warnings))
            return
        # Nothing was waited for since the job was queued: no event of its run has been missed.
        job = accepted.ticket.job
        self._follow(job, _Wishes(message.events, message.previews))
        self._say(Accepted(job, accepted.ticket.number, message.id, dict(accepted.node_errors), warnings))

    def _subscribe(self, message: Subscribe) -> None:
        self._unsubscribe()
        after = self._events.last if message.after is None else message.after
        replay = self._events.after(after, limit=0)
        if replay.gap:
            self._say(Gap(after, replay.first))
            after = replay.first - 1
        self._say(Subscribed(after, message.id))
        self._subscriber = self._audience.subscribe(self._outlet, after=after, previews=message.previews)

    def _unsubscribe(self) -> None:
        if self._subscriber is not None:
            self._audience.bring_up_to_date(self._subscriber)
            self._audience.unsubscribe(self._subscriber)
            self._subscriber = None

    def _follow(self, job: str, wishes: _Wishes) -> None:
        if job not in self._followed:
            self._audience.follow(job, self._hear)
        self._followed[job] = wishes

    def _hear(self, entry: Entry) -> None:
        """Take in an event of a followed job. A subscriber hears of it anyway."""
        event, wishes, subscriber = entry.event, self._followed[entry.event.job], self._subscriber
        if isinstance(event, NodePreview):
            if wishes.previews and not (subscriber and subscriber.previews) and not self._outlet.behind:
                self._outlet.send(text_frame(encode(Happened(entry.number, event))))
            return
        if wishes.events and not subscriber:
            self._outlet.send(text_frame(entry.payload))
        if isinstance(event, JobFinished | JobRemoved):
            del self._followed[event.job]
            self._audience.unfollow(event.job, self._hear)
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
