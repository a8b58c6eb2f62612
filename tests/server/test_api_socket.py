"""The queue over one WebSocket."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from live_server import LiveServer, chain, one, steps


class ApiClient:
    """A client of ``/api/v1/ws``."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def until(self, type: str) -> dict[str, Any]:
        """The next message of that type; those before it are kept in :attr:`seen`."""
        while True:
            message: dict[str, Any] = await self.socket.receive_json(timeout=60)
            if message["type"] == type:
                return message
            self.seen.append(message)

    async def until_event(self, type: str) -> dict[str, Any]:
        """The next event of that type."""
        while True:
            message = await self.until("event")
            self.seen.append(message)
            if message["event"]["type"] == type:
                return message

    def events(self, job: str) -> list[str]:
        """The types of the events of a job seen so far."""
        return [m["event"]["type"] for m in self.seen if m["type"] == "event" and m["event"]["job"] == job]


@pytest.fixture
async def api(server: LiveServer, session: aiohttp.ClientSession) -> AsyncIterator[ApiClient]:
    socket = await session.ws_connect(f"{server.url}/api/v1/ws", max_msg_size=0)
    client = ApiClient(socket)
    assert (await client.until("hello"))["last"] > 0
    yield client
    await socket.close()


async def test_submit_brings_events_and_a_result_with_a_file(
    api: ApiClient, server: LiveServer, session: aiohttp.ClientSession
) -> None:
    await api.say(type="submit", id=7, prompt=chain(1, value=0.31))
    accepted = await api.until("accepted")
    assert accepted["id"] == 7
    result = await api.until("result")
    assert result["job"] == accepted["job"]
    assert result["outcome"] == "done"
    told = api.events(accepted["job"])
    assert told[:3] == ["job_taken", "job_started", "nodes_cached"]
    assert told[-1] == "job_finished"
    numbers = [m["number"] for m in api.seen if m["type"] == "event"]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    (file,) = result["files"]
    async with session.get(server.url + file["url"]) as response:
        assert (await response.read()).startswith(b"\x89PNG")
    async with session.get(f"{server.url}/api/v1/jobs/{accepted['job']}") as response:
        view = await response.json()
    assert (view["state"], view["attempts"]) == ("done", 1)
    assert set(view["seconds"]) == {"s", "i0", "m", "o"}


async def test_a_canvas_is_converted(api: ApiClient) -> None:
    nodes = [
        {"id": 1, "type": "SolidMask", "widgets_values": [0.32, 8, 8], "outputs": [{"name": "MASK", "type": "MASK"}]},
        {
            "id": 2,
            "type": "MaskToImage",
            "inputs": [{"name": "mask", "type": "MASK", "link": 1}],
            "outputs": [{"name": "IMAGE", "type": "IMAGE"}],
        },
        {"id": 3, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 2}]},
    ]
    links = [[1, 1, 0, 2, 0, "MASK"], [2, 2, 0, 3, 0, "IMAGE"]]
    await api.say(type="submit", workflow={"version": 0.4, "nodes": nodes, "links": links}, events=False)
    await api.until("accepted")
    result = await api.until("result")
    assert result["outcome"] == "done"
    assert list(result["outputs"]) == ["3"]
    assert api.seen == []


async def test_dynamic_prompts_of_a_canvas_are_settled(api: ApiClient) -> None:
    nodes = [{"id": 1, "type": "TestEcho", "widgets_values": ["{a|b} c"]}]
    shown = set()
    for _ in range(20):
        await api.say(type="submit", workflow={"version": 0.4, "nodes": nodes, "links": []}, events=False)
        shown.add((await api.until("result"))["outputs"]["1"]["text"][0])
    assert shown <= {"a c", "b c"}
    assert len(shown) == 2


async def test_what_a_node_shows_must_be_json(api: ApiClient) -> None:
    await api.say(type="submit", prompt={"1": {"class_type": "TestShowTuples", "inputs": {}}})
    result = await api.until("result")
    assert result["outcome"] == "failed"
    assert result["error"]["node"] == "1"


async def test_what_cannot_run_is_rejected_with_its_problems(api: ApiClient) -> None:
    graph = chain(1)
    graph["s"]["inputs"]["value"] = 5
    await api.say(type="submit", id="mine", prompt=graph)
    rejected = await api.until("rejected")
    assert rejected["id"] == "mine"
    assert rejected["error"]["type"] == "prompt_outputs_failed_validation"
    assert rejected["problems"]["s"]["errors"][0]["type"] == "value_bigger_than_max"
    await api.say(type="submit", workflow={"nodes": "none"})
    assert "error" in await api.until("rejected")
    await api.say(type="submit", prompt=graph, workflow={})
    assert "not both" in (await api.until("rejected"))["error"]["message"]


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "[]", '{"type": "dance"}', '{"type": "cancel"}', '{"type": "submit", "job": 5}']
)
async def test_malformed_messages_are_answered_and_the_socket_stays(api: ApiClient, text: str) -> None:
    await api.socket.send_str(text)
    assert "cannot be read" in (await api.until("error"))["message"]
    await api.socket.send_bytes(b"\0")
    assert "binary" in (await api.until("error"))["message"]
    await api.say(type="unsubscribe", id=1)
    assert (await api.until("unsubscribed"))["id"] == 1


