"""Server-sent events, on a real server with a real worker."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec
import pytest
from http_api import Api
from jsonschema import Draft202012Validator
from live_server import LiveServer, chain, steps

from nodegraph.execution.events import NodeOutput
from nodegraph.server.api_v1 import streams
from nodegraph.server.api_v1.audience import AUDIENCE, Subscriber
from nodegraph.server.api_v1.routes import description
from nodegraph.server.state import EVENTS

MESSAGES = Draft202012Validator(
    {"$ref": "#/components/schemas/ServerMessage", "components": description().document["components"]}
)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life come sooner, and so does the notice that a client has left."""
    monkeypatch.setattr(streams, "KEEP_ALIVE", 0.2)


class Told(NamedTuple):
    id: int | None
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """The type of the event, or of the message if it is none."""
        return str(self.data["event"]["type"] if self.data["type"] == "event" else self.data["type"])


async def told(response: aiohttp.ClientResponse) -> AsyncIterator[Told]:
    """What a stream tells, comments left out, to its end."""
    assert response.status == 200
    assert response.content_type == "text/event-stream"
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(":")
        if name:
            fields[name] = value.removeprefix(" ")
        elif fields:
            message = msgspec.json.decode(fields["data"])
            MESSAGES.validate(message)
            yield Told(int(fields["id"]) if "id" in fields else None, message)
            fields = {}


async def whole(api: Api, path: str, **headers: str) -> list[Told]:
    """What a stream tells that ends by itself."""
    async with asyncio.timeout(60), api.session.get(f"{api.url}/api/v1{path}", headers=headers) as response:
        return [one async for one in told(response)]


async def test_the_stream_of_a_job_ends_after_its_last_event(api: Api) -> None:
    job = await api.submit(chain(2, value=0.417))
    heard = await whole(api, f"/jobs/{job}/events")
    kinds = [one.kind for one in heard]
    assert kinds[:3] == ["job_queued", "job_taken", "job_started"]
    assert kinds[-2:] == ["job_finished", "result"]
    assert heard[-1].id is None
    assert heard[-1].data["files"]
    numbers = [one.id for one in heard[:-1]]
    assert numbers == [one.data["number"] for one in heard[:-1]]
    assert numbers == sorted(set(numbers), key=int)
    assert {one.data["event"]["job"] for one in heard[:-1]} == {job}
    again = await whole(api, f"/jobs/{job}/events")
    assert again == heard, "what has ended is told again"
    half = heard[3].id
    assert await whole(api, f"/jobs/{job}/events?after={half}") == heard[4:]
    assert await whole(api, f"/jobs/{job}/events?after=0", **{"Last-Event-ID": str(half)}) == heard[4:]


async def test_who_has_heard_all_of_a_job_need_not_ask_again(api: Api) -> None:
    job = await api.submit(chain(1, value=0.418))
    last = (await whole(api, f"/jobs/{job}/events"))[-2].id
    url = f"{api.url}/api/v1/jobs/{job}/events"
    async with api.session.get(url, headers={"Last-Event-ID": str(last)}) as response:
        assert response.status == 204
    of_another_life = await whole(api, f"/jobs/{job}/events?after=1")
    assert [one.kind for one in of_another_life][:2] == ["gap", "job_queued"]


async def test_a_job_that_was_removed_from_the_queue_has_its_end(paused: Api) -> None:
    job = await paused.submit(chain(1))
    listening = asyncio.create_task(whole(paused, f"/jobs/{job}/events"))
    await paused.call("POST", f"/jobs/{job}/cancel")
    assert [one.kind for one in await listening] == ["job_queued", "job_removed", "result"]


async def test_all_jobs_from_a_number_on_and_as_it_happens(paused: Api) -> None:
    first = await paused.call("POST", "/jobs", {"prompt": chain(1)}, expect=201)
    async with paused.session.get(f"{paused.url}/api/v1/events?after={first['after']}") as response:
        stream = told(response)
        async with asyncio.timeout(60):
            queued = await anext(stream)
            assert (queued.kind, queued.id) == ("job_queued", first["after"] + 1)
            other = await paused.submit(chain(1))
            queued = await anext(stream)
            assert (queued.kind, queued.data["event"]["job"]) == ("job_queued", other)
    async with asyncio.timeout(60), paused.session.get(f"{paused.url}/api/v1/events?after=5") as response:
        gap = await anext(told(response))
    assert (gap.kind, gap.data["after"]) == ("gap", 5)
    assert gap.id == gap.data["next"] - 1


