"""The job store on a real database."""

import asyncio
from pathlib import Path

import pytest
from job_samples import crash, ended, new_job, run_next, settled, told

from nodegraph.server.jobs import DuplicateJobError, JobStore, KeyUsedError, NotEndedError
from nodegraph.server.queue_room import QueueFullError, QueueLimits
from nodegraph.server.records import JobState, Key, Move, Sought


async def test_order_is_number_then_arrival(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    await store.submit(new_job("zero"))
    await store.submit(new_job("one"))
    await store.submit(new_job("front", front=True))
    await store.submit(new_job("between", number=0.5))
    await store.submit(new_job("also zero", number=0))
    assert [ticket.job for ticket in store.queued] == ["front", "zero", "also zero", "between", "one"]
    await store.close()


async def test_submits_at_once_are_all_kept_in_their_order(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    names = [str(index) for index in range(200)]
    await asyncio.gather(*(store.submit(new_job(name)) for name in names))
    assert [ticket.job for ticket in store.queued] == names
    await store.close()
    again = await JobStore.open(tmp_path / "jobs.sqlite")
    assert [ticket.job for ticket in again.queued] == names
    await again.close()


async def test_ids_are_unique_even_in_flight(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    results = await asyncio.gather(*(store.submit(new_job("same")) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, DuplicateJobError) for result in results) == 4
    assert len(store.queued) == 1
    await store.close()


async def test_an_interrupted_job_runs_again_once(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    for attempt in (1, 2):
        store = await JobStore.open(path)
        if attempt == 1:
            await store.submit(new_job("a"))
        ticket = store.take()
        assert ticket is not None
        assert ticket.attempts == attempt
        await crash(store)
    store = await JobStore.open(path)
    assert store.remaining() == 0
    row = await store.job("a")
    assert row is not None
    assert row.state is JobState.FAILED
    assert b"2 times" in bytes(row.milestones)
    await store.close()


async def test_new_jobs_come_after_those_that_waited(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for name in ("a", "b", "c"):
        await store.submit(new_job(name))
    await store.close()
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    await store.submit(new_job("d"))
    await store.submit(new_job("first", front=True))
    assert [ticket.job for ticket in store.queued] == ["first", "a", "b", "c", "d"]
    await store.close()


async def test_the_highest_priority_comes_first_and_only_a_higher_one_comes_between(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for name, priority in (("usual", 0), ("low", -5), ("high", 5), ("also high", 5)):
        await store.submit(new_job(name, priority=priority))
    assert [ticket.job for ticket in store.queued] == ["high", "also high", "usual", "low"]
    assert store.take(above=5) is None
    ticket = store.take(above=4)
    assert ticket is not None
    assert (ticket.job, ticket.priority) == ("high", 5)
    assert store.peek(above=5) is None
    assert store.peek() == store.queued[0]
    await store.close()


async def test_a_pause_outlasts_the_server(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = await JobStore.open(path)
    await store.submit(new_job("a"))
    await store.set_paused(True)
    assert store.take() is None
    await crash(store)
    store = await JobStore.open(path)
    assert store.paused
    assert store.peek() is None
    await store.set_paused(False)
    await store.close()
    store = await JobStore.open(path)
    assert not store.paused
    assert store.take() is not None
    await store.close()


async def test_a_full_queue_says_so_even_to_submits_in_flight(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", limits=QueueLimits(3))
    results = await asyncio.gather(
        *(store.submit(new_job(str(index), key=Key(str(index), b""))) for index in range(5)), return_exceptions=True
    )
    assert [type(result) for result in results[3:]] == [QueueFullError] * 2
    assert "3 jobs wait" in str(results[4])
    assert (await store.submit(new_job("again", key=Key("0", b"")))).ticket.job == "0"
    await run_next(store)
    await store.submit(new_job("5"))
    await store.close()


async def test_a_key_makes_one_job_also_at_the_same_instant_and_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = await JobStore.open(path)
    key = Key("mine", b"digest")
    results = await asyncio.gather(*(store.submit(new_job(f"try {n}", key=key)) for n in range(5)))
    assert {result.ticket.job for result in results} == {"try 0"}
    assert [result.queued is None for result in results] == [False, True, True, True, True]
    assert [ticket.job for ticket in store.queued] == ["try 0"]
    await crash(store)
    store = await JobStore.open(path)
    await run_next(store)
    assert (await store.submit(new_job("later", key=key))).ticket.job == "try 0"
    with pytest.raises(KeyUsedError, match="'mine' was used for another request, which became job try 0"):
        await store.submit(new_job("other", key=Key("mine", b"another digest")))
    await store.forget()
    assert (await store.submit(new_job("new", key=key))).ticket.job == "new"
    await store.close()


async def test_whoever_leaves_while_submitting_leaves_no_job_that_only_the_disk_knows(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    task = asyncio.create_task(store.submit(new_job("a")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    await settled(store)
    await asyncio.sleep(0)
    assert [ticket.job for ticket in store.queued] == ["a"]
    await store.close()


async def test_the_story_of_a_job_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = await JobStore.open(path)
    await store.submit(new_job("other"))
    await store.submit(new_job("a", priority=1, retry_of="before"))
    await store.move("a", Move(after="other"))
    await store.move("a", Move(front=True))
    ticket = store.take()
    assert ticket is not None
    store.requeue(ticket, "The worker was lost.")
    ticket = store.take()
    assert ticket is not None
    await store.finish(ticket, ended("a"))
    story = await told(store, "a")
    assert [event["type"] for event in story] == [
        "job_queued", "job_moved", "job_moved", "job_taken", "job_requeued", "job_taken", "job_finished",
    ]  # fmt: skip
    assert (story[0]["priority"], story[0]["retry_of"]) == (1, "before")
    assert (story[1]["number"], story[1]["priority"]) == (1.0, 0)
    assert story[4]["reason"] == "The worker was lost."
    assert story[5]["attempt"] == 2
    times = [event["at"] for event in story[:-1]]
    assert times == sorted(times)
    assert store.take() is not None
    await crash(store)
    store = await JobStore.open(path)
    assert "server was lost" in (await told(store, "other"))[-1]["reason"]
    await store.remove()
    assert (await told(store, "other"))[-1]["type"] == "job_removed"
    await store.close()


async def test_a_job_ends_once(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    await store.submit(new_job("a"))
    ticket = await run_next(store)
    before = await store.job("a")
    await store.finish(ticket, ended("a", at=99.0))
    assert await store.job("a") == before
    await store.close()


async def test_only_ended_jobs_are_deleted(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for name in ("a", "b"):
        await store.submit(new_job(name))
    assert store.take() is not None
    for name in ("a", "b"):
        with pytest.raises(NotEndedError, match="has not ended"):
            await store.delete(name)
    await store.remove(["b"])
    await store.delete("b")
    assert await store.job("b") is None
    await store.close()


async def test_pages_follow_each_other(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for index in range(5):
        await store.submit(new_job(str(index)))
    await run_next(store)
    pages, before = [], None
    while page := await store.rows.page(Sought(limit=2, before=before)):
        pages.append([job.ticket.job for job in page])
        before = page[-1].ticket.seq
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert [job.ticket.job for job in await store.rows.page(Sought(limit=9, states=[JobState.DONE]))] == ["0"]
    await store.close()


async def test_whose_turn_it_is_outlasts_the_server(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = await JobStore.open(path)
    for job in ("a1", "a2", "a3", "b1", "b2", "c1", "c2"):
        await store.submit(new_job(job, owner=job[0]))
    assert [(await run_next(store)).job for _ in range(2)] == ["a1", "b1"]
    interrupted = store.take()
    assert interrupted is not None
    assert interrupted.job == "c1"
    expected = ["c1", "a2", "b2", "c2", "a3"]
    await crash(store)
    store = await JobStore.open(path)
    assert [ticket.job for ticket in store.queued] == expected
    assert {ticket.job: ticket.owner for ticket in store.queued} == {job: job[0] for job in expected}
    await store.close()


async def test_nobody_fills_the_queue_alone(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite", limits=QueueLimits(10, per_owner=2))
    results = await asyncio.gather(
        *(store.submit(new_job(f"a{index}", owner="a")) for index in range(3)), return_exceptions=True
    )
    assert isinstance(results[2], QueueFullError)
    assert "2 jobs of this access token wait" in str(results[2])
    await store.submit(new_job("b", owner="b"))
    for index in range(3):
        await store.submit(new_job(f"own {index}"))
    await store.remove(["a0"])
    await store.submit(new_job("a3", owner="a"))
    await store.close()


async def test_keys_are_of_their_owners(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    key = Key("mine", b"digest")
    for owner in ("", "a", "b"):
        assert (await store.submit(new_job(f"of {owner}", owner=owner, key=key))).queued is not None
        assert (await store.submit(new_job("again", owner=owner, key=key))).ticket.job == f"of {owner}"
    with pytest.raises(DuplicateJobError, match="There is a job of a already"):
        await store.submit(new_job("of a", owner="b"))
    await store.close()


async def test_an_owner_forgets_and_lists_their_own(tmp_path: Path) -> None:
    store = await JobStore.open(tmp_path / "jobs.sqlite")
    for job in ("a1", "b1", "a2", "b2", "b3"):
        await store.submit(new_job(job, owner=job[0]))
    for _ in range(4):
        await run_next(store)

    async def history(**sought: int) -> list[str]:
        seqs = await store.rows.history(owner="b", **sought)
        return [asked.job.ticket.job for asked in await store.rows.of(seqs)]

    assert await history() == ["b1", "b2"]
    assert await history(limit=1) == ["b2"]
    assert await history(offset=0, limit=1) == ["b1"]
    waiting = Sought(limit=9, owner="b", states=(JobState.QUEUED,))
    assert [row.ticket.job for row in await store.rows.page(waiting)] == ["b3"]
    assert [row.ticket.job for row in await store.rows.page(Sought(limit=9, owner="a"))] == ["a2", "a1"]
    await store.forget(["a1", "b1"], owner="a")
    assert [row.ticket.job for row in await store.rows.page(Sought(limit=9))] == ["b3", "b2", "a2", "b1"]
    await store.forget(owner="b")
    assert [row.ticket.job for row in await store.rows.page(Sought(limit=9))] == ["b3", "a2"]
    await store.close()
