"""A client that does its worst harms itself: the server stays as small as it was, and others get all that is theirs.

One real server in a process of its own, so that its memory can be looked at. Who opens connections has the token of an
admin, for whom no rate is in the way; who asks for jobs has one of their own, and so has the other one. While harm is
done, and after it, the other one queues jobs, hears every step of them and fetches their pictures. The full sizes are
slow tests; the quick ones are the same with less.
"""

import asyncio
import base64
import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import psutil
import pytest
from live_server import SLOW_PACK, FieldClient, Graph, chain, one, steps

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook

START = 120.0
"""Seconds a server may take to start on a busy machine."""

MB = 1_000_000

QUEUE = 20
"""Jobs that one token may have waiting."""

Bare = tuple[asyncio.StreamReader, asyncio.StreamWriter]

fresh = count()
"""So that no graph is like another."""


class Prey(NamedTuple):
    """The server that is to be harmed."""

    url: str
    process: psutil.Process
    tokens: dict[str, str]
    home: Path

    @property
    def memory(self) -> int:
        """Bytes of the server process alone."""
        return int(self.process.memory_info().rss)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def head(self, start: str, *lines: str) -> bytes:
        """The head of a request."""
        token = f"Authorization: Bearer {self.tokens['admin']}"
        return "\r\n".join((f"{start} HTTP/1.1", "Host: 127.0.0.1", token, *lines, "\r\n")).encode()

    @asynccontextmanager
    async def client(self, who: str) -> AsyncIterator[aiohttp.ClientSession]:
        """A program that shows a token."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
            yield session


@pytest.fixture(scope="module")
def prey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prey]:
    home = tmp_path_factory.mktemp("home")
    (home / "custom_nodes").mkdir()
    shutil.copy(SLOW_PACK, home / "custom_nodes")
    book = TokenBook.of(home / "user")
    tokens = {who: book.make(who, scope)[1] for who, scope in (("bad", Scope.RUN), ("good", Scope.RUN))}
    tokens["admin"] = book.make("admin", Scope.ADMIN)[1]
    book.close()
    options = ["--home", str(home), "--port", "0", "--require-token", "--cache-ram", "0.1", "--preview-method", "auto"]
    options += ["--queue-limit-per-token", str(QUEUE)]
    environment = {**os.environ, "NODEGRAPH_DEVICE": "cpu", "NODEGRAPH_PRECISION": "fp32", "OMP_NUM_THREADS": "1"}
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nodegraph", "serve", *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("nodegraph listens on "), (home / "server.log").read_text()[-3000:]
    yield Prey(line.split()[-1].rstrip("/"), psutil.Process(process.pid), tokens, home)
    process.terminate()
    process.stdout.close()
    assert process.wait(60) == 0
    assert "Traceback" not in (home / "server.log").read_text()


class Good:
    """The other client, which is to get all that is theirs."""

    def __init__(self, client: FieldClient) -> None:
        self._client = client

    async def work(self) -> None:
        """Have two jobs run, and miss nothing of them."""
        for graph in (steps(3), chain(3, value=next(fresh) / 1000 % 1)):
            self._client.seen.clear()
            job = (await self._client.post(graph))["prompt_id"]
            heard = Counter(await self._client.finish(job))
            assert heard["execution_success"] == 1, heard
            if "n" in graph:
                assert heard["progress"] == 3, heard
            else:
                assert heard["executing"] == len(graph) + 1, heard
                await self._look_at(job)

    async def _look_at(self, job: str) -> None:
        (shown,) = (await self._client.get(f"/history/{job}"))[job]["outputs"].values()
        (picture,) = shown["images"]
        async with self._client.session.get(f"{self._client.url}/view", params=picture) as response:
            assert response.status == 200
            assert (await response.read()).startswith(b"\x89PNG")


@pytest.fixture
async def good(prey: Prey) -> AsyncIterator[Good]:
    async with prey.client("good") as session:
        client = await FieldClient(session, prey.url).connect()
        one_of_them = Good(client)
        await one_of_them.work()
        yield one_of_them
        await one_of_them.work()
        await client.socket.close()


@contextmanager
def many_files() -> Iterator[None]:
    """This process may have as many sockets as the system allows."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


@asynccontextmanager
async def connections(
    prey: Prey, number: int
) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """So many bare connections, which end without a word."""
    opened: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    with many_files():
        try:
            for _ in range(number):
                opened.append(await asyncio.open_connection(*prey.address, limit=1 << 10))
            yield opened
        finally:
            for _, writer in opened:
                writer.transport.abort()


def handshake(prey: Prey, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}")
    return prey.head(f"GET {path}", *upgrade)


def said(text: bytes) -> bytes:
    """A frame as a client sends it, masked with zeros."""
    assert len(text) < 126
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text


async def done(prey: Prey, who: str, graph: Graph) -> None:
    """Have a job run to its end."""
    async with prey.client(who) as session:
        async with session.post(f"{prey.url}/api/v1/jobs", json={"prompt": graph}) as response:
            assert response.status == 201, await response.text()
            job = (await response.json())["job"]
        async with session.get(f"{prey.url}/api/v1/jobs/{job}/wait?timeout=120") as response:
            assert (await response.json())["state"] == "done"