async def test_previews_come_to_those_who_ask(api: Api) -> None:
    for wanted in ("false", "true"):
        job = await api.submit(steps(20))
        heard = await whole(api, f"/jobs/{job}/events?previews={wanted}")
        previews = [one for one in heard if one.kind == "node_preview"]
        assert bool(previews) == (wanted == "true")
        assert all(one.id is None for one in previews)


async def test_what_cannot_be_read_is_refused(api: Api) -> None:
    await api.call("GET", "/jobs/none/events", expect=404)
    for path in ("/events?after=soon", "/events?after=-1", "/events?previews=perhaps", f"/events?after={1 << 64}"):
        await api.call("GET", path, expect=400)
    async with api.session.get(f"{api.url}/api/v1/events", headers={"Last-Event-ID": "x"}) as response:
        assert response.status == 400
        assert "Last-Event-ID" in (await response.json())["error"]["message"]
    async with api.session.head(f"{api.url}/api/v1/events") as response:
        assert response.status == 200


async def test_programs_of_the_old_protocol_get_no_chunks(api: Api) -> None:
    job = await api.submit(chain(1, value=0.419))
    await api.end(job)
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /api/v1/jobs/{job}/events HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
    async with asyncio.timeout(60):
        answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    assert "chunked" not in head.lower()
    assert body.startswith("id: ")
    assert "\r" not in body


async def test_silence_is_broken_by_comments(api: Api) -> None:
    async with asyncio.timeout(60), api.session.get(f"{api.url}/api/v1/events") as response:
        assert await response.content.readexactly(6) == b":\n\n:\n\n"


async def test_who_does_not_read_costs_a_piece_of_the_log(server: LiveServer, api: Api) -> None:
    """And gets the rest once it reads, or hears of the gap."""
    log = server.app[EVENTS]
    async with asyncio.timeout(60), api.session.get(f"{api.url}/api/v1/events?after={log.last}") as response:
        stream = told(response)
        before = log.last
        big = [NodeOutput("of nobody", "n", "n", {"text": ["x" * 100_000]})] * 10
        (subscriber,) = await told_to(server)
        while not subscriber.outlet.behind:
            await on_loop(server, lambda: log.publish(*big))
            await api.call("GET", "/status")
        waiting = subscriber.outlet.backlog
        for _ in range(30):
            await on_loop(server, lambda: log.publish(*big))
        assert subscriber.outlet.backlog <= waiting
        number = before
        while number < log.last:
            one = await anext(stream)
            assert one.id is not None
            assert one.id == number + 1 or one.kind == "gap"
            number = one.id


async def told_to(server: LiveServer) -> list[Subscriber]:
    """Who is told of events: the head of an answer is sent before its reader is among them."""
    while True:
        found = [one for one in server.app[AUDIENCE]._subscribers if not one.outlet.closed]
        if found:
            return found
        await asyncio.sleep(0.02)


async def on_loop(server: LiveServer, work: Any) -> None:
    """Have the server's thread do something."""

    async def do() -> None:
        work()

    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(do(), server._loop))


async def test_who_left_is_forgotten(server: LiveServer, api: Api) -> None:
    async with asyncio.timeout(60):
        async with api.session.get(f"{api.url}/api/v1/events"):
            assert await told_to(server)
        while True:
            if not server.app[AUDIENCE]._subscribers:
                break
            await asyncio.sleep(0.02)


async def test_streams_end_with_the_server(tmp_path: Path) -> None:
    live = LiveServer(tmp_path)
    async with aiohttp.ClientSession() as session, session.get(f"{live.url}/api/v1/events") as response:
        await asyncio.to_thread(live.stop)
        assert [one.kind async for one in told(response)] == []
