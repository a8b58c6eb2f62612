"""The database file: writes, damage, versions, and pages that are given back."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from job_samples import new_job, run_next

from nodegraph.server.database import Database, StoreError
from nodegraph.server.job_schema import MIGRATIONS
from nodegraph.server.jobs import JobStore
from nodegraph.server.records import JobState


async def test_one_bad_write_spoils_no_other(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.sqlite", migrations=["CREATE TABLE t (a INTEGER PRIMARY KEY)"])
    insert = "INSERT INTO t VALUES (?)"
    results = await asyncio.gather(*(database.write((insert, (n,))) for n in (1, 1, 2)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), StoreError, type(None)]
    assert await database.read("SELECT a FROM t") == [(1,), (2,)]
    await database.close()


@pytest.mark.parametrize("value", [2**70, "\ud800", object()])
async def test_a_value_that_cannot_be_held_is_told_and_writing_goes_on(tmp_path: Path, value: object) -> None:
    database = await Database.open(tmp_path / "x.sqlite", migrations=["CREATE TABLE t (a)"])
    insert = "INSERT INTO t VALUES (?)"
    results = await asyncio.gather(*(database.write((insert, (n,))) for n in (1, value, 2)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), StoreError, type(None)]
    await database.write((insert, (3,)))
    assert await database.read("SELECT a FROM t") == [(1,), (2,), (3,)]
    await database.close()


async def test_a_write_is_applied_whole_or_not_at_all(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.sqlite", migrations=["CREATE TABLE t (a INTEGER PRIMARY KEY)"])
    insert = "INSERT INTO t VALUES (?)"
    whole = database.write((insert, (1,)), (insert, (2,)))
    half = database.write((insert, (3,)), (insert, (1,)))
    await whole
    with pytest.raises(StoreError, match="UNIQUE"):
        await half
    assert await database.read("SELECT a FROM t") == [(1,), (2,)]
    await database.close()


async def test_a_full_disk_is_told_to_everyone_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.sqlite", migrations=["CREATE TABLE t (a TEXT)"])
    await _pragma(database, "PRAGMA max_page_count = 4")
    insert = "INSERT INTO t VALUES (?)"
    writes = [database.write((insert, ("x" * size,))) for size in (10, 1_000_000, 10)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(results[1], StoreError)
    assert "full" in str(results[1])
    kept = sum(result is None for result in results)
    assert len(await database.read("SELECT a FROM t")) == kept
    await _pragma(database, "PRAGMA max_page_count = 100000")
    await database.write((insert, ("later",)))
    assert len(await database.read("SELECT a FROM t")) == kept + 1
    await database.close()


async def test_databases_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        await Database.open(tmp_path / "no.sqlite", migrations=[])
    newer = await Database.open(tmp_path / "new.sqlite", migrations=["CREATE TABLE a (b)", "CREATE TABLE c (d)"])
    await newer.close()
    with pytest.raises(StoreError, match="newer nodegraph"):
        await Database.open(tmp_path / "new.sqlite", migrations=["CREATE TABLE a (b)"])


async def test_a_file_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    old = sqlite3.connect(path)
    old.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {MIGRATIONS[0]}; PRAGMA user_version = 1; COMMIT;")
    story = '[{"type": "job_finished", "job": "done", "outcome": "done", "at": 3.0}]'
    rows = [
        (1, "done", "done", 0.0, 1, 1.0, 2.0, 3.0, 1, story),
        (2, "interrupted", "running", 1.0, 1, 1.5, 3.5, None, None, "[]"),
        (3, "waiting", "queued", 2.0, 0, 2.0, None, None, None, "[]"),
    ]
    old.executemany(
        "INSERT INTO jobs (seq, id, state, number, attempts, created, started, finished, ended, milestones) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    old.executemany("INSERT INTO requests VALUES (?, '{}', '[\"n\"]', '{}')", [(seq,) for seq, *_ in rows])
    old.commit()
    old.close()

    store = await JobStore.open(path)
    assert [(ticket.job, ticket.priority) for ticket in store.queued] == [("interrupted", 0), ("waiting", 0)]
    done = await store.job("done")
    assert done is not None
    assert (done.state, bytes(done.milestones).decode()) == (JobState.DONE, story)
    await store.submit(new_job("new", priority=1))
    assert (await run_next(store)).job == "new"
    second = await run_next(store)
    assert (second.job, second.attempts) == ("interrupted", 2)
    await store.close()
    file = sqlite3.connect(path)
    assert file.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()


async def test_free_pages_are_given_back_a_few_at_a_time_and_some_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    database = await Database.open(path, migrations=["CREATE TABLE t (a TEXT)"])
    await database.write(*(("INSERT INTO t VALUES (?)", ("x" * 40_000,)) for _ in range(200)))
    await database.write(("DELETE FROM t", ()))
    ((full,),) = await database.read("PRAGMA page_count")
    rounds = 1
    while await database.give_back(300):
        rounds += 1
    ((short,),) = await database.read("PRAGMA page_count")
    ((free,),) = await database.read("PRAGMA freelist_count")
    assert full > 2000
    assert rounds == -(-(full - short) // 300)
    assert 900 < free <= 1000
    await database.close()
    assert path.stat().st_size == short * 4096


async def test_a_search_holds_up_no_other_read_and_no_end(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.sqlite", migrations=["CREATE TABLE t (a)"])
    endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c"
    search = asyncio.create_task(database.read(endless, search=True))
    for number in range(3):
        await database.write(("INSERT INTO t VALUES (?)", (number,)))
        assert await database.read("SELECT COUNT(*) FROM t") == [(number + 1,)]
    assert not search.done()
    await database.close()
    with pytest.raises(StoreError, match="interrupted"):
        await search


async def _pragma(database: Database, sql: str) -> None:
    """On the connection that writes, and on its thread."""
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(database._write_thread, lambda: database._writer.execute(sql).fetchall())
