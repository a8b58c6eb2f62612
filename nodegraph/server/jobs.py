"""The job store: every job is a row, from the moment a client hears "ok". Knows no worker and no HTTP.

The order of the queue is kept in memory as well, so that looking at it costs nothing; the rows are the truth, and a
new store reads the order back from them.
"""

import bisect
import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from nodegraph.errors import UserError
from nodegraph.execution.events import Failure, JobFinished, Outcome
from nodegraph.server.database import Database, Row, Statement, StoreError
from nodegraph.server.records import Job, JobState, Record, Request, Ticket

HISTORY_LIMIT = 10_000
"""This many ended jobs are kept; older ones are dropped."""

ATTEMPTS = 2
"""A job whose worker or server died is run again until it has had so many attempts."""

_REQUESTS_KEPT = 32
"""So many requests of waiting jobs stay in memory, which spares a short queue reading them back."""

_MIGRATIONS = (
    """
    CREATE TABLE jobs (
        seq INTEGER PRIMARY KEY,     -- order of submission
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        number REAL NOT NULL,        -- lower runs first
        client TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,       -- Unix seconds
        started REAL,
        finished REAL,
        ended INTEGER,               -- order of ending; null while it has not
        outputs TEXT NOT NULL DEFAULT '{}',
        shown_by TEXT NOT NULL DEFAULT '{}',
        seconds TEXT NOT NULL DEFAULT '{}',
        milestones TEXT NOT NULL DEFAULT '[]'
    );
    CREATE INDEX jobs_open ON jobs (number, seq) WHERE ended IS NULL;
    CREATE UNIQUE INDEX jobs_ended ON jobs (ended) WHERE ended IS NOT NULL;
    -- Apart from jobs, so that a change of state does not rewrite a large prompt.
    CREATE TABLE requests (
        seq INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        prompt TEXT NOT NULL,
        targets TEXT NOT NULL,
        extra_data TEXT NOT NULL
    )
    """,
)

_COLUMNS = (
    "number, seq, id, client, attempts, state, created, started, finished, "
    "prompt, targets, extra_data, outputs, shown_by, seconds, milestones"
)
_JOBS = f"SELECT {_COLUMNS} FROM jobs JOIN requests USING (seq)"
_RAN = "ended IS NOT NULL AND started IS NOT NULL"


class DuplicateJobError(UserError):
    """The id chosen for a job belongs to another one."""


