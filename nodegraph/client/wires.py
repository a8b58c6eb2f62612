"""How the effects that steps ask for are carried out: :class:`Wire` waits for each, :class:`AsyncWire` awaits it.

HTTP goes through httpx2, the WebSocket through ``websockets``; nothing else of the package opens a connection. Proxies
of the environment are passed by: the server is on this computer, or on one nearby. Over https a certificate is good
that this computer trusts, or that the file named by ``SSL_CERT_FILE`` vouches for.
"""

import asyncio
import atexit
import os
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio import client as async_sockets
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync import client as sockets

from nodegraph.client.call import Call
from nodegraph.client.errors import AnswerError, ClientError, error_of
from nodegraph.client.steps import Connect, Effect, Emit, Exchange, Hear, LostError, Say, Sleep, Steps, Stream, given

T = TypeVar("T")

_SOCKET_PATH = "/api/v1/ws"

_ERRORS = (httpx2.TransportError, WebSocketException, OSError)


class AddressError(ClientError):
    """The server's address is none."""


# ---- waiting ----


class Wire:
    """To one server, for programs that wait. May be used by several threads."""

    def __init__(self, server: str, timeout: float, token: str | None) -> None:
        self._to = _Server.at(server, token)
        self._timeout = timeout
        self._http = httpx2.Client(**self._to.http_options(timeout))

    def close(self) -> None:
        """Close the connections kept for later."""
        self._http.close()

    def run(self, steps: Steps[T]) -> T:
        """What the steps lead to."""
        (result,) = self.stream(given(steps))
        return result

    def stream(self, steps: Stream[T]) -> Iterator[T]:
        """What the steps give, as far as somebody wants it. Each stream has a WebSocket of its own."""
        answer: Any = None
        with ExitStack() as opened:
            line = _Line(self._http, opened, self._to, self._timeout)
            while True:
                try:
                    effect = steps.send(answer)
                except StopIteration:
                    return
                if isinstance(effect, Emit):
                    answer = None
                    yield effect.item
                else:
                    answer = line.carry_out(effect)


class _Line:
    """Carries out the effects of one stream."""

    def __init__(self, http: httpx2.Client, opened: ExitStack, to: "_Server", timeout: float) -> None:
        self._http = http
        self._opened = opened
        self._to = to
        self._timeout = timeout
        self._socket: sockets.ClientConnection | None = None

    def carry_out(self, effect: Effect) -> Any:
        try:
            match effect:
                case Exchange(call):
                    return self._http.send(_request(self._http, call, self._timeout))
                case Sleep(seconds):
                    return time.sleep(seconds)
                case Connect(seconds):
                    return self._connect(seconds)
                case Say(message):
                    return self._present().send(message, text=True)
                case Hear(seconds):
                    return self._hear(seconds)
        except _ERRORS as error:
            return _explained(error)

    def _connect(self, seconds: float | None) -> None:
        self._opened.close()
        connection = sockets.connect(self._to.socket_address, **self._to.socket_options(self._timeout, seconds))
        self._socket = self._opened.enter_context(connection)
        # Whoever did not read a stream to its end may hold it until the program ends. It is closed before the thread
        # of the connection is frozen, for which closing would wait for ever.
        atexit.register(self._opened.close)
        self._opened.callback(atexit.unregister, self._opened.close)

    def _hear(self, seconds: float | None) -> bytes | None:
        try:
            return self._present().recv(seconds, decode=False)
        except TimeoutError:
            return None

    def _present(self) -> sockets.ClientConnection:
        assert self._socket is not None, "steps connect before they say or hear"
        return self._socket


# ---- awaiting ----


class AsyncWire:
    """To one server, for one event loop."""

    def __init__(self, server: str, timeout: float, token: str | None) -> None:
        self._to = _Server.at(server, token)
        self._timeout = timeout
        self._http = httpx2.AsyncClient(**self._to.http_options(timeout))

    async def close(self) -> None:
        """Close the connections kept for later."""
        await self._http.aclose()

    async def run(self, steps: Steps[T]) -> T:
        """What the steps lead to."""
        (result,) = [result async for result in self.stream(given(steps))]
        return result

    async def stream(self, steps: Stream[T]) -> AsyncIterator[T]:
        """What the steps give, as far as somebody wants it. Each stream has a WebSocket of its own."""
        answer: Any = None
        async with AsyncExitStack() as opened:
            line = _AsyncLine(self._http, opened, self._to, self._timeout)
            while True:
                try:
                    effect = steps.send(answer)
                except StopIteration:
                    return
                if isinstance(effect, Emit):
                    answer = None
                    yield effect.item
                else:
                    answer = await line.carry_out(effect)


