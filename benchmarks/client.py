"""What the benchmarks share: a server of our own to measure, and a client of the wire that servers of the field speak.

Measures nothing itself.
"""

import asyncio
import contextlib
import json
import shutil
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import psutil

Graph = dict[str, dict[str, Any]]


class Server(NamedTuple):
    """A server of our own, which runs as process ``pid`` and whose folders lie in ``home``."""

    url: str
    pid: int
    home: Path

    @property
    def megabytes(self) -> float:
        """Memory of the server process alone, without its worker."""
        return round(psutil.Process(self.pid).memory_info().rss / 1e6, 1)


class Client:
    """One connection to a server that speaks ``POST /prompt`` and the ``/ws`` socket."""

    def __init__(self, url: str, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, name: str):
        self._url, self._session, self._socket, self._name = url, session, socket, name

    async def get(self, path: str) -> Any:
        """What a GET answers, as JSON."""
        async with self._session.get(self._url + path) as response:
            return await response.json()

    async def post(self, path: str) -> None:
        """POST without a body; RuntimeError if it is refused."""
        async with self._session.post(self._url + path) as response:
            if response.status >= 300:
                raise RuntimeError(f"{path}: {response.status}: {await response.text()}")

    async def submit(self, graph: Graph) -> str:
        """Queue a graph; the id of its prompt."""
        body = {"prompt": graph, "client_id": self._name}
        async with self._session.post(f"{self._url}/prompt", json=body) as response:
            answer = await response.json()
            if response.status != 200:
                raise RuntimeError(f"{response.status}: {json.dumps(answer)[:2000]}")
            return str(answer["prompt_id"])

    async def finished(self, prompt_id: str) -> None:
        """Read the socket until the prompt has ended; RuntimeError if it failed."""
        async for message in self._socket:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            event = message.json()
            data = event.get("data", {})
            if data.get("prompt_id") != prompt_id:
                continue
            if event["type"] in ("execution_error", "execution_interrupted"):
                raise RuntimeError(message.data[:2000])
            if event["type"] == "execution_success":
                return
        raise RuntimeError("the server closed the socket")

    async def run(self, graph: Graph) -> float:
        """Queue a graph and wait for its end; seconds from before the request to the last message."""
        start = time.perf_counter()
        await self.finished(await self.submit(graph))
        return time.perf_counter() - start


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    """A client of the server at ``url``."""
    name = uuid.uuid4().hex
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session,
        session.ws_connect(f"{url}/ws?clientId={name}", max_msg_size=0) as connection,
    ):
        yield Client(url, session, connection, name)


@contextlib.asynccontextmanager
async def own_server(
    *options: str, packs: Sequence[Path] = (), prepare: Callable[[Path], Awaitable[None]] | None = None
) -> AsyncIterator[Server]:
    """Start ``nodegraph serve`` in a folder of its own until the block ends; ready once it lists its nodes.

    ``packs`` are files of nodes it shall have besides its own; ``prepare`` puts into its folder what else it finds.
    """
    url = f"http://127.0.0.1:{_free_port()}"
    with tempfile.TemporaryDirectory(prefix="nodegraph-bench-") as home:
        log = Path(home, "server.log")
        if prepare is not None:
            await prepare(Path(home))
        for pack in packs:
            Path(home, "custom_nodes").mkdir(exist_ok=True)
            shutil.copy(pack, Path(home, "custom_nodes"))
        command = ["-m", "nodegraph", "serve", "--port", url.rpartition(":")[2], "--home", home, *options]
        with log.open("w") as output:
            process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=output, stderr=output)
        try:
            await _answering(url, process, log)
            yield Server(url, process.pid, Path(home))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _answering(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with aiohttp.ClientSession() as session:
        while process.returncode is None:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with session.get(f"{url}/object_info") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the server stopped:\n{log.read_text()[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
