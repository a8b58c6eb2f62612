"""Opening WebSockets, noticing those that have died, and closing all of them when the server stops."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from nodegraph.server.connections import may_rest_unread
from nodegraph.server.lasting import LASTING
from nodegraph.server.outlet import Outlet, Rounds

MESSAGE_LIMIT = 64 * 1024 * 1024
"""Bytes of the largest message a client may send: a workflow with room to spare."""

HEARTBEAT = 120.0
"""A client that was silent for so many seconds is asked for a sign of life; it has half as many to give it."""

KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""After how many silent seconds the system asks the other one whether it is there, how often, and how many times."""

_PATIENCE = 1.0
"""Seconds a client has to answer a goodbye."""


class Connection(NamedTuple):
    """One WebSocket: what to read from, and the outlet to send through."""

    socket: web.WebSocketResponse
    outlet: Outlet


SOCKETS: web.AppKey[WeakSet[web.WebSocketResponse]] = web.AppKey("sockets")
ROUNDS = web.AppKey("rounds", Rounds)


def add_to(app: web.Application) -> None:
    """Let ``app`` have WebSockets."""
    app[SOCKETS] = WeakSet()
    app[ROUNDS] = Rounds()
    app.on_shutdown.append(close_all)


@asynccontextmanager
async def accepted(request: web.Request, *, pings: bool) -> AsyncIterator[Connection]:
    """Take up a WebSocket. It ends with the block, and takes with it whatever the client has not read.

    With ``pings`` it also ends when the client program has not answered one for long. Without, only when its computer
    does not: for the programs of the field, which may open a socket and read it an hour later. Raises
    ``TooManyRequestsError`` for a client that has too many.
    """
    # Without compression, because Outlet writes frames past this object.
    socket = web.WebSocketResponse(
        compress=False,
        max_msg_size=MESSAGE_LIMIT,
        heartbeat=HEARTBEAT if pings else None,
        timeout=_PATIENCE,
    )

    async def end() -> None:
        if socket.prepared:
            await _say_goodbye(socket, WSCloseCode.POLICY_VIOLATION)

    with request.app[LASTING].held(request, end):
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("The client left during the handshake.")
        keep_alive(transport)
        if not pings:
            may_rest_unread(transport)
        outlet = Outlet(transport, request.app[ROUNDS])
        request.app[SOCKETS].add(socket)
        try:
            yield Connection(socket, outlet)
        finally:
            outlet.flush()
            await _say_goodbye(socket, WSCloseCode.OK)
            # A transport that is merely closed waits until the client has read everything, for ever if need be.
            if outlet.backlog:
                outlet.abort()


def keep_alive(transport: asyncio.Transport) -> None:
    """Have the system notice a computer that vanished within minutes; by default that takes it hours."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if (option := getattr(sockets, name, None)) is not None:  # not every system has all of them
            connection.setsockopt(sockets.IPPROTO_TCP, option, value)


async def close_all(app: web.Application) -> None:
    """Say goodbye to every client, so that none holds up the end of the server."""
    await asyncio.gather(*(_say_goodbye(socket, WSCloseCode.GOING_AWAY) for socket in app[SOCKETS]))


async def _say_goodbye(socket: web.WebSocketResponse, code: WSCloseCode) -> None:
    with suppress(TimeoutError):  # aiohttp waits without limit for a client that does not read
        async with asyncio.timeout(2 * _PATIENCE):
            await socket.close(code=code)
