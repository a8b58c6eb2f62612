"""Server and worker are killed at random instants while clients submit; afterwards nothing is lost and nothing doubled.

A seed is part of the test's name, so that what failed can be run again: the moments of the kills are then the same, as
far as the machine allows.
"""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from nodegraph.write import is_partial

PACK = Path(__file__).with_name("kill_pack.py")
POISON = "poison"
START = 120.0
"""Seconds a server, or its worker, may take to start on a busy machine."""

Answer = dict[str, Any]


class Victim:
    """``nodegraph serve`` in a process of its own, and its worker: killed and started again as often as one likes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "custom_nodes").mkdir(parents=True)
        shutil.copy(PACK, home / "custom_nodes")
        self.url = ""
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))

    _process: subprocess.Popen[str]

    async def start(self) -> None:
        command = [sys.executable, "-m", "nodegraph", "serve", "--home", str(self.home), "--port", "0"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "NODEGRAPH_DEVICE": "cpu", "NODEGRAPH_PRECISION": "fp32"}
        with (self.home / "server.log").open("a") as log:
            pipes: Any = {"stdout": subprocess.PIPE, "stderr": log}
            self._process = await asyncio.to_thread(subprocess.Popen, command, env=environment, text=True, **pipes)
        assert self._process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(self._process.stdout.readline), START)
        assert line.startswith("nodegraph listens on "), (self.home / "server.log").read_text()[-3000:]
        self.url = line.split()[-1].rstrip("/")

    async def kill_server(self) -> None:
        self.url = ""
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        await self.start()

    async def kill_worker(self) -> None:
        """Kill the worker, waiting for there to be one."""
        async with asyncio.timeout(START):
            while True:
                workers = psutil.Process(self._process.pid).children()
                for worker in workers:
                    with suppress(psutil.NoSuchProcess):
                        worker.kill()
                if workers:
                    return
                await asyncio.sleep(0.02)

    async def until_ready(self) -> None:
        async with asyncio.timeout(START):
            while True:
                if (await self.get("/api/v1/status"))["worker_ready"]:
                    return
                await asyncio.sleep(0.05)

    async def get(self, path: str) -> Any:
        async with self.session.get(self.url + path) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def stop(self) -> None:
        """End it as a service manager does, which must be clean."""
        self._process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(self._process.wait, 60) == 0

    async def close(self) -> None:
        await self.session.close()
        self._process.kill()
        self._process.wait()


@asynccontextmanager
async def victim_in(home: Path) -> AsyncIterator[Victim]:
    victim = Victim(home)
    await victim.start()
    try:
        yield victim
    finally:
        await victim.close()


class Clients:
    """Submit under a key, again and again until the server has answered; and listen to everything that happens."""

    def __init__(self, victim: Victim, dice: random.Random) -> None:
        self._victim = victim
        self._dice = dice
        self.accepted: dict[str, str] = {}
        """Key -> job."""
        self.events: dict[int, tuple[str, str]] = {}
        """Number -> type and job."""
        self.stopped = False

    async def submit(self, key: str, prompt: Answer) -> None:
        headers = {"Idempotency-Key": key}
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, ValueError):  # ValueError: there is no server just now
                url = f"{self._victim.url}/api/v1/jobs"
                async with self._victim.session.post(url, json={"prompt": prompt}, headers=headers) as response:
                    if response.status != 503:  # as long as no worker has lived long enough to say its node classes
                        assert response.status in (200, 201), await response.text()
                        self.accepted[key] = (await response.json())["job"]
                        return
            await asyncio.sleep(0.05)

    async def submit_on_and_on(self, name: str) -> None:
        count = 0
        while not self.stopped:
            count += 1
            key = f"{name}-{count:03}"
            await self.submit(key, saving(key, seconds=self._dice.uniform(0, 0.2)))
            await asyncio.sleep(self._dice.uniform(0, 1.5))

    async def listen(self) -> None:
        while not self.stopped:
            with suppress(aiohttp.ClientError, TimeoutError, ValueError):
                async with self._victim.session.ws_connect(f"{self._victim.url}/api/v1/ws", max_msg_size=0) as socket:
                    await socket.send_json({"type": "subscribe", "after": max(self.events, default=0)})
                    async for message in socket:
                        self._hear(message.json())
            await asyncio.sleep(0.05)

    def _hear(self, message: Answer) -> None:
        if message["type"] == "event" and message["number"]:
            event = message["event"]
            what = (event["type"], event.get("job", ""))
            assert self.events.setdefault(message["number"], what) == what, "a number stands for two events"


def saving(key: str, *, seconds: float) -> Answer:
    """One picture, and two more after a while; their names begin with ``key``."""
    return {
        "mask": {"class_type": "SolidMask", "inputs": {"value": 0.5, "width": 8, "height": 8}},
        "image": {"class_type": "MaskToImage", "inputs": {"mask": ["mask", 0]}},
        "one": {"class_type": "SaveImage", "inputs": {"images": ["image", 0], "filename_prefix": f"{key}-a"}},
        "wait": {"class_type": "KillWait", "inputs": {"images": ["image", 0], "seconds": seconds}},
        "two": {"class_type": "SaveImage", "inputs": {"images": ["wait", 0], "filename_prefix": f"{key}-b"}},
    }


def deadly(key: str) -> Answer:
    """Saves a picture as well, and kills its worker."""
    prompt = saving(key, seconds=0.0)
    return {**prompt, "kill": {"class_type": "KillWorker", "inputs": {"images": ["wait", 0]}}}


@pytest.mark.parametrize("seed", [1])
async def test_twenty_kills(tmp_path: Path, seed: int) -> None:
    await survive(tmp_path, seed=seed, kills=20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
async def test_two_hundred_kills(tmp_path: Path, seed: int) -> None:
    await survive(tmp_path, seed=1000 + seed, kills=20)


async def survive(home: Path, *, seed: int, kills: int) -> None:
    dice = random.Random(seed)
    async with victim_in(home) as victim:
        clients = Clients(victim, dice)
        tasks = [
            asyncio.create_task(work)
            for work in (clients.submit_on_and_on("ann"), clients.submit_on_and_on("bob"), clients.listen())
        ]
        for count in range(kills):
            if count % 8 == 3:
                await clients.submit(f"{POISON}-{count}", deadly(f"{POISON}-{count}"))
            if dice.random() < 0.5:  # else in the midst of starting
                await victim.until_ready()
            await asyncio.sleep(dice.uniform(0, 0.8))
            await (victim.kill_server() if dice.random() < 0.5 else victim.kill_worker())
        clients.stopped = True
        await asyncio.wait_for(asyncio.gather(*tasks[:2]), START)
        jobs = await ended_jobs(victim, clients)
        tasks[2].cancel()
        with suppress(asyncio.CancelledError):
            await tasks[2]
        await victim.stop()
        await asyncio.sleep(3)  # a partial file so young might be another program's; the next start clears it away
        await victim.start()
        await victim.stop()
    check_jobs(jobs, clients)
    check_files(jobs, clients, home)
    check_database(home)


async def ended_jobs(victim: Victim, clients: Clients) -> dict[str, Answer]:
    """Every accepted job by its id, once all have ended."""
    async with asyncio.timeout(5 * START):
        while True:
            if not (await victim.get("/api/v1/status"))["queued"] and not (await victim.get("/queue"))["queue_running"]:
                return {job: await victim.get(f"/api/v1/jobs/{job}") for job in clients.accepted.values()}
            await asyncio.sleep(0.5)


def check_jobs(jobs: dict[str, Answer], clients: Clients) -> None:
    assert len(jobs) == len(clients.accepted) > 0  # no two keys share a job, and each is there
    for key, job in clients.accepted.items():
        view = jobs[job]
        assert view["state"] in ("done", "failed")
        if view["state"] == "failed":
            assert view["attempts"] == 2, (key, view)
            assert re.search(r"(lost|stopped) 2 times", view["result"]["error"]["message"]), (key, view)
        else:
            assert not key.startswith(POISON)
    finished = Counter(job for kind, job in clients.events.values() if kind == "job_finished")
    assert max(finished.values()) == 1
    taken = [job for _, (kind, job) in sorted(clients.events.items()) if kind in ("job_finished", "job_taken")]
    for job in finished:
        last = [kind for _, (kind, of) in sorted(clients.events.items()) if of == job][-1]
        assert last == "job_finished", "a job went on after its end"
    assert taken


def check_files(jobs: dict[str, Answer], clients: Clients, home: Path) -> None:
    on_disk = sorted(str(path.relative_to(home / "output")) for path in (home / "output").rglob("*") if path.is_file())
    in_history: list[str] = []
    for key, job in clients.accepted.items():
        names = sorted(file["filename"] for file in jobs[job]["result"].get("files", ()))
        if jobs[job]["state"] == "done":
            assert names == [f"{key}-a_00001_.png", f"{key}-b_00001_.png", f"{key}-b_00002_.png"]
        in_history += names
    assert on_disk == sorted(in_history)
    assert [path for path in home.rglob(".*") if is_partial(path.name) or path.name.startswith(".upload-")] == []
    reserved = home / "user" / "reserved"
    assert not reserved.is_dir() or list(reserved.iterdir()) == []


def check_database(home: Path) -> None:
    with sqlite3.connect(home / "user" / "jobs.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = database.execute("SELECT id, state, ended, milestones FROM jobs").fetchall()
    database.close()
    assert all(state in ("done", "failed") for _, state, _, _ in rows)
    assert len({ended for _, _, ended, _ in rows}) == len(rows)
    for _, _, _, milestones in rows:
        assert [event["type"] for event in json.loads(milestones)].count("job_finished") == 1