async def test_waiting_and_running_jobs_are_cancelled(api: ApiClient) -> None:
    await api.say(type="submit", prompt=steps(10_000))
    running = (await api.until("accepted"))["job"]
    await api.until_event("node_progress")
    await api.say(type="submit", prompt=chain(1, value=0.33))
    waiting = (await api.until("accepted"))["job"]
    await api.say(type="cancel", job=waiting, id=1)
    assert (await api.until("cancelling"))["found"] is True
    result = await api.until("result")
    assert (result["job"], result["outcome"]) == (waiting, "cancelled")
    await api.say(type="cancel", job=running)
    result = await api.until("result")
    assert (result["job"], result["outcome"]) == (running, "cancelled")
    await api.say(type="cancel", job=running, id=2)
    assert (await api.until("cancelling"))["found"] is False


async def test_a_failure_says_which_node(api: ApiClient) -> None:
    await api.say(type="submit", prompt=one("TestFail", message="no glaze"))
    error = (await api.until("result"))["error"]
    assert (error["node"], error["class_id"], error["message"]) == ("n", "TestFail", "no glaze")


async def test_previews_come_when_asked_for(api: ApiClient) -> None:
    await api.say(type="submit", prompt=steps(2), previews=True)
    await api.until("result")
    pictures = [m for m in api.seen if m["type"] == "event" and m["event"]["type"] == "node_preview"]
    assert [base64.b64decode(m["event"]["image"]) for m in pictures] == [b"picture 1", b"picture 2"]
    assert {m["number"] for m in pictures} == {0}


async def test_who_comes_back_misses_nothing(
    api: ApiClient, server: LiveServer, session: aiohttp.ClientSession
) -> None:
    await api.say(type="subscribe")
    since = (await api.until("subscribed"))["after"]
    await api.say(type="submit", prompt=chain(2, value=0.34))
    job = (await api.until("accepted"))["job"]
    await api.until("result")
    late = ApiClient(await session.ws_connect(f"{server.url}/api/v1/ws"))
    await late.say(type="subscribe", after=since)
    assert (await late.until("subscribed"))["after"] == since
    await late.until_event("job_finished")
    assert late.events(job) == api.events(job)
    assert late.events(job)[0] == "job_queued"
    await late.socket.close()


async def test_who_subscribes_to_a_job_hears_it_from_the_number_given_and_no_other(
    api: ApiClient, server: LiveServer, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{server.url}/api/v1/status") as response:
        after = (await response.json())["last_event"]
    jobs = ["followed-before", "followed-between", "followed-after"]
    for job in jobs[:2]:
        await api.say(type="submit", prompt=steps(3), job=job)
        await api.until("result")
    async with session.ws_connect(f"{server.url}/api/v1/ws") as socket:
        follower = ApiClient(socket)
        for job in (jobs[0], jobs[2]):  # the second one is not there yet
            await follower.say(type="subscribe", job=job, after=after, previews=True)
            assert (await follower.until("subscribed"))["after"] == after
        await api.say(type="submit", prompt=steps(4), job=jobs[2])
        await api.until("result")
        await follower.until_event("job_finished")
    for job in (jobs[0], jobs[2]):  # the first was told whole before another subscription took its place
        assert follower.events(job)[:2] == ["job_queued", "job_taken"]
    assert "node_preview" in follower.events(jobs[2])
    assert {m["event"]["job"] for m in follower.seen if m["type"] == "event"} == {jobs[0], jobs[2]}


async def test_a_subscription_to_one_job_takes_nothing_of_those_submitted_here(api: ApiClient) -> None:
    await api.say(type="subscribe", job="followed-elsewhere")
    await api.say(type="submit", prompt=steps(2), previews=True)
    result = await api.until("result")
    told = api.events(result["job"])
    assert (told[0], told[-1], told.count("node_preview")) == ("job_taken", "job_finished", 2)


@pytest.mark.parametrize("after", [1, 2**53])
async def test_a_gap_is_said_openly(api: ApiClient, after: int) -> None:
    await api.say(type="subscribe", after=after)
    gap = await api.until("gap")
    assert gap["after"] == after
    assert (await api.until("subscribed"))["after"] == gap["next"] - 1


async def test_status(server: LiveServer, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{server.url}/api/v1/status") as response:
        status = await response.json()
    assert status["worker_ready"] is True
    assert status["devices"] == ["cpu"]
    async with session.get(f"{server.url}/api/v1/jobs/nobody") as response:
        assert response.status == 404
        assert "nobody" in (await response.json())["error"]["message"]
