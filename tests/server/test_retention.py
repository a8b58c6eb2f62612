"""What is forgotten, and that nothing else is."""

import asyncio
import time
from pathlib import Path

from job_samples import crash, new_job, run_next

from nodegraph.server.jobs import JobStore
from nodegraph.server.records import Key, Sought
from nodegraph.server.retention import HistoryLimits


async def kept(store: JobStore) -> list[str]:
    """The jobs that are kept, the oldest first; looked at when all that is over the limits is gone."""
    await store._retention.sweep()
    return [job.ticket.job for job in reversed(await store.rows.page(Sought(limit=500)))]


async def test_the_newest_are_kept(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", history=HistoryLimits(3))
    for index in range(5):
        await store.submit(new_job(str(index), key=Key(str(index), b"")))
        await run_next(store)
    await store.submit(new_job("waiting"))
    assert await kept(store) == ["2", "3", "4", "waiting"]
    assert (await store.submit(new_job("0 again", key=Key("0", b"")))).queued is not None
    await store.close()


async def test_it_happens_by_itself(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", history=HistoryLimits(3))
    for index in range(5):
        await store.submit(new_job(str(index)))
        await run_next(store)
    async with asyncio.timeout(60):
        while len(await store.rows.page(Sought(limit=500))) > 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await store.close()


async def test_a_cleared_queue_does_not_push_the_history_out(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", history=HistoryLimits(3))
    for index in range(2):
        await store.submit(new_job(f"ran {index}"))
        await run_next(store)
    for index in range(6):
        await store.submit(new_job(f"cleared {index}"))
    await store.remove()
    assert await kept(store) == ["ran 0", "ran 1", "cleared 3", "cleared 4", "cleared 5"]
    await store.close()


async def test_the_many_jobs_of_one_owner_push_out_nobody_elses(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", history=HistoryLimits(2))
    for name, owner in (("a1", "a"), ("mine", ""), ("b1", "b"), ("b2", "b")):
        await store.submit(new_job(name, owner=owner))
        await run_next(store)
    for index in range(2, 8):
        await store.submit(new_job(f"a{index}", owner="a"))
        await run_next(store)
    for index in range(4):
        await store.submit(new_job(f"cleared {index}", owner="b"))
    await store.remove(owner="b")
    assert await kept(store) == ["mine", "b1", "b2", "a6", "a7", "cleared 2", "cleared 3"]
    await store.close()


async def test_the_old_are_forgotten_also_by_the_next_server(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = await JobStore.open(path, history=HistoryLimits(days=2))
    now = time.time()
    for name, days in (("older", 9), ("old", 3), ("new", 1)):
        await store.submit(new_job(name))
        await run_next(store, at=now - days * 86_400)
    assert await kept(store) == ["new"]
    await crash(store)
    store = await JobStore.open(path, history=HistoryLimits(days=0.5))
    assert await kept(store) == []
    await store.close()


async def test_thousands_are_forgotten_in_small_steps_with_their_requests(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", history=HistoryLimits(10_000))
    await asyncio.gather(*(store.submit(new_job(str(index))) for index in range(1000)))
    await store.remove()
    await store.submit(new_job("waiting"))
    await store.forget()
    assert await kept(store) == ["waiting"]
    assert await store._database.read("SELECT COUNT(*) FROM requests") == [(1,)]
    await store.close()


async def test_no_limit_of_zero_surprises(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", history=HistoryLimits(0))
    await store.submit(new_job("a"))
    await run_next(store)
    await store.submit(new_job("b"))
    assert await kept(store) == ["b"]
    await store.close()
