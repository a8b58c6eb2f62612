"""Who listens: sockets of ComfyUI's kind and ours, and event streams, that break off at random and come back.

Those of our own protocols come back with the number of the last event they saw, and find out whether one is missing.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import aiohttp

from service.use import Use

Heard = Callable[[dict[str, Any]], None]

_ENDS = ("job_finished", "job_removed")


class Numbers:
    """The numbers of the events that one listener has heard, over all its connections."""

    def __init__(self, use: Use) -> None:
        self._use = use
        self.last: int | None = None

    def hear(self, message: dict[str, Any]) -> str | None:
        """Take in a message; the job whose end it tells."""
        if message["type"] == "gap":
            self._use.counts["gaps"] += 1
            self.last = message["next"] - 1
        if message["type"] == "subscribed":
            self.last = message["after"]
        if message["type"] != "event" or not message["number"]:
            return None
        if self.last is not None and message["number"] != self.last + 1:
            self._use.wrong["an event was left out or told twice"] += 1
        self.last = message["number"]
        event = message["event"]
        return str(event["job"]) if event["type"] in _ENDS else None


async def listen(use: Use, name: str, kind: str, ended: Callable[[str], None]) -> None:
    """Listen in one of :data:`KINDS` until it is over; break off every now and then. ``ended`` hears of ends."""
    random = use.random(f"listener {name}")
    numbers = Numbers(use)
    while not use.over.is_set():
        use.counts[f"connections of {kind}"] += 1
        try:
            async with contextlib.aclosing(KINDS[kind](use, name, numbers.last, random)) as messages:
                left = random.randrange(20, 4000)
                async for message in messages:
                    job = _field_end(message) if kind == "field" else numbers.hear(message)
                    if job is not None:
                        ended(job)
                    left -= 1
                    if left < 0 or use.over.is_set():
                        break
        except aiohttp.ClientError:
            use.wrong[f"{kind} was cut off"] += 1
        await asyncio.sleep(random.random())


def _field_end(message: dict[str, Any]) -> str | None:
    ends = message["type"] in ("execution_success", "execution_error", "execution_interrupted")
    return str(message["data"]["prompt_id"]) if ends else None


async def _field(use: Use, name: str, after: int | None, random: Random) -> AsyncIterator[dict[str, Any]]:
    async with use.session.ws_connect(f"{use.url}/ws?clientId={name}", max_msg_size=0) as socket:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                yield message.json()
            else:
                use.counts["pictures on sockets"] += 1
        use.wrong["field was cut off"] += not use.over.is_set()


async def _socket(use: Use, name: str, after: int | None, random: Random) -> AsyncIterator[dict[str, Any]]:
    async with use.session.ws_connect(f"{use.url}/api/v1/ws", max_msg_size=0) as socket:
        await socket.send_json({"type": "subscribe", "previews": True, **({} if after is None else {"after": after})})
        async for message in socket:
            yield message.json()
        use.wrong["socket was cut off"] += not use.over.is_set()


async def _stream(use: Use, name: str, after: int | None, random: Random) -> AsyncIterator[dict[str, Any]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with use.session.get(f"{use.url}/api/v1/events", headers=headers, read_bufsize=1 << 22) as response:
        async for line in response.content:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
        use.wrong["stream was cut off"] += not use.over.is_set()


KINDS = {"field": _field, "socket": _socket, "stream": _stream}
"""How to listen, by name: the messages until the connection ends."""
