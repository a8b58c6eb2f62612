"""The supervisor: what its owner hears, with real workers that really die."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
import pytest_asyncio
from live_worker import ROOT, TOYS, environment, toy

from nodegraph.execution.events import JobFinished, NodeProgress, Outcome
from nodegraph.settings import Settings
from nodegraph.worker.protocol import Happened, Ready, Report, Status, Submit
from nodegraph.worker.supervisor import LostReason, Supervisor

T = TypeVar("T")


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - a process is observed, which sets no event
            await asyncio.sleep(0.01)


class Owner:
    """Has a supervisor and remembers what it said, in order."""

    def __init__(self, settings: Settings) -> None:
        self.heard: asyncio.Queue[Report | LostReason] = asyncio.Queue()
        self.supervisor = Supervisor(settings, self.heard.put_nowait, self.heard.put_nowait, packs=[TOYS])

    async def next(self, kind: type[T], where: Callable[[T], bool] = lambda _: True) -> T:
        """What was heard next of that kind; anything else is passed over."""
        async with asyncio.timeout(60):
            while True:
                said = await self.heard.get()
                if isinstance(said, kind) and where(said):
                    return said

    async def job(self, name: str, class_id: str, **inputs: object) -> None:
        """Submit a job and wait for its first progress."""
        self.supervisor.submit(Submit(name, toy(class_id, **inputs), ["1"]))
        await self.next(Happened, lambda h: any(isinstance(event, NodeProgress) for event in h.events))


@pytest_asyncio.fixture
async def owner(tmp_path: Path) -> AsyncIterator[Owner]:
    owner = Owner(Settings.under(tmp_path))
    await owner.supervisor.start()
    yield owner
    await owner.supervisor.stop()


async def test_a_killed_worker_is_reported_and_replaced(owner: Owner) -> None:
    supervisor = owner.supervisor
    assert not supervisor.ready
    await owner.next(Ready)
    assert supervisor.ready
    first = supervisor.pid
    assert first is not None

    await owner.job("a", "ToyForever")
    os.kill(first, signal.SIGKILL)
    lost = await owner.next(LostReason)
    assert not supervisor.ready
    assert (lost.signal, lost.exit_code, lost.at_start, lost.replaced) == (signal.SIGKILL, None, False, False)
    assert "SIGKILL" in lost.message
    assert "memory" in lost.message
    assert lost.retry_in == 0

    await owner.next(Ready)
    assert supervisor.pid != first
    await owner.job("b", "ToyCalls", count=2)
    finished = await owner.next(Status)
    assert finished.devices

    supervisor.submit(Submit("c", toy("ToyCrash"), ["1"]))
    crashed = await owner.next(LostReason)
    assert crashed.signal == signal.SIGSEGV

    supervisor.replace()  # while it starts: nothing is lost by beginning anew, and nobody waits
    supervisor.cancel("c")  # nobody there: no harm
    await supervisor.stop()
    assert supervisor.pid is None
    assert not psutil.pid_exists(first)


async def test_replace_kills_a_worker_that_does_not_listen(owner: Owner) -> None:
    await owner.next(Ready)
    await owner.job("a", "ToyForever", torch_too=False)
    owner.supervisor.cancel("a")  # in vain: it passes no gate
    asked = time.monotonic()
    owner.supervisor.replace()
    lost = await owner.next(LostReason)
    assert time.monotonic() - asked < 1
    assert lost.replaced
    assert lost.retry_in == 0
    await eventually(lambda: owner.supervisor.pid is not None)
    owner.supervisor.replace()
    again = await owner.next(LostReason)
    assert again.replaced
    assert again.at_start
    assert again.retry_in == 0  # asked for, so no reason to wait


async def test_cancel_reaches_a_job(owner: Owner) -> None:
    await owner.next(Ready)
    await owner.job("a", "ToyCalls", count=100_000, seconds=0.001)
    owner.supervisor.cancel("a")
    last = await owner.next(Happened, lambda h: isinstance(h.events[-1], JobFinished))
    assert isinstance(last.events[-1], JobFinished)
    assert last.events[-1].outcome is Outcome.CANCELLED
    owner.supervisor.free(weights=True, results=True)
    await owner.next(Status)


async def test_a_worker_that_cannot_start_is_explained_and_tried_again_more_slowly(tmp_path: Path) -> None:
    config = tmp_path / "extra_model_paths.yaml"
    config.write_text("[broken")
    owner = Owner(Settings.under(tmp_path, extra_model_paths=(str(config),)))
    await owner.supervisor.start()
    first = await owner.next(LostReason)
    assert first.at_start
    assert first.exit_code == 1
    assert "extra_model_paths.yaml" in first.message
    assert first.message.split("it said: ")[1] == first.log.strip()
    assert "never became ready" in first.message
    assert first.retry_in == 1
    second = await owner.next(LostReason)
    assert second.retry_in == 2
    config.write_text("")
    owner.supervisor.replace()  # the wait is cut short
    asked = time.monotonic()
    await eventually(lambda: owner.supervisor.pid is not None)
    assert time.monotonic() - asked < 1
    await owner.next(Ready)
    await owner.supervisor.stop()


async def test_a_listener_that_fails_costs_nothing(tmp_path: Path) -> None:
    reports: list[Report] = []

    def listen(report: Report) -> None:
        reports.append(report)
        raise ZeroDivisionError

    supervisor = Supervisor(Settings.under(tmp_path), listen, pytest.fail)
    await supervisor.start()
    await eventually(lambda: supervisor.ready)
    supervisor.free(weights=True, results=False)
    await eventually(lambda: len(reports) == 2)
    await supervisor.stop()


SERVER = """
import asyncio, sys
from pathlib import Path
from nodegraph.execution.events import NodeProgress
from nodegraph.settings import Settings
from nodegraph.worker.protocol import Happened, Ready, Submit
from nodegraph.worker.supervisor import Supervisor

def hear(report):
    if isinstance(report, Ready):
        supervisor.submit(Submit("a", {"1": {"class_type": "ToyForever", "inputs": {}}}, ["1"]))
    elif isinstance(report, Happened) and any(isinstance(event, NodeProgress) for event in report.events):
        print(supervisor.pid, flush=True)

async def main():
    global supervisor
    supervisor = Supervisor(Settings.under(Path(sys.argv[1])), hear, print, packs=[Path(sys.argv[2])])
    await supervisor.start()
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_no_worker_survives_its_server(tmp_path: Path) -> None:
    """Killed without a chance to say goodbye, while a node computes."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path), str(TOYS)],
        stdout=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    )
    assert server.stdout is not None
    worker = psutil.Process(int(server.stdout.readline()))
    assert worker.is_running()
    server.kill()
    server.wait()
    worker.wait(timeout=2)
