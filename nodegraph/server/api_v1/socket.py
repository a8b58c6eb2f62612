"""The queue over one WebSocket, ``/api/v1/ws``: submit, cancel, subscribe; answers, events and results come back."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Sequence

import msgspec
from aiohttp import WSMsgType, web

from nodegraph import __version__
from nodegraph.errors import UserError
from nodegraph.execution.events import JobFinished, NodePreview
from nodegraph.graph.canvas.convert import to_api
from nodegraph.graph.problems import Problem, PromptError
from nodegraph.server.api_v1.messages import (
    Accepted,
    Cancel,
    Cancelling,
    ClientMessage,
    Gap,
    Happened,
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
from nodegraph.server.events import Entry, JobRemoved
from nodegraph.server.outlet import Outlet, text_frame
from nodegraph.server.state import CATALOG, DISPATCHER, EVENTS, STORE
from nodegraph.server.submissions import RejectedError, submit

_FRAMES_KEPT = 512

_decode = msgspec.json.Decoder(ClientMessage).decode


class EventFrames:
    """The frames of events, each encoded once for all sockets that want it.

    The latest few hundred are kept: sockets hear the same events one after the other, a batch at a time.
    """

    def __init__(self) -> None:
        self._encoded: OrderedDict[int, tuple[Entry, bytes]] = OrderedDict()

    def __call__(self, entry: Entry) -> bytes:
        """The frame of ``entry``."""
        known = self._encoded.get(id(entry))
        if known is None or known[0] is not entry:
            known = self._encoded[id(entry)] = entry, _frame(Happened(entry.number, entry.event))
            if len(self._encoded) > _FRAMES_KEPT:
                self._encoded.popitem(last=False)
        return known[1]


class ApiSocket:
    """One connection."""

    def __init__(self, app: web.Application, outlet: Outlet, frames: EventFrames) -> None:
        self._catalog = app[CATALOG]
        self._dispatcher = app[DISPATCHER]
        self._events = app[EVENTS]
        self._store = app[STORE]
        self._outlet = outlet
        self._frames = frames
        self._followed: dict[str, Submit] = {}
        self._subscription: Subscribe | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Answer until the client leaves."""
        self._say(Hello(__version__, self._events.last))
        unlisten = self._events.listen(self._hear)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._answer(frame.data)
                elif frame.type is WSMsgType.BINARY:
                    self._say(Malformed("Messages are JSON text, not binary."))
        finally:
            unlisten()
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
                    self._subscription = None
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
        self._followed[job] = message
        self._say(Accepted(job, accepted.ticket.number, message.id, dict(accepted.node_errors), warnings))

    def _subscribe(self, message: Subscribe) -> None:
        after = self._events.last if message.after is None else message.after
        replay = self._events.after(after)
        if replay.gap:
            following = replay.entries[0].number if replay.entries else self._events.last + 1
            self._say(Gap(after, following))
            after = following - 1
        self._say(Subscribed(after, message.id))
        for entry in replay.entries:
            self._outlet.send(self._frames(entry))
        self._subscription = message

    def _hear(self, entries: Sequence[Entry]) -> None:
        if self._subscription or self._followed:
            for entry in entries:
                self._hear_one(entry)

    def _hear_one(self, entry: Entry) -> None:
        event, followed, subscription = entry.event, self._followed.get(entry.event.job), self._subscription
        if isinstance(event, NodePreview):
            if (subscription and subscription.previews) or (followed and followed.previews):
                self._outlet.send_preview(self._frames(entry))
            return
        if subscription or (followed and followed.events):
            self._outlet.send(self._frames(entry))
        if followed and isinstance(event, JobFinished | JobRemoved):
            del self._followed[event.job]
            task = asyncio.create_task(self._tell_result(event.job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell_result(self, job: str) -> None:
        row = await self._store.job(job)
        result = None if row is None else result_of(row)
        if result is not None:
            self._say(result)

    def _say(self, message: ServerMessage) -> None:
        self._outlet.send(_frame(message))


def _frame(message: ServerMessage) -> bytes:
    return text_frame(msgspec.json.encode(message))
