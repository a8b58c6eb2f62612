"""Connections: how many there may be at once, and how many of one address. Knows nothing of what is asked on them.

Whoever opens more than their share loses those of theirs on which nothing is being answered, the longest unused first;
only when all are in use is a new one turned away. So somebody who opens thousands and says nothing harms nobody, and
the programs of this computer, which share an address, do not lock each other out.
"""

import asyncio
import contextlib
import logging
import socket as sockets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

IDLE = 75.0
"""Seconds in which the whole head of a request must have come, however slowly, counted from the connection's beginning
or from the last answer."""

UNREAD = 120.0
"""Seconds for which a client may read nothing of an answer, where the system can tell."""

_MOST = 16_384
"""Connections at once, if the process may open as many files."""

_OTHER_FILES = 256
"""Files that remain for the database, pictures, the worker and calls of webhooks."""

_FEWEST = 64

_QUIET = 60.0
"""Seconds between two lines of the log."""

_HELD = 0.75
"""The share of an address's connections that may last: the rest is for requests that come and go."""


class Connections:
    """For one server. ``per_address``: as many at once from each; at most half of what the process can hold."""

    def __init__(self, per_address: int) -> None:
        self.total = max(_FEWEST, min(_MOST, _open_files() - _OTHER_FILES))
        self.per_address = max(1, min(per_address, self.total // 2))
        self.cut = 0
        """So many were ended or turned away, because there were too many."""
        self._addresses: dict[web.RequestHandler, str] = {}
        self._open: dict[str, dict[web.RequestHandler, asyncio.Transport]] = {}
        self._idle: dict[str, dict[web.RequestHandler, None]] = {}
        self._told = -_QUIET

    @property
    def lasting_per_address(self) -> int:
        """How many of an address may be WebSockets and event streams."""
        return max(1, int(_HELD * self.per_address))

    def __len__(self) -> int:
        return len(self._addresses)

    def opened(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """There is one more; it, or another, is ended if that is one too many."""
        address = str((transport.get_extra_info("peername") or ("",))[0])
        _end_if_unread(transport, UNREAD)
        if len(self._open.get(address, ())) >= self.per_address:
            room = self._make_room(address)
        elif len(self) >= self.total:
            room = self._make_room(max(self._open, key=lambda other: len(self._open[other])))
        else:
            room = True
        if not room:
            transport.abort()
            return
        self._addresses[handler] = address
        self._open.setdefault(address, {})[handler] = transport
        self._idle.setdefault(address, {})[handler] = None

    def closed(self, handler: web.RequestHandler) -> None:
        """It is gone."""
        address = self._addresses.pop(handler, None)
        if address is not None:
            self._idle[address].pop(handler, None)
            del self._open[address][handler]
            if not self._open[address]:
                del self._open[address], self._idle[address]

    def middleware(self) -> Middleware:
        """Knows of every connection whether it is in use."""

        @web.middleware
        async def use(request: web.Request, handler: Handler) -> web.StreamResponse:
            with self._in_use(request.protocol):
                return await handler(request)

        return use

    @contextmanager
    def _in_use(self, handler: web.RequestHandler) -> Iterator[None]:
        address = self._addresses.get(handler, "")
        self._idle.get(address, {}).pop(handler, None)
        try:
            yield
        finally:
            if handler in self._addresses:
                self._idle[address][handler] = None

    def _make_room(self, address: str) -> bool:
        """End the longest unused connection of an address; false if all are in use."""
        self.cut += 1
        if time.monotonic() - self._told >= _QUIET:
            self._told = time.monotonic()
            log.warning("Too many connections: %d from %s. Unused ones are ended.", len(self._open[address]), address)
        oldest = next(iter(self._idle.get(address, ())), None)
        if oldest is None:
            return False
        transport = self._open[address][oldest]
        self.closed(oldest)
        transport.abort()
        return True


CONNECTIONS = web.AppKey("connections", Connections)


class BoundedRunner(web.AppRunner):
    """Serves an application, whose :data:`CONNECTIONS` hear of every connection."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, keepalive_timeout=IDLE, **options)

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        connections = self.app[CONNECTIONS]
        made, lost = server.connection_made, server.connection_lost

        def connection_made(handler: web.RequestHandler, transport: asyncio.Transport) -> None:
            made(handler, transport)
            connections.opened(handler, transport)

        def connection_lost(handler: web.RequestHandler, exc: BaseException | None = None) -> None:
            connections.closed(handler)
            lost(handler, exc)

        # aiohttp tells the server object of each connection, and has no signal for it.
        server.connection_made = connection_made  # type: ignore[method-assign]
        server.connection_lost = connection_lost  # type: ignore[method-assign]
        return server


def may_rest_unread(transport: asyncio.Transport) -> None:
    """Let the client read when it pleases: what waits for it is bounded otherwise."""
    _end_if_unread(transport, 0.0)


def allow_more_files() -> None:
    """Have the process open as many files as the system lets it: often that is more than it may at first."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _MOST + _OTHER_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST + _OTHER_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(OSError, ValueError):  # then it stays as it was
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _open_files() -> int:
    """How many files the process may have open."""
    if sys.platform == "win32":
        return _MOST
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST + _OTHER_FILES if soft == resource.RLIM_INFINITY else soft


def _end_if_unread(transport: asyncio.Transport, after: float) -> None:
    """Have the system end the connection if the client takes nothing of what was sent for so long (0: never)."""
    option = getattr(sockets, "TCP_USER_TIMEOUT", None)  # Linux has it
    if option is not None:
        transport.get_extra_info("socket").setsockopt(sockets.IPPROTO_TCP, option, int(after * 1000))
