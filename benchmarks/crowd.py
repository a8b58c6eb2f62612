"""Many clients of ``/api/v1/ws`` in a process of their own, which subscribe to everything, previews included.

    python benchmarks/crowd.py http://127.0.0.1:8188 1000 [--deaf]

prints ``ready`` once all are subscribed, then a line of JSON each time all have heard of the end of a job. With
``--deaf`` they never read again. Ends when its standard input does. They read bytes and parse nothing, to be no burden
to the machine that is measured.
"""

import asyncio
import base64
import contextlib
import json
import os
import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import click

_END = b'"job_finished"'
_SUBSCRIBE = b'{"type": "subscribe", "previews": true}'


class Crowd:
    """From outside: the process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        """The next line it prints."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the crowd has left")
        return line.decode().strip()


@contextlib.asynccontextmanager
async def crowd(url: str, count: int, *, deaf: bool = False) -> AsyncIterator[Crowd]:
    """``count`` clients that have subscribed, until the block ends."""
    command = [str(Path(__file__)), url, str(count), *(["--deaf"] if deaf else [])]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=pipe, stdout=pipe)
    try:
        those = Crowd(process)
        assert await those.line() == "ready"
        yield those
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


class _Client(asyncio.Protocol):
    """One of them."""

    def __init__(self, gathering: "_Gathering", host: str) -> None:
        self._gathering = gathering
        self._host = host
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /api/v1/ws HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        transport.write(bytes((0x81, 0x80 | len(_SUBSCRIBE), 0, 0, 0, 0)) + _SUBSCRIBE)

    def data_received(self, data: bytes) -> None:
        text = self._tail + data
        self._tail = text[1 - len(_END) :]
        self._gathering.bytes += len(data)
        if b'"subscribed"' in text:
            self._gathering.subscribed(self)
        for _ in range(text.count(_END)):
            self._gathering.heard_the_end()

    def connection_lost(self, error: Exception | None) -> None:
        self._gathering.lost += 1


class _Gathering:
    """What they have in common."""

    def __init__(self, count: int, *, deaf: bool) -> None:
        self._count = count
        self._deaf = deaf
        self._subscribed: set[_Client] = set()
        self._ends = 0
        self.bytes = 0
        self.lost = 0

    def subscribed(self, client: _Client) -> None:
        if client in self._subscribed:
            return
        if self._deaf:
            client.transport.pause_reading()
        self._subscribed.add(client)
        if len(self._subscribed) == self._count:
            print("ready", flush=True)

    def heard_the_end(self) -> None:
        self._ends += 1
        if self._ends % self._count == 0:
            print(json.dumps({"megabytes": round(self.bytes / 1e6, 1), "lost": self.lost}), flush=True)
            self.bytes = 0


async def _gather(url: str, count: int, *, deaf: bool) -> None:
    place = urlsplit(url)
    loop = asyncio.get_running_loop()
    gathering = _Gathering(count, deaf=deaf)
    for _ in range(count):
        await loop.create_connection(lambda: _Client(gathering, place.netloc), place.hostname, place.port)
    await asyncio.to_thread(sys.stdin.read)


@click.command(help=__doc__)
@click.argument("url")
@click.argument("count", type=int)
@click.option("--deaf", is_flag=True)
def main(url: str, count: int, deaf: bool) -> None:
    raise_file_limit()
    asyncio.run(_gather(url, count, deaf=deaf))


def raise_file_limit() -> None:
    """Let this process and those it starts have as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
