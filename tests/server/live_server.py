"""A real server on a port of the system's choice, in a thread of its own, with a real worker and a real database."""

import asyncio
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook
from nodegraph.server.api_v1.routes import tables
from nodegraph.server.app import make_app, runner_of
from nodegraph.server.run import tls_of
from nodegraph.server.state import DISPATCHER
from nodegraph.settings import Settings

SLOW_PACK = Path(__file__).with_name("slow_pack.py")

Graph = dict[str, dict[str, Any]]


class LiveServer:
    """Started by its constructor, ended by :meth:`stop`."""

    def __init__(
        self, home: Path, packs: Sequence[Path] = (SLOW_PACK,), *, device: str = "cpu", **settings: object
    ) -> None:
        self.home = home
        common = {"port": 0, "device": device, "precision": "fp32", "cache_ram": 0.1, "preview_method": "auto"}
        self.settings = Settings.under(home, **{**common, **settings})
        self.undocumented: set[tuple[str, str, int]] = set()
        self._packs = packs
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        self._started.wait(30)
        if self._failure is not None:
            raise self._failure

    url: str
    app: web.Application
    _loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event

    @property
    def worker_pid(self) -> int:
        """The process id of the worker."""
        pid = self.app[DISPATCHER].worker_pid
        assert pid is not None
        return pid

    def make_tokens(self) -> dict[Scope, str]:
        """Access tokens, one of each scope and called by it, made beside the running server; how they read."""
        book = TokenBook.of(Path(self.settings.user_dir))
        made = {scope: book.make(scope.value, scope)[1] for scope in Scope}
        book.close()
        return made

    def stop(self) -> None:
        """End it as Ctrl+C would."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert not self.undocumented, "answers that the OpenAPI document does not know, or that are defects"

    async def _check(self, request: web.Request, response: web.StreamResponse) -> None:
        """Every answer of ``/api/v1`` in every test has a status that its operation declares, and is no defect."""
        resource = request.match_info.route.resource
        for operation in (operation for table in tables() for operation in table.table):
            served = resource and (operation.method, operation.resource) == (request.method, resource.canonical)
            if served and response.status not in {*operation.statuses, *operation.errors} - {500}:
                self.undocumented.add((request.method, request.path, response.status))

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self.app = make_app(self.settings, packs=self._packs)
        self.app.on_response_prepare.append(self._check)
        runner = runner_of(self.app)
        try:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls_of(self.settings)).start()
        except BaseException as error:
            self._failure = error
            return
        finally:
            if self._failure is None and runner.addresses:
                scheme = "http" if self.settings.tls_cert is None else "https"
                self.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
            self._started.set()
        await self._stop.wait()
        await runner.cleanup()


class FieldClient:
    """A client as the field has them: posts prompts, reads ``/ws``."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.id = uuid.uuid4().hex
        self.seen: list[dict[str, Any] | bytes] = []

    async def connect(self) -> "FieldClient":
        """Open the socket and read the greeting."""
        self.socket = await self.session.ws_connect(f"{self.url}/ws?clientId={self.id}", max_msg_size=0)
        greeting = await self.socket.receive_json()
        assert greeting["type"] == "status"
        assert greeting["data"]["sid"] == self.id
        return self

    async def post(self, prompt: Any, **more: Any) -> dict[str, Any]:
        """Queue a prompt; it must be accepted."""
        status, body = await self.call("/prompt", {"prompt": prompt, "client_id": self.id, **more})
        assert status == 200, body
        return body

    async def call(self, path: str, body: Any) -> tuple[int, Any]:
        """POST JSON; the status and the answer (None if empty)."""
        async with self.session.post(self.url + path, json=body) as response:
            text = await response.read()
            return response.status, (await response.json() if text else None)

    async def get(self, path: str) -> Any:
        """GET JSON."""
        async with self.session.get(self.url + path) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def next(self) -> dict[str, Any] | bytes:
        """The next message, kept in :attr:`seen` too."""
        message = await self.socket.receive(timeout=60)
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        got: dict[str, Any] | bytes = message.json() if message.type is aiohttp.WSMsgType.TEXT else message.data
        self.seen.append(got)
        return got

    async def until(self, type: str, **data: Any) -> dict[str, Any]:
        """The next message of that type whose data has these values."""
        while True:
            message = await self.next()
            if isinstance(message, dict) and message["type"] == type:
                got: dict[str, Any] = message["data"]
                if all(got.get(key) == value for key, value in data.items()):
                    return got

    async def finish(self, prompt_id: str) -> list[str]:
        """Read to the very end of a prompt; the types of all messages so far."""
        await self.until("executing", node=None, prompt_id=prompt_id)
        return [message["type"] if isinstance(message, dict) else "picture" for message in self.seen]


def chain(length: int, *, value: float = 0.25) -> Graph:
    """A mask, inverted ``length`` times, and shown."""
    graph: Graph = {"s": {"class_type": "SolidMask", "inputs": {"value": value, "width": 8, "height": 8}}}
    previous = "s"
    for index in range(length):
        graph[f"i{index}"] = {"class_type": "InvertMask", "inputs": {"mask": [previous, 0]}}
        previous = f"i{index}"
    graph["m"] = {"class_type": "MaskToImage", "inputs": {"mask": [previous, 0]}}
    graph["o"] = {"class_type": "PreviewImage", "inputs": {"images": ["m", 0]}}
    return graph


def one(class_type: str, **inputs: Any) -> Graph:
    """A graph of one node, ``n``."""
    return {"n": {"class_type": class_type, "inputs": inputs}}


def steps(count: int, *, pause: float = 0.01) -> Graph:
    """A graph of one node, ``n``, that takes ``count`` steps."""
    return one("TestSteps", count=count, pause=pause)