def sizes(quick: int, full: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("number", [quick, pytest.param(full, marks=pytest.mark.slow)])


@sizes(20, 200)
@pytest.mark.parametrize("path", ["/api/v1/ws", "/api/v1/events?previews=true"])
async def test_clients_that_never_read(prey: Prey, good: Good, path: str, number: int) -> None:
    """Each is due the previews of a run, 12 MB, and keeps less than one of them waiting."""
    before = prey.memory
    async with connections(prey, number) as deaf:
        for reader, writer in deaf:
            if path.endswith("ws"):
                writer.write(handshake(prey, path) + said(b'{"type": "subscribe", "previews": true}'))
            else:
                writer.write(prey.head(f"GET {path}"))
            assert (await reader.readuntil(b"\r\n\r\n")).split()[1] in (b"101", b"200")
            writer.transport.pause_reading()  # type: ignore[attr-defined]
        work = asyncio.create_task(done(prey, "bad", one("TestPreviews", count=40, size=300_000)))
        await good.work()
        await work
        assert prey.memory - before < number * MB + 40 * MB


@sizes(2, 8)
@pytest.mark.parametrize("path", ["/prompt", "/api/v1/jobs", "/api/v1/uploads?name=a.png"])
async def test_a_gigabyte(prey: Prey, good: Good, path: str, number: int) -> None:
    """One that says so is refused at once; one that does not when it is too much, of which nothing stays."""
    before = prey.memory
    async with connections(prey, number) as senders:

        async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, declared: bool) -> bytes:
            size = f"Content-Length: {1 << 30}" if declared else "Transfer-Encoding: chunked"
            writer.write(prey.head(f"POST {path}", size))
            answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
            piece = b" " * (1 << 20) if declared else b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
            with suppress(ConnectionError):
                for _ in range(1 << 10):
                    if answer.done():
                        break
                    writer.write(piece)
                    await writer.drain()
            return await answer

        answers = asyncio.gather(*(send(*sender, declared=bool(n % 2)) for n, sender in enumerate(senders)))
        await good.work()
        assert {answer.split()[1] for answer in await answers} == {b"413"}
    await good.work()
    assert prey.memory - before < 40 * MB
    assert not list((prey.home / "temp").rglob(".upload-*"))


@sizes(200, 2000)
async def test_very_many_sockets(prey: Prey, good: Good, number: int) -> None:
    before = prey.memory
    async with connections(prey, number) as opened:
        for turn, (_, writer) in enumerate(opened):
            writer.write(handshake(prey, "/ws" if turn % 2 else "/api/v1/ws"))
        for reader, _ in opened:
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        await good.work()
        assert prey.memory - before < number * 0.1 * MB + 20 * MB


@sizes(200, 2000)
async def test_connections_that_are_half_open(prey: Prey, good: Good, number: int) -> None:
    """They say nothing, half of a head, half of a body, half of a frame."""
    before = prey.memory
    halves = (
        b"",
        b"GET /queue HTTP/1.1\r\nHost: 127.0.0.1\r\nX-",
        prey.head("POST /prompt", "Content-Length: 90000000") + b'{"prompt": ',
        handshake(prey, "/api/v1/ws") + b"\x81\xff\x00\x00\x00\x00\x03\xff\xff\xff\x00\x00\x00\x00half",
    )
    async with connections(prey, number) as opened:
        for turn, (_, writer) in enumerate(opened):
            writer.write(halves[turn % len(halves)])
        await good.work()
        assert prey.memory - before < number * 0.1 * MB + 20 * MB


@sizes(100, 2000)
async def test_a_storm_of_reconnects(prey: Prey, good: Good, number: int) -> None:
    """Each subscribes to all that is kept, and leaves before it has it, or with it unread."""
    before = prey.memory
    for graph in (chain(100, value=next(fresh) / 1000) for _ in range(3)):
        await done(prey, "bad", graph)

    async def come_and_go() -> None:
        while (number_of := next(left)) < number:
            reader, writer = await asyncio.open_connection(*prey.address)
            writer.write(handshake(prey, "/api/v1/ws") + said(b'{"type": "subscribe", "after": 0}'))
            if number_of % 2:
                await reader.readuntil(b'"subscribed"')
            writer.transport.abort()

    left = count()
    storm = asyncio.gather(*(come_and_go() for _ in range(20)))
    await good.work()
    await storm
    assert prey.memory - before < 40 * MB


@sizes(400, 5000)
async def test_thousands_of_requests_for_jobs(prey: Prey, good: Good, number: int) -> None:
    """Who asks too often, or for more than may wait, is told so, and keeps nobody else from their turn."""
    before = prey.memory
    answers: Counter[tuple[int, str]] = Counter()
    retries = set[bool]()

    async def flood(session: aiohttp.ClientSession) -> None:
        while next(left) < number:
            body: dict[str, Any] = {"prompt": steps(5, pause=0.05)}
            async with session.post(f"{prey.url}/api/v1/jobs", json=body) as response:
                answer = await response.json()
                answers[response.status, answer.get("error", {}).get("type", "")] += 1
                if response.status == 429:
                    retries.add(int(response.headers["Retry-After"]) > 0)

    left = count()
    async with prey.client("bad") as session:
        flooding = asyncio.gather(*(flood(session) for _ in range(16)))
        await good.work()
        await flooding
    assert {(201, ""), (429, "queue_full")} <= set(answers), answers
    assert set(answers) <= {(201, ""), (429, "queue_full"), (429, "too_many_requests")}, answers
    assert retries == {True}
    async with prey.client("admin") as session, session.post(f"{prey.url}/api/v1/queue/clear") as response:
        assert response.status == 200
    assert prey.memory - before < 40 * MB
