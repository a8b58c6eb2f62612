"""A proxy before a server, which cuts connections when a test says so. In a thread of its own."""

import asyncio
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Cutter:
    """Started by its constructor, ended by :meth:`stop`."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._writers: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self.answers_to_lose = 0
        """So many answers never arrive: the connection breaks when the server sends them."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._started.wait(30)

    url: str

    def cut(self) -> None:
        """Break every connection there is."""
        self._loop.call_soon_threadsafe(self._abort)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _run(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._ended.wait()
        listening.close()
        self._abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            upstream, onward = await asyncio.open_connection(self._server.hostname, self._server.port)
            self._writers |= {writer, onward}
            await asyncio.gather(self._pass(reader, onward), self._pass(upstream, writer, answers=True))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False) -> None:
        with suppress(OSError):
            while chunk := await reader.read(1 << 16):
                if answers and self.answers_to_lose:
                    self.answers_to_lose -= 1
                    break
                writer.write(chunk)
                await writer.drain()
        writer.transport.abort()
