"""The field's socket, ``/ws``: who is connected, and sending each message once to those it is meant for."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from nodegraph.access.identity import Identity
from nodegraph.server.compat import messages
from nodegraph.server.compat.features import FEATURES
from nodegraph.server.compat.messages import Counts, Picture, Text
from nodegraph.server.compat.translator import INTERVAL, Outgoing, Translator
from nodegraph.server.events import Entry
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.outlet import Outlet, binary_frame, text_frame
from nodegraph.server.sockets import accepted


@dataclass(slots=True)
class _Client:
    outlet: Outlet
    sees_only: str | None
    wants_described: bool = False
    """It can read previews with metadata."""
    follows_log: bool = False


class CompatHub:
    """Every open ``/ws``, by its owner and client id. Hears the event log; see :meth:`hear`.

    ``remaining`` counts the jobs of an owner that wait or run, or everybody's (None).
    """

    def __init__(self, translator: Translator, remaining: Callable[[str | None], int]) -> None:
        self._translator = translator
        self._remaining = remaining
        self._clients: dict[tuple[str, str], _Client] = {}
        self._timer: asyncio.TimerHandle | None = None

    def hear(self, entries: Sequence[Entry]) -> None:
        """Translate events and send what follows from them."""
        loop = asyncio.get_running_loop()
        self._send(self._translator.feed(entries, loop.time()))
        if self._timer is None and self._translator.holding:
            self._timer = loop.call_later(INTERVAL, self._release)

    def follow_log(self, who: Identity, client: str, enabled: bool) -> None:
        """Have a client of theirs that is connected hear the log from now on, or no more."""
        if (who.owner, client) in self._clients:
            self._clients[who.owner, client].follows_log = enabled

    def tell_log(self, data: dict[str, Any]) -> None:
        """Send lines of the log to those who follow it."""
        followers = [client for client in self._clients.values() if client.follows_log]
        if followers:
            frame = text_frame(messages.encode("logs", data))
            for client in followers:
                client.outlet.send_along(frame)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to goodbye. A client id that connects again takes the place of the old socket."""
        async with accepted(request, pings=False) as (socket, outlet):
            sid = request.query.get("clientId") or uuid.uuid4().hex
            await self._converse(identity_of(request), sid, socket, outlet)
        return socket

    async def _converse(self, who: Identity, sid: str, socket: web.WebSocketResponse, outlet: Outlet) -> None:
        name = who.owner, sid
        client = self._clients[name] = _Client(outlet, who.sees_only)
        outlet.send(text_frame(messages.encode("status", {**self._status(client), "sid": sid})))
        current = self._translator.current(*name)
        if current is not None:
            outlet.send(text_frame(messages.encode("executing", {"node": current})))
        first = True
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT and first:
                    first = False
                    self._greet(client, frame.data)
        finally:
            if self._clients.get(name) is client:
                del self._clients[name]

    def _greet(self, client: _Client, text: str) -> None:
        """The first text may say what the client can do, and is answered with what the server can."""
        try:
            greeting = msgspec.json.decode(text, type=_Greeting)
        except (msgspec.MsgspecError, RecursionError):
            return
        if greeting.type == "feature_flags":
            client.wants_described = greeting.data.get("supports_preview_metadata") is True
            client.outlet.send(text_frame(messages.encode("feature_flags", FEATURES)))

    def _send(self, outgoing: Iterable[Outgoing]) -> None:
        for message in outgoing:
            if isinstance(message, Counts):
                self._send_counts(message.owner)
                continue
            receivers = self._receivers(message.owner, message.client)
            if isinstance(message, Picture):
                self._send_picture(message, receivers)
            elif isinstance(message, Text):
                for client in receivers:
                    client.outlet.send_along(binary_frame(messages.encode_text(message.event)))
            elif receivers:
                frame = text_frame(messages.encode(message.type, message.data))
                for client in receivers:
                    if message.awaited:
                        client.outlet.send(frame)
                    else:
                        client.outlet.send_along(frame)

    def _send_counts(self, owner: str) -> None:
        """Tell everybody who sees the owner's jobs how many they see now."""
        frames: dict[str | None, bytes] = {}
        for client in self._receivers(owner, None):
            if client.sees_only not in frames:
                frames[client.sees_only] = text_frame(messages.encode("status", self._status(client)))
            client.outlet.send_along(frames[client.sees_only])

    def _status(self, client: _Client) -> dict[str, object]:
        return messages.status(self._remaining(client.sees_only))

    def _send_picture(self, picture: Picture, receivers: Iterable[_Client]) -> None:
        chosen = [client for client in receivers if client.wants_described is not picture.plain]
        if not chosen:
            return
        if picture.plain:
            frame = binary_frame(messages.encode_plain(picture.event))
        else:
            frame = binary_frame(messages.encode_described(picture.event, picture.parent))
        for client in chosen:
            if picture.event.result:
                client.outlet.send(frame)
            else:
                client.outlet.send_preview(frame)

    def _receivers(self, owner: str, client: str | None) -> Sequence[_Client]:
        if client is None:
            return [one for one in self._clients.values() if one.sees_only in (None, owner)]
        addressed = self._clients.get((owner, client))
        return () if addressed is None else (addressed,)

    def _release(self) -> None:
        self._timer = None
        self._send(self._translator.overdue(asyncio.get_running_loop().time()))
        if self._translator.holding:
            self._timer = asyncio.get_running_loop().call_later(INTERVAL, self._release)


class _Greeting(msgspec.Struct):
    type: str
    data: dict[str, object] = {}
