"""The job store on a real database."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from nodegraph.execution.events import JobFinished, Outcome
from nodegraph.server import jobs
from nodegraph.server.database import Database, StoreError
from nodegraph.server.jobs import DuplicateJobError, JobStore
from nodegraph.server.records import JobState, NewJob, Record, Request
from nodegraph.server.retention import HistoryLimits

REQUEST = Request(prompt={"n": {"class_type": "X", "inputs": {}}}, outputs=["n"])


def job(name: str, **more: Any) -> NewJob:
    return NewJob(job=name, request=REQUEST, **more)


def ended(job: str) -> Record:
    end = JobFinished(job, Outcome.DONE, 2.0)
    outputs = {"n": {"text": [job]}}
    return Record(Outcome.DONE, finished=2.0, outputs=outputs, shown_by={}, seconds={}, milestones=[end])


async def test_order_is_number_then_arrival(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    await store.submit(job("zero"))
    await store.submit(job("one"))
    await store.submit(job("front", front=True))
    await store.submit(job("between", number=0.5))
    await store.submit(job("also zero", number=0))
    assert [ticket.job for ticket in store.queued] == ["front", "zero", "also zero", "between", "one"]
    await store.close()


async def test_submits_at_once_are_all_kept_in_their_order(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    names = [str(index) for index in range(200)]
    await asyncio.gather(*(store.submit(job(name)) for name in names))
    assert [ticket.job for ticket in store.queued] == names
    await store.close()
    again = await JobStore.open(tmp_path / "jobs.sqlite")
    assert [ticket.job for ticket in again.queued] == names
    await again.close()


async def test_ids_are_unique_even_in_flight(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    results = await asyncio.gather(*(store.submit(job("same")) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, DuplicateJobError) for result in results) == 4
    assert len(store.queued) == 1
    await store.close()


async def test_an_interrupted_job_runs_again_once(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    for attempt in (1, 2):
        store = await JobStore.open(path)
        if attempt == 1:
            await store.submit(job("a"))
        ticket = store.take()
        assert ticket is not None
        assert ticket.attempts == attempt
        await store._database.close()  # what a crash leaves: nothing is put back
    store = await JobStore.open(path)
    assert store.remaining == 0
    row = await store.job("a")
    assert row is not None
    assert row.state is JobState.FAILED
    assert b"2 times" in bytes(row.milestones)
    await store.close()


async def test_new_jobs_come_after_those_that_waited(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for name in ("a", "b", "c"):
        await store.submit(job(name))
    await store.close()
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    await store.submit(job("d"))
    await store.submit(job("first", front=True))
    assert [ticket.job for ticket in store.queued] == ["first", "a", "b", "c", "d"]
    await store.close()


async def test_one_bad_write_spoils_no_other(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.sqlite", migrations=["CREATE TABLE t (a INTEGER PRIMARY KEY)"])
    insert = "INSERT INTO t VALUES (?)"
    results = await asyncio.gather(*(database.write((insert, (n,))) for n in (1, 1, 2)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), StoreError, type(None)]
    assert await database.read("SELECT a FROM t") == [(1,), (2,)]
    await database.close()


async def test_databases_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        await Database.open(tmp_path / "no.sqlite", migrations=[])
    newer = await Database.open(tmp_path / "new.sqlite", migrations=["CREATE TABLE a (b)", "CREATE TABLE c (d)"])
    await newer.close()
    with pytest.raises(StoreError, match="newer nodegraph"):
        await Database.open(tmp_path / "new.sqlite", migrations=["CREATE TABLE a (b)"])
