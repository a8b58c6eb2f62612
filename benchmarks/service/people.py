"""Who uses the server: some queue jobs and wait for them, some look at the page, some are slow or many at once."""

import asyncio
import contextlib
from io import BytesIO
from random import Random
from typing import Any

import aiohttp
from PIL import Image

from service.graphs import SORTS, choose, workflow_of
from service.listeners import listen
from service.use import Use

_PATIENCE = 10.0
"""Seconds that somebody waits for news of a job before they ask for it."""

_AT_ONCE = 6
"""Jobs that one has queued at a time."""

_CANCELLED = 0.05
"""Of all jobs."""


class Person:
    """Queues jobs by one of the ways there are, listens for their ends, looks at what came of them."""

    def __init__(self, use: Use, name: str, kind: str) -> None:
        self._use = use
        self._name = name
        self._kind = kind
        self._random = use.random(f"person {name}")
        self._waiting: dict[str, asyncio.Event] = {}
        self._picture = "none"
        self._workflow = workflow_of(10_000, self._random)

    async def live(self) -> None:
        """Until all jobs have been asked for, and those of this person are over."""
        listener = asyncio.create_task(listen(self._use, self._name, self._kind, self._hear))
        try:
            await asyncio.gather(*(self._work() for _ in range(_AT_ONCE)))
        finally:
            listener.cancel()
            await asyncio.wait([listener])

    def _hear(self, job: str) -> None:
        if job in self._waiting:
            self._waiting[job].set()

    async def _work(self) -> None:
        while self._use.another():
            sort = choose(self._random)
            if sort == "loading":
                self._picture = await upload(self._use, self._random, self._name)
            job = await self._queue(sort)
            if job is not None:
                await self._see(job)

    async def _queue(self, sort: str) -> str | None:
        prompt = SORTS[sort].make(self._random, self._picture)
        extra = {"extra_pnginfo": {"workflow": self._workflow}}
        if self._kind == "field":
            body: dict[str, Any] = {"prompt": prompt, "client_id": self._name, "extra_data": extra}
            answer = await self._use.ask("POST", "/prompt", json=body)
        else:
            body = {"prompt": prompt, "priority": self._random.choice([0, 0, 0, 0, 1, -1]), "extra_data": extra}
            answer = await self._use.ask("POST", "/api/v1/jobs", json=body, ok=(201,))
        job = answer.get("prompt_id") or answer.get("job")
        if job is None:
            return None
        self._use.accepted[job] = sort
        self._waiting[job] = asyncio.Event()
        return str(job)

    async def _see(self, job: str) -> None:
        """Wait for its end, perhaps bring it about, and look at what came of it."""
        if self._random.random() < _CANCELLED:
            await asyncio.sleep(self._random.random() * 0.1)
            self._use.cancelled.add(job)
            await self._use.ask("POST", f"/api/v1/jobs/{job}/cancel", what="POST /api/v1/jobs/…/cancel")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._waiting[job].wait()
        del self._waiting[job]
        while True:
            view = await self._use.get(f"/api/v1/jobs/{job}/wait?timeout=30", what="GET /api/v1/jobs/…/wait")
            if view["state"] not in ("queued", "running"):
                break
        self._use.counts[f"jobs {view['state']}"] += 1
        meant = "failed" if SORTS[self._use.accepted[job]].fails else "done"
        if view["state"] != meant and job not in self._use.cancelled:
            self._use.wrong[f"a job of sort {self._use.accepted[job]} is {view['state']}"] += 1
        self._use.has_ended([file["url"] for file in view.get("result", {}).get("files", [])])


async def upload(use: Use, random: Random, name: str) -> str:
    """Put a new small picture into the input folder; its name there."""
    content = BytesIO()
    Image.new("RGB", (64, 64), tuple(random.randrange(256) for _ in range(3))).save(content, "PNG")
    form = aiohttp.FormData()
    form.add_field("image", content.getvalue(), filename=f"{name}-{random.randrange(200)}.png")
    form.add_field("overwrite", "true")
    return str((await use.ask("POST", "/upload/image", data=form))["name"])


async def visitor(use: Use, name: str) -> None:
    """Somebody who has the page open: what it asks for, again and again."""
    random = use.random(f"visitor {name}")
    workflow = workflow_of(50_000, random)
    while not use.over.is_set():
        match random.randrange(14):
            case 0:
                await use.get("/object_info")
            case 1:
                await use.get("/api/v1/nodes")
            case 2:
                await use.get("/metrics")
            case 3:
                await use.ask("PUT", f"/api/v1/userdata/files/workflows/{name}.json", json=workflow, ok=(200, 201))
            case 4:
                await use.get(f"/api/v1/userdata/files/workflows/{name}.json", ok=(200, 404))
            case 5:
                await use.get("/api/jobs?limit=50")
            case 6:
                await use.get("/api/v1/queue")
            case 7:
                await use.get("/queue")
            case 8:
                await use.get("/system_stats")
            case 9 | 10:
                await use.get("/api/v1/jobs?limit=100&ended=true", what="GET /api/v1/jobs?limit=100")
            case 11 | 12:
                await use.get("/history?max_items=64", what="GET /history?max_items=64")
            case _ if use.pictures:
                await use.get(random.choice(use.pictures), what="GET a picture")
        await asyncio.sleep(random.random())


async def searcher(use: Use) -> None:
    """Somebody who looks for a job by words that few have, which is to look through all of them."""
    random = use.random("searcher")
    while not use.over.is_set():
        await use.get(f"/api/v1/jobs?limit=20&q=balloon{random.randrange(100)}", what="GET /api/v1/jobs?q=")
        await asyncio.sleep(20 + 20 * random.random())


async def storm(use: Use) -> None:
    """Fifty sockets at once that subscribe, some to all there is, and leave without a word; every now and then."""
    random = use.random("storm")

    async def one() -> None:
        with contextlib.suppress(aiohttp.ClientError):
            async with use.session.ws_connect(f"{use.url}/api/v1/ws", max_msg_size=0) as socket:
                hello = await socket.receive_json()
                await socket.send_json({"type": "subscribe", "after": hello["last"] - random.randrange(5000)})
                await socket.receive()
                assert socket._response.connection is not None
                assert socket._response.connection.transport is not None
                socket._response.connection.transport.abort()
        use.counts["sockets of storms"] += 1

    while not use.over.is_set():
        await asyncio.gather(*(one() for _ in range(50)))
        await asyncio.sleep(15 * random.random())


async def sleeper(use: Use) -> None:
    """Subscribes with previews and does not read, for a minute; then again."""
    host, port = use.url.removeprefix("http://").split(":")
    text = b'{"type": "subscribe", "previews": true}'
    while not use.over.is_set():
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        head = f"GET /api/v1/ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        writer.write(head.encode() + bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text)
        use.counts["sleepers"] += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                await use.over.wait()
        writer.transport.abort()
