"""Who holds connections and says nothing, or too slowly, or opens too many of them, harms nobody else.

The limits are made short here; nothing sleeps for them, but waits for the end of a connection.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from http_api import Api
from live_server import LiveServer
from test_compat_files import png

from nodegraph.server import connections, slow_bodies
from nodegraph.server.connections import CONNECTIONS

LIMIT = 8

FORM = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server on which everything must go fast."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "IDLE", 0.5)
        patch.setattr(connections, "UNREAD", 0.5)
        patch.setattr(slow_bodies, "PAUSE", 0.5)
        live = LiveServer(tmp_path_factory.mktemp("home"))
        yield live
        live.stop()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that takes few connections of an address."""
    live = LiveServer(tmp_path_factory.mktemp("home"), connections_per_address=LIMIT)
    yield live
    live.stop()


@asynccontextmanager
async def connected(server: LiveServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        async with asyncio.timeout(60):
            yield reader, writer
    finally:
        writer.transport.abort()


async def the_rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server ends the connection."""
    with suppress(ConnectionError):
        return await reader.read()
    return b""


async def trickle(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Send it again and again, slowly, until the connection ends."""
    with suppress(ConnectionError):
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "\r\n")).encode()


# ---- heads ----


async def test_a_connection_that_says_nothing_ends(short: LiveServer) -> None:
    async with connected(short) as (reader, _):
        assert await the_rest(reader) == b""


