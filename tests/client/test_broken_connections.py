"""What the client promises when connections break and when the server is killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client.cutter import Cutter
from server.live_server import SLOW_PACK, LiveServer, chain, steps

from nodegraph.client import AsyncClient, Client, Gap, Job, QueueFullError, ServerGoneError, WaitTimeoutError
from nodegraph.execution.events import JobFinished, NodeProgress, Outcome
from nodegraph.server.api_v1.messages import JobAccepted
from nodegraph.server.events import JobQueued, JobRequeued

SERVE = (
    "import sys; from pathlib import Path\n"
    "from nodegraph.settings import Settings\n"
    "from nodegraph.server.run import serve\n"
    "home, pack, port = sys.argv[1:]\n"
    "serve(Settings.under(Path(home), port=int(port), device='cpu', precision='fp32'), packs=[Path(pack)])"
)


@pytest.fixture
def cutter(server: LiveServer) -> Iterator[Cutter]:
    between = Cutter(server.url)
    yield between
    between.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def start(home: Path, port: int) -> subprocess.Popen[str]:
    """A server in a process of its own, once it listens."""
    command = [sys.executable, "-c", SERVE, str(home), str(SLOW_PACK), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("nodegraph listens on ")
    return process


def kill(process: subprocess.Popen[str]) -> None:
    """The server and its worker at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def told(events: list[Any]) -> list[Any]:
    """The values of its progress."""
    return [event.value for event in events if isinstance(event, NodeProgress)]


def test_a_socket_cut_in_the_midst_of_a_run_loses_no_event(cutter: Cutter) -> None:
    with Client(cutter.url) as client:
        events = []
        for event in client.submit(steps(60)).events():
            events.append(event)
            if isinstance(event, NodeProgress) and event.value in (5, 20, 40):
                cutter.cut()
        assert isinstance(events[0], JobQueued)
        assert told(events) == list(range(1, 61))
        assert isinstance(events[-1], JobFinished)
        assert not any(isinstance(event, Gap) for event in events)


async def test_a_socket_cut_in_the_midst_of_a_run_loses_no_event_with_asyncio(cutter: Cutter) -> None:
    async with AsyncClient(cutter.url) as client:
        job = await client.submit(steps(60))
        events = []
        async for event in job.events():
            events.append(event)
            if isinstance(event, NodeProgress) and event.value in (5, 20, 40):
                cutter.cut()
        assert told(events) == list(range(1, 61))
        assert (await job.result()).outcome is Outcome.DONE


def test_an_answer_that_was_lost_makes_no_second_job(cutter: Cutter) -> None:
    with Client(cutter.url) as client:
        before = len(list(client.jobs()))
        cutter.answers_to_lose = 2
        job = client.submit(chain(1))
        assert cutter.answers_to_lose == 0
        assert job.accepted is not None
        assert job.accepted.existed
        assert job.result(120).outcome is Outcome.DONE
        assert isinstance(next(job.events()), JobQueued)
        assert len(list(client.jobs())) == before + 1


def test_what_must_not_be_done_twice_is_not_repeated(cutter: Cutter) -> None:
    with Client(cutter.url) as client:
        job = client.submit(steps(100_000))
        for event in job.events():
            if isinstance(event, NodeProgress):
                break
        cutter.answers_to_lose = 1
        with pytest.raises(ServerGoneError, match="cancel"):
            job.cancel()


def test_a_server_killed_in_the_midst_of_a_run(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, port)
    with Client(f"http://127.0.0.1:{port}", patience=120) as client:
        try:
            results: list[Any] = []
            running = threading.Thread(target=lambda: results.append(client.run(steps(150), key="it")))
            running.start()
            for happened in client.events(after=0):
                if not isinstance(happened, Gap) and isinstance(happened.event, NodeProgress):
                    break
            followed = iter(client.submit(chain(1)).events())
            assert isinstance(next(followed), JobQueued)
        finally:
            kill(process)
        time.sleep(0.5)
        process = start(tmp_path, port)
        try:
            running.join(120)
            assert not running.is_alive()
            assert results[0].outcome is Outcome.DONE
            assert client.job(results[0].job).view().attempts == 2
            rest = list(followed)
            assert isinstance(rest[0], Gap)  # the numbers of another life of the server
            assert isinstance(rest[-1], JobFinished)
        finally:
            kill(process)


def test_a_worker_killed_in_the_midst_of_a_run(client: Client, server: LiveServer) -> None:
    events = []
    for event in client.submit(steps(60)).events():
        events.append(event)
        if isinstance(event, NodeProgress) and event.value == 10 and told(events).count(10) == 1:
            os.kill(server.worker_pid, signal.SIGKILL)
    assert any(isinstance(event, JobRequeued) for event in events)
    assert told(events)[-60:] == list(range(1, 61))
    assert isinstance(events[-1], JobFinished)


def test_a_full_queue_is_waited_for_until_patience_ends(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, queue_limit=1)
    try:
        with Client(server.url, patience=120) as client, Client(server.url, patience=0) as hasty:
            client.pause()
            first = client.submit(chain(1))
            with pytest.raises(QueueFullError) as caught:
                hasty.submit(chain(2))
            assert caught.value.retry_after is not None
            threading.Timer(0.5, client.resume).start()
            assert client.submit(chain(2)).result(120).outcome is Outcome.DONE
            assert first.result(120).outcome is Outcome.DONE
    finally:
        server.stop()


def test_waiting_for_a_server_that_does_not_answer_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(address, timeout=0.2, patience=0.5) as client, pytest.raises(ServerGoneError):
            client.status()
        with Client(address, timeout=10_000, patience=10_000) as client:
            accepted = JobAccepted("mine", number=0, after=1)
            with pytest.raises(WaitTimeoutError):
                Job(client, "mine", accepted).result(0.5)