class JobStore:
    """The queue and the history. Methods that change rows return once the change is on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: list[Ticket] = []
        self._running: dict[str, Ticket] = {}
        self._requests: dict[str, Request] = {}
        self._seq = 0
        self._ended = 0
        self._counter = 0

    @classmethod
    async def open(cls, path: Path) -> "JobStore":
        """The store in the file ``path``. What was interrupted waits again, or has failed if that was its last attempt.

        Raises:
            StoreError: see :meth:`Database.open`.
        """
        store = cls(await Database.open(path, migrations=_MIGRATIONS))
        await store._recover()
        return store

    async def close(self) -> None:
        """Finish writing and close the file. Running jobs are put back in the queue: they were not to blame."""
        for ticket in list(self._running.values()):
            self.requeue(msgspec.structs.replace(ticket, attempts=ticket.attempts - 1))
        await self._database.close()

    # ---- the queue ----

    @property
    def queued(self) -> Sequence[Ticket]:
        """Waiting jobs in the order they will run."""
        return self._queue

    @property
    def running(self) -> Sequence[Ticket]:
        """Jobs a worker has."""
        return list(self._running.values())

    @property
    def remaining(self) -> int:
        """How many jobs wait or run."""
        return len(self._queue) + len(self._running)

    async def submit(self, job: str, request: Request, *, number: float | None = None, front: bool = False) -> Ticket:
        """Add a job to the queue.

        ``number`` gives its place; without it the jobs are counted, and with ``front`` the count is negated.

        Raises:
            DuplicateJobError: there is a job of this id already.
            StoreError: it could not be saved; it will not run.
        """
        if number is None:
            number = float(-self._counter if front else self._counter)
            self._counter += 1
        self._seq += 1
        ticket = Ticket(number=number, seq=self._seq, job=job, client=request.client)
        try:
            await self._database.write(
                (
                    "INSERT INTO jobs (seq, id, state, number, client, created) VALUES (?, ?, ?, ?, ?, ?)",
                    (ticket.seq, job, JobState.QUEUED, number, ticket.client, time.time()),
                ),
                (
                    "INSERT INTO requests (seq, prompt, targets, extra_data) VALUES (?, ?, ?, ?)",
                    (ticket.seq, _text(request.prompt), _text(request.outputs), _text(request.extra_data)),
                ),
            )
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise DuplicateJobError(
                    f"There is a job {job} already. Leave the id out, or choose a new one."
                ) from error
            raise
        bisect.insort(self._queue, ticket)
        if len(self._requests) < _REQUESTS_KEPT:
            self._requests[job] = request
        return ticket

    def take(self) -> Ticket | None:
        """Hand out the next job, which is running from now on; None if no job waits."""
        if not self._queue:
            return None
        waiting = self._queue.pop(0)
        ticket = msgspec.structs.replace(waiting, attempts=waiting.attempts + 1)
        self._running[ticket.job] = ticket
        # Not waited for: should the disk miss it, the job has one attempt more.
        self._database.write(
            (
                "UPDATE jobs SET state = ?, attempts = ?, started = ? WHERE seq = ?",
                (JobState.RUNNING, ticket.attempts, time.time(), ticket.seq),
            )
        )
        return ticket

    async def request(self, ticket: Ticket) -> Request:
        """What was asked for."""
        kept = self._requests.pop(ticket.job, None)
        if kept is not None:
            return kept
        rows = await self._database.read(
            "SELECT prompt, targets, extra_data FROM requests WHERE seq = ?", (ticket.seq,)
        )
        prompt, targets, extra_data = (msgspec.json.decode(str(column)) for column in rows[0])
        return Request(prompt=prompt, outputs=targets, extra_data=extra_data)

    def requeue(self, ticket: Ticket) -> None:
        """Put a running job back in its place. Its attempts so far are counted in ``ticket``."""
        self._running.pop(ticket.job, None)
        bisect.insort(self._queue, ticket)
        self._database.write(
            ("UPDATE jobs SET state = ?, attempts = ? WHERE seq = ?", (JobState.QUEUED, ticket.attempts, ticket.seq))
        )

    async def finish(self, ticket: Ticket, record: Record) -> None:
        """Write the one final record of a running job.

        Raises:
            StoreError: it could not be saved. The job has ended all the same, but would run again after a restart.
        """
        self._running.pop(ticket.job, None)
        self._ended += 1
        await self._database.write(
            _ending(ticket, record, self._ended),
            ("DELETE FROM jobs WHERE ended <= ?", (self._ended - HISTORY_LIMIT,)),
        )

    async def remove(self, jobs: Iterable[str] | None = None) -> list[Ticket]:
        """Cancel waiting jobs: those named, or all of them. Ids of other jobs are ignored. Returns the cancelled."""
        wanted = None if jobs is None else set(jobs)
        gone = [ticket for ticket in self._queue if wanted is None or ticket.job in wanted]
        if gone:
            self._queue = [ticket for ticket in self._queue if wanted is not None and ticket.job not in wanted]
            first, self._ended = self._ended + 1, self._ended + len(gone)
            for ticket in gone:
                self._requests.pop(ticket.job, None)
            now = time.time()
            end = "UPDATE jobs SET state = ?, finished = ?, ended = ? WHERE seq = ?"
            await self._database.write(
                *((end, (JobState.CANCELLED, now, ended, ticket.seq)) for ended, ticket in enumerate(gone, first))
            )
        return gone

    # ---- looking back ----

    async def job(self, job: str) -> Job | None:
        """The row of a job, ended or not."""
        rows = await self._database.read(f"{_JOBS} WHERE id = ?", (job,))
        return _job(rows[0]) if rows else None

    async def open_jobs(self) -> list[Job]:
        """The rows of all jobs that wait or run, in the order they run."""
        return [_job(row) for row in await self._database.read(f"{_JOBS} WHERE ended IS NULL ORDER BY number, seq")]

    async def history(self, *, limit: int | None = None, offset: int | None = None) -> list[Job]:
        """Jobs that ran and ended, the earliest end first: the last ``limit``, or ``limit`` from ``offset`` on."""
        count = -1 if limit is None else limit
        if offset is None:
            rows = await self._database.read(f"{_JOBS} WHERE {_RAN} ORDER BY ended DESC LIMIT ?", (count,))
            rows.reverse()
        else:
            rows = await self._database.read(f"{_JOBS} WHERE {_RAN} ORDER BY ended LIMIT ? OFFSET ?", (count, offset))
        return [_job(row) for row in rows]

    async def forget(self, jobs: Iterable[str] | None = None) -> None:
        """Delete ended jobs from the history: those named, or all of them."""
        delete = "DELETE FROM jobs WHERE ended IS NOT NULL"
        if jobs is None:
            await self._database.write((delete, ()))
        else:
            await self._database.write(*((f"{delete} AND id = ?", (job,)) for job in jobs))

    # ---- after a restart ----

    async def _recover(self) -> None:
        ((seq, ended),) = await self._database.read("SELECT MAX(seq), MAX(ended) FROM jobs")
        self._seq, self._ended = _int(seq), _int(ended)
        rows = await self._database.read(
            "SELECT number, seq, id, client, attempts FROM jobs WHERE ended IS NULL ORDER BY number, seq"
        )
        for ticket in (_ticket(row) for row in rows):
            # New jobs are counted on from those that wait, so that they come after them (or, at the front, before).
            self._counter = max(self._counter, math.floor(abs(ticket.number)) + 1)
            if ticket.attempts >= ATTEMPTS:
                await self.finish(ticket, _given_up())
            else:
                bisect.insort(self._queue, ticket)
        await self._database.write(("UPDATE jobs SET state = ? WHERE state = ?", (JobState.QUEUED, JobState.RUNNING)))


def _given_up() -> Record:
    now = time.time()
    failure = Failure(
        message=f"The server stopped {ATTEMPTS} times while this job was running; it is not tried again.",
        kind="nodegraph.server.ServerStopped",
    )
    end = JobFinished(job="", outcome=Outcome.FAILED, at=now, failure=failure)
    return Record(outcome=end.outcome, finished=now, outputs={}, shown_by={}, seconds={}, milestones=[end])


def _ending(ticket: Ticket, record: Record, ended: int) -> Statement:
    return (
        "UPDATE jobs SET state = ?, finished = ?, ended = ?, outputs = ?, shown_by = ?, seconds = ?, milestones = ? "
        "WHERE seq = ?",
        (
            JobState(record.outcome.value),
            record.finished,
            ended,
            _text(record.outputs),
            _text(record.shown_by),
            _text(record.seconds),
            _text(record.milestones),
            ticket.seq,
        ),
    )


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _ticket(row: Row) -> Ticket:
    number, seq, job, client, attempts = row
    return msgspec.convert({"number": number, "seq": seq, "job": job, "client": client, "attempts": attempts}, Ticket)


def _job(row: Row) -> Job:
    state, created, started, finished = row[5:9]
    documents = (msgspec.Raw(str(column).encode()) for column in row[9:])
    names = ("prompt", "targets", "extra_data", "outputs", "shown_by", "seconds", "milestones")
    return Job(
        ticket=_ticket(row[:5]),
        state=JobState(str(state)),
        created=msgspec.convert(created, float),
        started=msgspec.convert(started, float | None),
        finished=msgspec.convert(finished, float | None),
        **dict(zip(names, documents, strict=True)),
    )
