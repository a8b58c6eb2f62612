"""People with access tokens of a server: what they ask by every door, and all that they are told."""

import asyncio
import re
import uuid
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import msgspec
from live_server import Graph, LiveServer

from nodegraph.server.gatekeeper import GATEKEEPER

PAGE = "one-page"
"""The client id that everybody uses."""

UNKNOWN = "00000000-0000-0000-0000-000000000000"


class Person:
    """Whoever has a token. ``heard`` is all that answers and sockets brought; ``jobs`` are those they queued."""

    def __init__(self, server: LiveServer, name: str, secret: str) -> None:
        self.name = name
        self.secret = f"secret-of-{name}"
        """In all that their jobs say."""
        self.heard: list[str] = []
        self.jobs: list[str] = []
        self._url = server.url
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._stack = AsyncExitStack()
        self._readers: list[asyncio.Task[None]] = []
        self._ended: dict[str, set[str]] = {"ws": set(), "api": set(), "sse": set()}
        self._heard_more = asyncio.Event()

    # ---- coming and going ----

    async def come(self) -> "Person":
        """Listen by every door there is."""
        self.session = await self._stack.enter_async_context(aiohttp.ClientSession(headers=self._headers))
        field = await self.session.ws_connect(f"{self._url}/ws?clientId={PAGE}", max_msg_size=0)
        await field.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
        self.socket = await self.session.ws_connect(f"{self._url}/api/v1/ws", max_msg_size=0)
        await self.socket.send_json({"type": "subscribe", "after": 0, "previews": True})
        stream = await self.session.get(f"{self._url}/api/v1/events?previews=true&after=0")
        assert stream.status == 200
        self._stack.push_async_callback(self.socket.close)
        self._stack.push_async_callback(field.close)
        self._stack.callback(stream.close)
        self._readers = [
            asyncio.create_task(self._read("ws", field)),
            asyncio.create_task(self._read("api", self.socket)),
            asyncio.create_task(self._read_stream(stream)),
        ]
        return self

    async def go(self) -> None:
        """Leave."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await self._stack.aclose()

    async def _read(self, door: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            data = message.data
            self._hear(door, data.decode("latin-1") if isinstance(data, bytes) else data)

    async def _read_stream(self, stream: aiohttp.ClientResponse) -> None:
        async for line in stream.content:
            self._hear("sse", line.decode())

    def _hear(self, door: str, text: str) -> None:
        self.heard.append(text)
        field_end = '"executing"' in text and '"node":null' in text
        if field_end or '"job_finished"' in text or '"job_removed"' in text:
            self._ended[door] |= set(re.findall(r'"(?:job|prompt_id)":"([^"]+)"', text))
        self._heard_more.set()

    async def caught_up(self, job: str) -> None:
        """Wait until the end of a job of theirs was told by every door, and so all that happened before."""
        async with asyncio.timeout(60):
            while not all(job in ended for ended in self._ended.values()):
                self._heard_more.clear()
                await self._heard_more.wait()

    async def heard_of(self, kind: str, job: str) -> None:
        """Wait until such an event of a job was told."""
        await self._heard_with(f'"{kind}"', job)

    async def _heard_with(self, *words: str) -> str:
        async with asyncio.timeout(60):
            while True:
                for text in self.heard:
                    if all(word in text for word in words):
                        return text
                self._heard_more.clear()
                await self._heard_more.wait()

    # ---- asking ----

    async def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> tuple[int, str]:
        """The status and the text of an answer."""
        headers = {} if key is None else {"Idempotency-Key": key}
        async with self.session.request(method, self._url + path, json=body, headers=headers) as response:
            text = (await response.read()).decode("latin-1")
        self.heard.append(text)
        return response.status, text

    async def probe(self, method: str, path: str, job: str, body: str = "null") -> tuple[int, str]:
        """The same about a job: ``JOB`` stands for it in path and body, and so it does in the answer."""
        async with self.session.request(
            method,
            self._url + path.replace("JOB", job),
            data=body.replace("JOB", job),
            headers={"Content-Type": "application/json"},
        ) as response:
            text = (await response.read()).decode("latin-1").replace(job, "JOB")
        self.heard.append(text)
        return response.status, text

    async def get(self, path: str) -> Any:
        """What a GET answers."""
        status, text = await self.call("GET", path)
        assert status == 200, text
        return msgspec.json.decode(text)

    def prompt(self, count: int = 2, pause: float = 0.001) -> Graph:
        """A graph that shows their secret, and takes some steps."""
        return {
            self.secret: {"class_type": "TestEcho", "inputs": {"text": f"{self.secret} {len(self.jobs)}"}},
            f"{self.secret}-steps": {"class_type": "TestSteps", "inputs": {"count": count, "pause": pause}},
        }

    async def queue(self, door: str = "api", **more: Any) -> str:
        """Queue a job; its id."""
        body = {"prompt": self.prompt(**{name: more.pop(name) for name in ("count", "pause") if name in more})}
        extra = {"title": self.secret}
        if door == "socket":
            name = uuid.uuid4().hex
            await self.socket.send_json({"type": "submit", "id": name, **body, "extra_data": extra, **more})
            status, text = 201, await self._heard_with(f'"id":"{name}"')
        elif door == "field":
            status, text = await self.call("POST", "/prompt", {**body, "client_id": PAGE, "extra_data": extra, **more})
        else:
            status, text = await self.call("POST", "/api/v1/jobs", {**body, "extra_data": extra, **more})
        assert status in (200, 201), text
        answer = msgspec.json.decode(text)
        self.jobs.append(answer.get("job") or answer["prompt_id"])
        return self.jobs[-1]

    async def view(self, job: str) -> dict[str, Any]:
        """How a job stands, but for how long it has stood so."""
        view = await self.get(f"/api/v1/jobs/{job}")
        return {key: value for key, value in view.items() if key not in ("waited", "ran")}

    async def end(self, job: str) -> dict[str, Any]:
        """The job, once it has ended."""
        while not (view := await self.get(f"/api/v1/jobs/{job}/wait?timeout=60")).get("finished"):
            pass
        ended: dict[str, Any] = view
        return ended


def people(server: LiveServer, **secrets: str) -> list[Person]:
    """Those who have these tokens."""
    assert server.app[GATEKEEPER].required
    return [Person(server, name, secret) for name, secret in secrets.items()]


def check_nobody_heard(listener: Person, *others: Person) -> None:
    """Nothing that they were told names a job of the others, or says anything that those jobs do."""
    secrets = [text for other in others for text in (other.secret, *other.jobs)]
    pattern = re.compile("|".join(map(re.escape, secrets)))
    for text in listener.heard:
        found = pattern.search(text)
        assert found is None, (listener.name, found, text[:2000])
    listener.heard.clear()