class _AsyncLine:
    """Carries out the effects of one stream."""

    def __init__(self, http: httpx2.AsyncClient, opened: AsyncExitStack, to: "_Server", timeout: float) -> None:
        self._http = http
        self._opened = opened
        self._to = to
        self._timeout = timeout
        self._socket: async_sockets.ClientConnection | None = None

    async def carry_out(self, effect: Effect) -> Any:
        try:
            match effect:
                case Exchange(call):
                    return await self._http.send(_request(self._http, call, self._timeout))
                case Sleep(seconds):
                    return await asyncio.sleep(seconds)
                case Connect(seconds):
                    return await self._connect(seconds)
                case Say(message):
                    return await self._present().send(message, text=True)
                case Hear(seconds):
                    return await self._hear(seconds)
        except _ERRORS as error:
            return _explained(error)

    async def _connect(self, seconds: float | None) -> None:
        await self._opened.aclose()
        connection = async_sockets.connect(self._to.socket_address, **self._to.socket_options(self._timeout, seconds))
        self._socket = await self._opened.enter_async_context(connection)

    async def _hear(self, seconds: float | None) -> bytes | None:
        try:
            async with asyncio.timeout(seconds):
                return await self._present().recv(decode=False)
        except TimeoutError:
            return None

    def _present(self) -> async_sockets.ClientConnection:
        assert self._socket is not None, "steps connect before they say or hear"
        return self._socket


# ---- the same for both ----


class _Server(NamedTuple):
    """Where the server is, and what it wants to see of whoever asks."""

    address: str
    """Without a slash at its end."""
    headers: Mapping[str, str]
    tls: ssl.SSLContext | None

    @classmethod
    def at(cls, address: str, token: str | None) -> "_Server":
        """Raises :class:`AddressError`."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AddressError(f"{address!r} is not the address of a server. Give one like http://127.0.0.1:8188.")
        shown = os.environ.get("NODEGRAPH_TOKEN", "") if token is None else token
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        return cls(address.rstrip("/"), headers, ssl.create_default_context() if parts.scheme == "https" else None)

    @property
    def socket_address(self) -> str:
        return f"ws{self.address.removeprefix('http')}{_SOCKET_PATH}"

    def http_options(self, timeout: float) -> dict[str, Any]:
        verify = {} if self.tls is None else {"verify": self.tls}
        return {"base_url": self.address, "headers": self.headers, "timeout": timeout, "trust_env": False, **verify}

    def socket_options(self, timeout: float, seconds: float | None) -> dict[str, Any]:
        """Messages have no bound, since what nodes show has none."""
        within = timeout if seconds is None else min(timeout, seconds)
        secure = {} if self.tls is None else {"ssl": self.tls}
        limits = {"open_timeout": within, "close_timeout": 1, "max_size": None, "compression": None, "proxy": None}
        return {"additional_headers": self.headers, **limits, **secure}


def _request(http: httpx2.Client | httpx2.AsyncClient, call: Call[Any], timeout: float) -> httpx2.Request:
    return http.build_request(
        call.method,
        call.path,
        headers=call.headers,
        content=call.content,
        timeout=timeout + call.takes,
    )


def _explained(error: Exception) -> LostError | AnswerError:
    """What an error of the libraries means. A server that refuses the WebSocket would do so again."""
    if isinstance(error, InvalidStatus) and error.response.status_code < 500:
        refusal = error.response
        return error_of(
            refusal.status_code, refusal.headers, bytes(refusal.body or b""), asked=f"Opening {_SOCKET_PATH}"
        )
    unsent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    return LostError(str(error) or type(error).__name__, sent=not unsent)
