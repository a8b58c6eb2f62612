"""Several jobs at once: urgent ones, a pause that holds, and a worker that is lost with more than one job in hand."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from live_server import FieldClient, Graph, LiveServer, chain, one, steps

from nodegraph.server.jobs import DuplicateJobError
from nodegraph.server.records import NewJob, Request
from nodegraph.server.state import DISPATCHER


class Jobs:
    """Queues jobs over HTTP and hears all events."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/api/v1"
        self.heard: list[dict[str, Any]] = []

    async def connect(self) -> "Jobs":
        self.socket = await self._session.ws_connect(f"{self._url}/ws", max_msg_size=0)
        await self.socket.send_json({"type": "subscribe"})
        return self

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(method, self._url + path, json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json() if response.status != 204 else None

    async def submit(self, prompt: Graph, *, priority: int = 0) -> str:
        answer = await self.call("POST", "/jobs", {"prompt": prompt, "priority": priority})
        return str(answer["job"])

    async def until(self, type: str, job: str = "", **values: Any) -> dict[str, Any]:
        """The next event of that type, job and values that has not been waited for before."""
        while True:
            message = await self.socket.receive(timeout=120)
            assert message.type is aiohttp.WSMsgType.TEXT, message
            told = message.json()
            if told["type"] != "event":
                continue
            event: dict[str, Any] = told["event"]
            self.heard.append(event)
            if (event["type"], event["job"]) == (type, job) and all(event.get(k) == v for k, v in values.items()):
                return event

    async def all_ended(self, *jobs: str) -> dict[str, str]:
        """How each job has ended, in the order of their ends."""
        ends: dict[str, str] = {e["job"]: e["outcome"] for e in self.heard if e["type"] == "job_finished"}
        while not set(jobs) <= ends.keys():
            message = await self.socket.receive(timeout=120)
            told = message.json()
            if told["type"] == "event":
                self.heard.append(told["event"])
                if told["event"]["type"] == "job_finished":
                    ends[told["event"]["job"]] = told["event"]["outcome"]
        return {job: outcome for job, outcome in ends.items() if job in jobs}

    def told(self, *jobs: str) -> list[tuple[str, str]]:
        """(type, job) of all that was heard of some jobs."""
        return [(event["type"], event["job"]) for event in self.heard if event["job"] in jobs]

    async def attempts(self, job: str) -> list[int]:
        return [event["attempt"] for event in self.heard if (event["type"], event["job"]) == ("job_taken", job)]


@pytest.fixture
async def jobs(server: LiveServer, session: aiohttp.ClientSession) -> AsyncIterator[Jobs]:
    connected = await Jobs(session, server.url).connect()
    yield connected
    await connected.socket.close()


async def test_an_urgent_job_overtakes_one_that_runs(jobs: Jobs) -> None:
    low = await jobs.submit(steps(60))
    await jobs.until("node_progress", low)
    same = await jobs.submit(chain(1, value=0.111))
    high = await jobs.submit(steps(5), priority=3)
    ends = await jobs.all_ended(low, same, high)
    assert list(ends.items()) == [(high, "done"), (low, "done"), (same, "done")]


async def test_what_is_told_of_jobs_in_a_row_is_in_order(jobs: Jobs) -> None:
    names = [await jobs.submit(chain(2, value=0.2 + n / 1000)) for n in range(12)]
    await jobs.all_ended(*names)
    told = [(kind, job) for kind, job in jobs.told(*names) if kind in ("job_taken", "job_finished")]
    assert told == [(kind, job) for job in names for kind in ("job_taken", "job_finished")]


async def test_a_pause_that_holds_running_jobs(jobs: Jobs) -> None:
    first = await jobs.submit(steps(50))
    await jobs.until("node_progress", first)
    view = await jobs.call("POST", "/queue/pause", {"running": True})
    assert (view["paused"], view["held"]) == (True, True)
    await jobs.until("queue_paused", held=True)
    waiting = await jobs.submit(chain(1, value=0.43), priority=50)
    view = await jobs.call("GET", "/queue")
    assert ([job["job"] for job in view["running"]], [job["job"] for job in view["queued"]]) == ([first], [waiting])
    view = await jobs.call("POST", "/queue/resume")
    assert (view["paused"], view["held"]) == (False, False)
    ends = await jobs.all_ended(first, waiting)
    assert list(ends) == [waiting, first]

    held = await jobs.submit(steps(100_000))
    await jobs.until("node_progress", held)
    await jobs.call("POST", "/queue/pause", {"running": True})
    await jobs.call("POST", f"/jobs/{held}/cancel")
    await jobs.until("job_finished", held, outcome="cancelled")
    await jobs.call("POST", "/queue/resume")


async def test_a_second_interrupt_blames_nobody_else(jobs: Jobs) -> None:
    low = await jobs.submit(steps(40))
    await jobs.until("node_progress", low)
    stubborn = await jobs.submit(one("TestStubborn", seconds=900.0), priority=1)
    await jobs.until("node_started", stubborn)
    for _ in range(2):
        await jobs.call("POST", f"/jobs/{stubborn}/cancel")
    ends = await jobs.all_ended(low, stubborn)
    assert ends == {stubborn: "cancelled", low: "done"}
    assert await jobs.attempts(low) == [1, 1]


async def test_a_lost_worker_costs_each_job_one_attempt(jobs: Jobs, server: LiveServer) -> None:
    low = await jobs.submit(steps(150))
    await jobs.until("node_progress", low)
    high = await jobs.submit(steps(100), priority=1)
    await jobs.until("node_progress", high)
    os.kill(server.worker_pid, signal.SIGKILL)
    await jobs.until("job_requeued", low)
    await jobs.until("node_progress", high)
    await jobs.call("PATCH", f"/jobs/{low}", {"priority": 2})
    await jobs.until("node_progress", low)
    assert (await jobs.attempts(low), await jobs.attempts(high)) == ([1, 2], [1, 2])
    os.kill(server.worker_pid, signal.SIGKILL)
    ends = await jobs.all_ended(low, high)
    assert ends == {low: "failed", high: "failed"}


async def test_a_job_run_again_replaces_the_files_it_had_saved(jobs: Jobs, server: LiveServer, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.write_text("once")
    job = await jobs.submit(one("TestSaveAndDie", marker=str(marker), files=2))
    assert await jobs.all_ended(job) == {job: "done"}
    assert await jobs.attempts(job) == [1, 2]
    files = (await jobs.call("GET", f"/jobs/{job}"))["result"]["outputs"]["n"]["files"]
    output = server.home / "output"
    assert {path.name: path.read_bytes() for path in output.glob("survivor*")} == {
        file["filename"]: b"number %d" % number for number, file in enumerate(files)
    }
    assert len(files) == 2
    assert list((server.home / "user" / "reserved").iterdir()) == []


async def test_what_another_job_has_computed_meanwhile(jobs: Jobs, server: LiveServer, tmp_path: Path) -> None:
    """The second attempt finds everything in the cache, yet what the first one saved is in the history."""
    marker = tmp_path / "marker"
    marker.write_text("once")
    output = server.home / "output"
    of_others = set(output.iterdir())
    prompt = one("TestSaveAndDie", marker=str(marker), files=2)
    job = await jobs.submit(prompt)
    await jobs.until("job_requeued", job)
    same = await jobs.submit(prompt, priority=1)
    assert await jobs.all_ended(job, same) == {same: "done", job: "done"}
    named = set()
    for name in (job, same):
        named |= {file["filename"] for file in (await jobs.call("GET", f"/jobs/{name}"))["result"]["files"]}
    assert len(named) == 4
    assert named == {path.name for path in set(output.iterdir()) - of_others}


async def test_held_jobs_outlive_the_server(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    server = LiveServer(tmp_path)
    jobs = await Jobs(session, server.url).connect()
    low = await jobs.submit(steps(100_000))
    await jobs.until("node_progress", low)
    high = await jobs.submit(steps(100_000), priority=1)
    await jobs.until("node_progress", high)
    await jobs.call("POST", "/queue/pause", {"running": True})
    await asyncio.to_thread(server.stop)
    rows = sqlite3.connect(tmp_path / "user/jobs.sqlite").execute("SELECT id, state, attempts FROM jobs ORDER BY rank")
    assert rows.fetchall() == [(high, "queued", 0), (low, "queued", 0)]
    (tmp_path / "user" / "reserved").mkdir(exist_ok=True)
    (tmp_path / "user" / "reserved" / "orphan.jsonl").touch()
    server = LiveServer(tmp_path)
    try:
        assert list((tmp_path / "user" / "reserved").iterdir()) == []
        client = FieldClient(session, server.url)
        view = await client.get("/api/v1/queue")
        assert (view["paused"], view["held"], view["running"]) == (True, False, [])
        assert [job["job"] for job in view["queued"]] == [high, low]
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_refused_id_does_not_hold_up_the_job_it_belongs_to(jobs: Jobs, server: LiveServer) -> None:
    dispatcher = server.app[DISPATCHER]
    await jobs.call("POST", "/queue/pause", {})
    waiting = await jobs.submit(chain(1, value=0.31))

    async def resume_while_it_is_asked_for_again() -> None:
        again = NewJob(job=waiting, request=Request(prompt={}, outputs=[]))
        _, refused = await asyncio.gather(dispatcher.resume(), dispatcher.submit(again), return_exceptions=True)
        assert isinstance(refused, DuplicateJobError)

    work = asyncio.run_coroutine_threadsafe(resume_while_it_is_asked_for_again(), server._loop)
    await asyncio.wrap_future(work)
    assert await jobs.all_ended(waiting) == {waiting: "done"}
