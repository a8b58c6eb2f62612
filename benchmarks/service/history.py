"""A history of a given size, written by the job store itself before there is a server."""

import asyncio
import time
import uuid
from pathlib import Path
from random import Random

import msgspec
from overhead import chain

from nodegraph.execution.events import JobFinished, Outcome
from nodegraph.server.jobs import JobStore
from nodegraph.server.records import NewJob, Record, Request, ShownBy
from nodegraph.server.retention import HistoryLimits
from service.graphs import workflow_of

_AT_ONCE = 50


async def write_history(home: Path, *, rows: int, size: int, random: Random) -> None:
    """``rows`` jobs that ran, each with a workflow of ``size`` bytes, as the database of the server that ``home`` is
    for."""
    workflow = msgspec.json.encode(workflow_of(size, random))
    store = await JobStore.open(home / "user/jobs.sqlite", history=HistoryLimits(jobs=rows))
    for first in range(0, rows, _AT_ONCE):
        count = min(_AT_ONCE, rows - first)
        await asyncio.gather(*(store.submit(_job(workflow, random)) for _ in range(count)))
        tickets = [ticket for ticket in (store.take() for _ in range(count)) if ticket is not None]
        await asyncio.gather(*(store.finish(ticket, _record(ticket.job)) for ticket in tickets))
    await store.close()


def _job(workflow: bytes, random: Random) -> NewJob:
    extra = {"client_id": "before", "title": "An old workflow", "extra_pnginfo": {"workflow": msgspec.Raw(workflow)}}
    request = Request(prompt=chain(6, random.random()), outputs=["preview"], extra_data=extra)
    return NewJob(job=str(uuid.UUID(int=random.getrandbits(128))), request=request)


def _record(job: str) -> Record:
    now = time.time()
    picture = {"filename": f"{job}.png", "subfolder": "", "type": "output"}
    return Record(
        outcome=Outcome.DONE,
        finished=now,
        outputs={"preview": {"images": [picture]}},
        shown_by={"preview": ShownBy("preview")},
        seconds={"preview": 0.01},
        milestones=[JobFinished(job, Outcome.DONE, now)],
    )
