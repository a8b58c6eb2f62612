"""What the tests of the job store share: jobs to submit, and the ends they come to."""

from typing import Any

import msgspec

from nodegraph.execution.events import JobFinished, Outcome
from nodegraph.server.jobs import JobStore
from nodegraph.server.records import NewJob, Record, Request, Ticket

REQUEST = Request(prompt={"n": {"class_type": "X", "inputs": {}}}, outputs=["n"])


def new_job(name: str, **more: Any) -> NewJob:
    """A job to submit."""
    return NewJob(job=name, request=REQUEST, **more)


def ended(job: str, outcome: Outcome = Outcome.DONE, *, at: float = 2.0) -> Record:
    """The record of a job that showed its own name."""
    end = JobFinished(job, outcome, at)
    outputs = {"n": {"text": [job]}}
    return Record(outcome, finished=at, outputs=outputs, shown_by={}, seconds={"n": 0.5}, milestones=[end])


async def run_next(store: JobStore, *, at: float = 2.0) -> Ticket:
    """Take the next job and finish it."""
    ticket = store.take()
    assert ticket is not None
    await store.finish(ticket, ended(ticket.job, at=at))
    return ticket


async def told(store: JobStore, job: str) -> list[dict[str, Any]]:
    """The milestones of a job."""
    row = await store.job(job)
    assert row is not None
    milestones: list[dict[str, Any]] = msgspec.json.decode(row.milestones)
    return milestones


async def crash(store: JobStore) -> None:
    """End a store as a kill would, once what it began to write is written: nothing is put back in the queue."""
    await store._retention.stop()
    await store._database.close()


async def settled(store: JobStore) -> None:
    """Wait until all that was changed so far is on disk."""
    await store._database.write()
