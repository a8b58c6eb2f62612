"""An hour of use of one server, and whether its memory stays flat.

    python benchmarks/soak.py [--jobs 10000] [--minutes 60] [--history-gb 2] [--seed 0]

starts a server of its own whose history has about 2 GB already, 10,000 jobs with a workflow of 200 kB each, written
by the job store itself. Then six people queue jobs, a few each at a time, through ComfyUI's routes and ours: small
graphs new and known, long ones, steps with previews, pictures that were uploaded, samplings of the starter model,
failures; one in twenty is cancelled, some have priorities. They listen on ``/ws``, ``/api/v1/ws`` and event streams
that break off at random and come back for what they missed. Beside them two visitors ask for what a page asks for, one
searches the history, one never reads what it subscribed to, and now and then fifty sockets come and go at once. It ends
when so many jobs have been asked for and have ended, or so many minutes are over.

Prints one JSON object: memory, threads and open files of server and worker as they were after every fortieth of the
jobs, the slope of memory over the last half, times of answers, and what went wrong. Fails if anything did, or if a
figure is beyond its bound. The worker keeps 50 MB of results, so that its cache is full early and what grows after is
no cache; the history keeps half as many jobs more than it has at first, so that the second half forgets old ones.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
import click
from client import Server, own_server
from crowd import raise_file_limit
from service.history import write_history
from service.people import Person, searcher, sleeper, storm, visitor
from service.use import Use
from service.watch import Watch

PACK = Path(__file__).with_name("server_pack.py")

_WORKFLOW = 200_000
"""Bytes of a workflow in the history."""

BOUNDS = {
    "server_rss_mb_per_1000_jobs": 1.0,
    "worker_rss_mb_per_1000_jobs": 4.0,
    "server_rss_most_mb": 300.0,
    "server_files_most": 400.0,
    "prompt_p95_ms": 250.0,
    "history_p95_ms": 500.0,
    "jobs_p95_ms": 500.0,
}
"""What no figure may exceed. Times are for a machine whose two cores are shared with those who use the server."""


async def soak(jobs: int, minutes: float, history_gb: float, seed: int) -> dict[str, object]:
    rows = round(history_gb * 1e9 / _WORKFLOW)
    wrote = time.monotonic()

    async def prepare(home: Path) -> None:
        if rows:
            await write_history(home, rows=rows, size=_WORKFLOW, random=Random(seed))
        print(f"history written in {time.monotonic() - wrote:.0f} s", file=sys.stderr, flush=True)

    options = ("--cache-ram", "0.05", "--preview-method", "auto", "--history-limit", str(rows + jobs // 2))
    async with own_server(*options, packs=[PACK], prepare=prepare) as server:
        timeout = aiohttp.ClientTimeout(total=None)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            use = Use(server.url, session, jobs=jobs, seed=seed)
            watch = Watch(server.pid, server.home)
            began = time.monotonic()
            async with _bystanders(use), _watched(use, watch, jobs, minutes):
                kinds = ("field", "field", "socket", "socket", "stream", "stream")
                people = [Person(use, f"{kind}-{number}", kind) for number, kind in enumerate(kinds)]
                await asyncio.gather(*(person.live() for person in people))
                use.over.set()
            watch.look(use.ended)
            use.wrong["jobs that were accepted and are not in the history"] += await _lost(use)
            return _figures(use, watch, server, time.monotonic() - began)


@asynccontextmanager
async def _bystanders(use: Use) -> AsyncIterator[None]:
    """All who queue nothing."""
    async with asyncio.TaskGroup() as group:
        for work in (visitor(use, "one"), visitor(use, "two"), searcher(use), storm(use), sleeper(use)):
            group.create_task(work)
        yield


@asynccontextmanager
async def _watched(use: Use, watch: Watch, jobs: int, minutes: float) -> AsyncIterator[None]:
    """Samples, and the end of the time."""

    async def look() -> None:
        due = 0
        while True:
            if use.ended >= due:
                watch.look(use.ended)
                print(watch.samples[-1], dict(+use.wrong), file=sys.stderr, flush=True)
                due = use.ended + max(1, jobs // 40)
            if watch.samples[-1].minutes > minutes or time.monotonic() - began > minutes * 60:
                use.over.set()
            await asyncio.sleep(0.2)

    began = time.monotonic()
    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()


async def _lost(use: Use) -> int:
    """How many jobs are not in the history that were accepted, or have not ended."""
    missing, page = set(use.accepted), ""
    while missing:
        answer = await use.get(f"/api/v1/jobs?limit=500&ended=true{page}", what="GET /api/v1/jobs?limit=500")
        missing -= {job["job"] for job in answer["jobs"]}
        if "next" not in answer:
            break
        page = f"&before={answer['next']}"
    return len(missing)


def _figures(use: Use, watch: Watch, server: Server, seconds: float) -> dict[str, object]:
    times = use.times.figures()
    measured = {
        "server_rss_mb_per_1000_jobs": watch.slope("server_rss"),
        "worker_rss_mb_per_1000_jobs": watch.slope("worker_rss"),
        "server_rss_most_mb": watch.most("server_rss"),
        "server_files_most": watch.most("server_files"),
        "prompt_p95_ms": times["POST /prompt"]["p95_ms"],
        "history_p95_ms": times["GET /history?max_items=64"]["p95_ms"],
        "jobs_p95_ms": times["GET /api/v1/jobs?limit=100"]["p95_ms"],
    }
    wrong = +use.wrong
    return {
        "ok": not wrong and all(measured[name] <= bound for name, bound in BOUNDS.items()),
        "jobs": use.ended,
        "minutes": round(seconds / 60, 1),
        "bounded": {name: [measured[name], bound] for name, bound in BOUNDS.items()},
        "slopes_mb_per_1000_jobs": {
            field: watch.slope(field)
            for field in ("server_rss", "server_uss", "worker_rss", "worker_uss", "database", "temp")
        },
        "most": {field: watch.most(field) for field in watch.samples[0]._fields[2:]},
        "times": times,
        "counts": dict(sorted(use.counts.items())),
        "wrong": dict(wrong),
        "samples": [sample._asdict() for sample in watch.samples],
    }


@click.command(help=__doc__)
@click.option("--jobs", default=10_000, help="How many are asked for.")
@click.option("--minutes", default=60.0, help="After so many no further ones are.")
@click.option("--history-gb", default=2.0, help="The size of the history at first.")
@click.option("--seed", default=0)
def main(jobs: int, minutes: float, history_gb: float, seed: int) -> None:
    raise_file_limit()
    figures = asyncio.run(soak(jobs, minutes, history_gb, seed))
    print(json.dumps(figures, indent=1))
    sys.exit(0 if figures["ok"] else 1)


if __name__ == "__main__":
    main()