async def test_a_head_that_trickles_in_ends_its_connection(short: LiveServer) -> None:
    async with connected(short) as (reader, writer):
        writer.write(b"GET /queue HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        async with asyncio.TaskGroup() as tasks:
            trickling = tasks.create_task(trickle(writer, b"X-More: of it\r\n"))
            assert await the_rest(reader) == b""
            trickling.cancel()


async def test_a_connection_that_is_kept_ends_when_nothing_more_is_asked(short: LiveServer) -> None:
    async with connected(short) as (reader, writer):
        writer.write(head("GET", "/healthz"))
        assert (await the_rest(reader)).startswith(b"HTTP/1.1 200 ")


# ---- bodies ----

SLOW = {
    "json": head("POST", "/prompt", "Content-Length: 1000") + b'{"prompt": ',
    "json v1": head("POST", "/api/v1/jobs", "Content-Length: 1000") + b'{"prompt": ',
    "file": head("POST", "/api/v1/uploads?name=a.png", "Content-Length: 1000") + png()[:50],
    "form": head("POST", "/upload/image", "Content-Length: 1000", "Content-Type: multipart/form-data; boundary=x")
    + FORM,
    "chunks": head("PUT", "/api/v1/userdata/files/a.txt", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n",
}


@pytest.mark.parametrize("begun", SLOW.values(), ids=SLOW.keys())
async def test_a_body_that_stops_ends_its_connection(short: LiveServer, begun: bytes) -> None:
    async with connected(short) as (reader, writer):
        writer.write(begun)
        assert await the_rest(reader) == b""
    await until(lambda: not list((short.home / "temp").glob(".upload-*")))


async def test_a_body_that_trickles_in_for_ever_ends_its_connection(
    short: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_bodies, "WHOLE", 0.6)
    async with connected(short) as (reader, writer):
        writer.write(head("POST", "/api/v1/jobs", "Content-Length: 1000000"))
        async with asyncio.TaskGroup() as tasks:
            trickling = tasks.create_task(trickle(writer, b" "))
            assert await the_rest(reader) == b""
            trickling.cancel()


async def test_a_body_that_comes_slowly_is_taken(short: LiveServer) -> None:
    """In ten pieces, which take longer together than nothing may come."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"slow "
            await asyncio.sleep(0.1)

    async with (
        aiohttp.ClientSession() as session,
        session.put(f"{short.url}/api/v1/userdata/files/slow.txt", data=pieces()) as response,
    ):
        assert response.status in (200, 201), await response.text()
    assert (short.home / "user/default/slow.txt").read_bytes() == b"slow " * 10


@pytest.mark.parametrize(
    ("method", "path", "media"),
    [
        ("POST", "/prompt", "application/json"),
        ("POST", "/api/v1/jobs", "application/json"),
        ("POST", "/api/v1/uploads?name=a.png", "application/octet-stream"),
        ("POST", "/upload/image", "multipart/form-data; boundary=x"),
        ("PUT", "/api/v1/userdata/files/a.txt", "text/plain"),
        ("POST", "/userdata/a.txt", "text/plain"),
    ],
)
async def test_a_gigabyte_is_refused_before_it_comes(short: LiveServer, method: str, path: str, media: str) -> None:
    async with connected(short) as (reader, writer):
        writer.write(head(method, path, f"Content-Length: {1 << 30}", f"Content-Type: {media}"))
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413 ")


# ---- answers ----


@pytest.mark.skipif(os.name != "posix" or not Path("/proc").exists(), reason="only Linux can tell")
async def test_an_answer_that_nobody_reads_ends_its_connection(short: LiveServer) -> None:
    (short.home / "output").mkdir(exist_ok=True)
    (short.home / "output/long.txt").write_bytes(bytes(50_000_000))
    open_now = short.app[CONNECTIONS]
    await until(lambda: len(open_now) == 0)
    async with connected(short) as (_, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(head("GET", "/view?filename=long.txt"))
        await until(lambda: len(open_now) == 1)
        await until(lambda: len(open_now) == 0)


# ---- how many ----


async def test_who_opens_too_many_loses_those_that_say_nothing(
    narrow: LiveServer, session: aiohttp.ClientSession
) -> None:
    """The connections of other programs, on which something is asked, go on."""
    api = Api(session, narrow.url)
    async with session.ws_connect(f"{narrow.url}/api/v1/ws") as socket:
        assert (await socket.receive_json())["type"] == "hello"
        silent = []
        try:
            for _ in range(5 * LIMIT):
                host, port = narrow.url.removeprefix("http://").split(":")
                silent.append(await asyncio.open_connection(host, int(port)))
            async with asyncio.timeout(30):
                assert [await the_rest(reader) for reader, _ in silent[:-LIMIT]] == [b""] * 4 * LIMIT
            assert (await api.call("GET", "/queue"))["queued"] == []
            assert len(narrow.app[CONNECTIONS]) <= LIMIT
            async with session.get(f"{narrow.url}/metrics") as response:
                assert f"nodegraph_connections_cut_total {narrow.app[CONNECTIONS].cut}.0" in await response.text()
            assert narrow.app[CONNECTIONS].cut >= 4 * LIMIT
            await socket.send_str('{"type": "subscribe"}')
            assert (await socket.receive_json())["type"] == "subscribed"
        finally:
            for _, writer in silent:
                writer.transport.abort()


async def test_sockets_and_streams_leave_room_for_requests(narrow: LiveServer, session: aiohttp.ClientSession) -> None:
    await until(lambda: len(narrow.app[CONNECTIONS]) == 0)
    room = narrow.app[CONNECTIONS].lasting_per_address
    assert 0 < room < LIMIT
    held = [await session.ws_connect(f"{narrow.url}/ws") for _ in range(room)]
    try:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{narrow.url}/ws")
        assert refused.value.status == 429
        async with session.get(f"{narrow.url}/api/v1/events") as response:
            assert response.status == 429
            assert int(response.headers["Retry-After"]) > 0
            assert "--connections-per-address" in (await response.json())["error"]["message"]
        async with session.get(f"{narrow.url}/queue") as response:
            assert response.status == 200
    finally:
        for socket in held:
            await socket.close()
    async with session.ws_connect(f"{narrow.url}/ws") as socket:
        assert (await socket.receive_json())["type"] == "status"
