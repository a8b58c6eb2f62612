"""Opening WebSockets, and closing all of them when the server stops."""

from weakref import WeakSet

from aiohttp import WSCloseCode, web

from nodegraph.server.outlet import Outlet

MESSAGE_LIMIT = 64 * 1024 * 1024
"""Bytes of the largest message a client may send: a workflow with room to spare."""

SOCKETS: web.AppKey[WeakSet[web.WebSocketResponse]] = web.AppKey("sockets")


async def accept(request: web.Request) -> tuple[web.WebSocketResponse, Outlet]:
    """Take up a WebSocket: what to read from, and the outlet to send through."""
    # Without compression, because Outlet writes frames past this object.
    socket = web.WebSocketResponse(compress=False, max_msg_size=MESSAGE_LIMIT)
    await socket.prepare(request)
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("The client left during the handshake.")
    request.app[SOCKETS].add(socket)
    return socket, Outlet(transport)


async def close_all(app: web.Application) -> None:
    """Say goodbye to every client, so that none holds up the end of the server."""
    sockets = app[SOCKETS]
    for socket in list(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"The server stops.")
