"""A database that cannot be written for a while, as on a full disk: memory and rows agree, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from job_samples import ended, new_job, settled
from live_server import FieldClient, Graph, LiveServer, chain, steps

from nodegraph.server.database import Database, StoreError
from nodegraph.server.jobs import JobStore
from nodegraph.server.records import JobState, Move
from nodegraph.server.state import STORE


async def writable(database: Database, yes: bool) -> None:
    """Whether changes can be written."""
    await database.write((f"PRAGMA query_only = {'OFF' if yes else 'ON'}", ()))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[JobStore]:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for name in ("a", "b", "c"):
        await store.submit(new_job(name))
    yield store
    await store.close()


async def test_what_could_not_be_changed_is_as_it_was(store: JobStore) -> None:
    await writable(store._database, False)
    front = Move(front=True, priority=3)
    changes = store.remove(["b"]), store.remove(), store.move("c", front), store.set_paused(True)
    for change in (*changes, store.submit(new_job("d"))):
        with pytest.raises(StoreError) as caught:
            await change
        assert caught.value.may_pass
    await writable(store._database, True)
    assert [ticket.job for ticket in store.queued] == ["a", "b", "c"]
    assert list(await store.rows.open_tickets()) == list(store.queued)
    assert not store.paused
    await store.set_paused(True)
    assert await store.remove(["b"])


async def test_an_end_that_was_not_saved_can_be_saved_later(store: JobStore) -> None:
    await writable(store._database, False)
    ticket = store.take()
    assert ticket is not None
    await settled(store)
    with pytest.raises(StoreError):
        await store.finish(ticket, ended("a"))
    assert list(store.running) == [ticket]
    await writable(store._database, True)
    await store.finish(ticket, ended("a"))
    assert list(store.running) == []
    (asked,) = await store.rows.of(await store.rows.history())  # although its row never knew that it had begun
    assert (asked.job.ticket.job, asked.job.state) == ("a", JobState.DONE)


async def test_no_end_is_told_that_is_not_saved(server: LiveServer, session: aiohttp.ClientSession) -> None:
    def call(yes: bool) -> None:
        work = writable(server.app[STORE]._database, yes)
        asyncio.run_coroutine_threadsafe(work, server._loop).result(30)

    client = await FieldClient(session, server.url).connect()
    names = [(await client.post(prompt))["prompt_id"] for prompt in (steps(20), *map(varied, range(3)))]
    await client.until("progress", prompt_id=names[0])
    await asyncio.to_thread(call, False)
    running = [""]
    while running != names[:2]:  # the next has begun before this was known
        await asyncio.sleep(0.05)
        running = await listed(client, "queue_running")
    await asyncio.sleep(0.5)
    assert (running, await listed(client, "queue_pending")) == (names[:2], names[2:])
    assert (await client.get("/history")).keys().isdisjoint(names)
    await asyncio.to_thread(call, True)
    for job in names:
        await client.until("executing", node=None, prompt_id=job)
        assert (await client.get(f"/history/{job}"))[job]["status"]["completed"]
    ends = [message for message in client.seen if isinstance(message, dict) and message["type"] == "execution_success"]
    assert [message["data"]["prompt_id"] for message in ends] == names


def varied(number: int) -> Graph:
    return chain(1, value=0.7 + number / 1000)


async def listed(client: FieldClient, key: str) -> list[str]:
    return [item[1] for item in (await client.get("/queue"))[key]]
