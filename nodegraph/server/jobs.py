"""The job store: every job is a row, from the moment a client hears "ok". Knows no worker and no HTTP.

The order of the queue is kept in memory as well, so that looking at it costs nothing; the rows are the truth, and a
new store reads the order back from them.
"""

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from nodegraph.errors import MissingFileError, UserError
from nodegraph.execution.events import Failure, JobFinished, Outcome
from nodegraph.server import job_changes
from nodegraph.server.database import Database, StoreError
from nodegraph.server.events import JobMoved, JobQueued, JobRemoved, JobTaken
from nodegraph.server.job_rows import JobRows
from nodegraph.server.job_schema import MIGRATIONS
from nodegraph.server.queue_order import QueueOrder
from nodegraph.server.queue_room import QueueLimits, QueueRoom
from nodegraph.server.records import Job, JobState, Key, Move, NewJob, Record, Request, Submitted, Ticket
from nodegraph.server.request_memory import RequestMemory
from nodegraph.server.retention import HistoryLimits, Retention
from nodegraph.server.webhooks.rows import WebhookRows, adding

ATTEMPTS = 2
"""A job whose worker or server died is run again until it has had so many attempts."""


class DuplicateJobError(UserError):
    """The id chosen for a job belongs to another one."""


class KeyUsedError(UserError):
    """An idempotency key came with another request than the first time."""


class NotEndedError(UserError):
    """Only a job that has ended can be deleted or repeated."""


class JobStore:
    """The queue and the history. Methods that change rows return once the change is on disk.

    ``rows`` is for looking at jobs, ``webhooks`` for what is to be told of them.
    """

    def __init__(
        self,
        database: Database,
        *,
        webhooks: WebhookRows,
        limits: QueueLimits,
        history: HistoryLimits,
        complete: Callable[[Record, Ticket], Record],
    ) -> None:
        self.rows = JobRows(database)
        self.webhooks = webhooks
        self.paused = False
        """Whether waiting jobs stay where they are. Lasts over a restart; see :meth:`set_paused`."""
        self._database = database
        self._complete = complete
        self._retention = Retention(database, history)
        self._order = QueueOrder()
        self.room = QueueRoom(self._order, limits)
        self._running: dict[str, Ticket] = {}
        self._requests = RequestMemory()
        self._seq = 0
        self._ended = 0

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        limits: QueueLimits | None = None,
        history: HistoryLimits | None = None,
        allow_webhooks: Collection[str] = (),
        complete: Callable[[Record, Ticket], Record] = lambda record, ticket: record,
    ) -> "JobStore":
        """The store in the file ``path``. What was interrupted waits again, or has failed if that was its last attempt.

        ``complete`` adds to the record of a job that ends without a worker what else is known of it; it may block.

        Raises:
            StoreError: see :meth:`Database.open`.
        """
        database = await Database.open(path, migrations=MIGRATIONS)
        store = cls(
            database,
            webhooks=WebhookRows(database, allow_webhooks),
            limits=limits or QueueLimits(),
            history=history or HistoryLimits(),
            complete=complete,
        )
        await store._recover()
        store._retention.start()
        return store

    async def close(self) -> None:
        """Finish writing and close the file. Running jobs are put back in the queue: they were not to blame."""
        for ticket in list(self._running.values()):
            self.requeue(msgspec.structs.replace(ticket, attempts=ticket.attempts - 1), "The server was stopped.")
        await self._retention.stop()
        await self._database.close()

    # ---- the queue ----

    @property
    def queued(self) -> Sequence[Ticket]:
        """Waiting jobs in the order they will run."""
        return list(self._order)

    @property
    def running(self) -> Sequence[Ticket]:
        """Jobs a worker has."""
        return list(self._running.values())

    def remaining(self, owner: str | None = None) -> int:
        """How many jobs wait or run; of ``owner`` only, if given."""
        if owner is None:
            return len(self._order) + len(self._running)
        return self._order.count(owner) + sum(ticket.owner == owner for ticket in self._running.values())

    def waiting(self, job: str) -> Ticket | None:
        """The ticket of a job that waits."""
        return self._order.find(job)

    def place(self, job: str) -> int | None:
        """How many jobs wait before this one; None if it does not wait."""
        return self._order.place(job)

    async def submit(self, new: NewJob) -> Submitted:
        """Add a job to the queue, or find the one that its owner submitted under its key.

        Raises:
            QueueFullError: as many jobs wait as may.
            DuplicateJobError: there is a job of this id already.
            KeyUsedError: see :meth:`known`.
            StoreError: it could not be saved; it will not run.
        """
        if new.key is not None and (known := await self.known(new.key, new.owner)):
            return Submitted(known, None)
        self.room.check(new.owner)
        number = self._order.next_number(front=new.front) if new.number is None else new.number
        self._seq += 1
        ticket = Ticket(
            -new.priority, number, self._seq, new.job, new.request.client, title=new.request.title, owner=new.owner
        )
        queued = JobQueued(
            job=new.job,
            number=number,
            client=ticket.client,
            priority=new.priority,
            retry_of=new.retry_of,
            at=time.time(),
        )
        prompt = job_changes.text(new.request.prompt)
        hooked = [] if new.webhook is None else adding(ticket, new.webhook)
        written = self._database.write(
            job_changes.queueing(ticket, queued, new.key), job_changes.asking(ticket, prompt, new.request), *hooked
        )
        self.room.arriving(new.owner)

        def enter(written: asyncio.Future[None]) -> None:
            self.room.arrived(new.owner)
            if written.exception() is None:
                self._order.add(ticket)
                if hooked:
                    self.webhooks.open.add(ticket.job)
                self._requests.keep(ticket.job, new.request, size=len(prompt))

        # What is on disk waits in memory too, even if whoever submitted it does not wait for that.
        written.add_done_callback(enter)
        try:
            await asyncio.shield(written)
        except StoreError as error:
            if not isinstance(error.__cause__, sqlite3.IntegrityError):
                raise
            if new.key is not None and (known := await self.known(new.key, new.owner)):  # two at the same instant
                return Submitted(known, None)
            raise DuplicateJobError(
                f"There is a job {new.job} already. Leave the id out, or choose a new one."
            ) from error
        return Submitted(ticket, queued)

    async def known(self, key: Key, owner: str) -> Ticket | None:
        """The job that its owner submitted under this key; None if it is new.

        Raises:
            KeyUsedError: they submitted another request under it.
        """
        found = await self.rows.keyed(key.name, owner)
        if found is None:
            return None
        ticket, known = found
        if known.digest != key.digest:
            raise KeyUsedError(
                f"The key {key.name!r} was used for another request, which became job {ticket.job}. Send the same "
                "request again to find that job, or choose a new key for a new request."
            )
        return ticket

    def peek(self, above: int | None = None) -> Ticket | None:
        """The next job: None if none waits, the queue is paused, or its priority is not higher than ``above``."""
        ticket = None if self.paused else self._order.first()
        return ticket if ticket is not None and (above is None or ticket.priority > above) else None

    def take(self, above: int | None = None) -> Ticket | None:
        """Hand out the next job, which is running from now on; None where :meth:`peek` is."""
        waiting = self.peek(above)
        if waiting is None:
            return None
        self._order.take(waiting.job)
        ticket = msgspec.structs.replace(waiting, attempts=waiting.attempts + 1)
        self._running[ticket.job] = ticket
        taken = JobTaken(job=ticket.job, attempt=ticket.attempts, client=ticket.client, at=time.time())
        # Not waited for: should the disk miss it, the job has one attempt more.
        self._database.note(job_changes.taking(ticket, taken))
        return ticket

    async def request(self, ticket: Ticket) -> Request:
        """What was asked for."""
        return self._requests.take(ticket.job) or await self.rows.request(ticket)

    def requeue(self, ticket: Ticket, reason: str = "") -> None:
        """Put a running job back in its place. Its attempts so far are counted in ``ticket``."""
        self._running.pop(ticket.job, None)
        self._order.put_back(ticket)
        self._database.note(job_changes.requeueing(ticket, reason))

    async def finish(self, ticket: Ticket, record: Record) -> None:
        """Write the one final record of a running job.

        Raises:
            StoreError: it could not be saved. The job still counts as running, and would run again after a restart.
        """
        self._ended += 1
        await self._database.write(job_changes.ending(ticket, record, self._ended, started=record.finished))
        self._running.pop(ticket.job, None)
        self._retention.note(1)

    async def remove(self, jobs: Iterable[str] | None = None, *, owner: str | None = None) -> list[Ticket]:
        """Cancel waiting jobs: those named, or all; of ``owner`` only, if given. Ids of other jobs are ignored.

        Returns the cancelled.

        Raises:
            StoreError: it could not be saved. They wait in their places again.
        """
        if jobs is None:
            gone = self._order.clear(owner)
        else:
            gone = list(filter(None, (self._order.remove(job) for job in jobs if self._is_of(job, owner))))
        if gone:
            first, self._ended = self._ended + 1, self._ended + len(gone)
            for ticket in gone:
                self._requests.take(ticket.job)
            records = await asyncio.to_thread(lambda: [self._complete(_removed(one.job), one) for one in gone])
            ends = zip(gone, records, itertools.count(first), strict=False)
            try:
                await self._database.write(
                    *(job_changes.ending(ticket, record, ended) for ticket, record, ended in ends)
                )
            except StoreError:
                for ticket in gone:
                    self._order.add(ticket)
                raise
            self._retention.note(len(gone))
        return gone

    async def move(self, job: str, move: Move) -> list[JobMoved]:
        """Give a waiting job another place. Returns its new place, and those of the jobs that made room for it.

        Raises:
            NotQueuedError, OtherOwnerError: see :meth:`QueueOrder.move`.
            StoreError: it could not be saved. All are in their places again.
        """
        now = time.time()
        moved = [(ticket, _moved(ticket, now)) for ticket in self._order.move(job, move)]
        if moved:
            try:
                await self._database.write(*itertools.starmap(job_changes.placing, moved))
            except StoreError:
                await self._restore({ticket.job for ticket, _ in moved})
                raise
        return [event for _, event in moved]

    def _is_of(self, job: str, owner: str | None) -> bool:
        ticket = self._order.find(job)
        return ticket is not None and owner in (None, ticket.owner)

    async def _restore(self, jobs: Collection[str]) -> None:
        """Put those of ``jobs`` that wait where their rows say."""
        for row in await self.rows.open_tickets():
            ticket = self._order.remove(row.job) if row.job in jobs else None
            if ticket is not None:
                self._order.add(msgspec.structs.replace(ticket, rank=row.rank, number=row.number))

    async def set_paused(self, paused: bool) -> None:
        """Let waiting jobs stay where they are, or go on. A paused queue is still paused after a restart.

        Raises:
            StoreError: it could not be saved, and nothing has changed.
        """
        await self._database.write(("INSERT OR REPLACE INTO switches VALUES ('paused', ?)", (paused,)))
        self.paused = paused

    async def check_writable(self) -> None:
        """Raise :class:`StoreError` if nothing can be saved."""
        await self._database.write(("INSERT OR REPLACE INTO switches VALUES ('checked', ?)", (int(time.time()),)))

    # ---- the history ----

    async def job(self, job: str) -> Job | None:
        """The row of a job, ended or not."""
        return await self.rows.job(job)

    async def forget(self, jobs: Iterable[str] | None = None, *, owner: str | None = None) -> None:
        """Delete ended jobs from the history: those named, or all; of ``owner`` only, if given. Ids of other jobs are
        ignored."""
        theirs = "(? IS NULL OR owner = ?)"
        if jobs is None:
            await self._retention.forget(f"ended <= ? AND {theirs}", self._ended, owner, owner)
        else:
            delete = f"DELETE FROM jobs WHERE ended IS NOT NULL AND id = ? AND {theirs}"
            await self._database.write(*((delete, (job, owner, owner)) for job in jobs))

    async def delete(self, job: str) -> None:
        """Delete one ended job from the history.

        Raises:
            MissingFileError: there is none of this id.
            NotEndedError: it waits or runs.
        """
        row = await self.rows.job(job)
        if row is None:
            raise MissingFileError(f"There is no job {job!r}.")
        if row.finished is None:
            raise NotEndedError(f"Job {job!r} has not ended. Cancel it first.")
        await self.forget([job])

    # ---- after a restart ----

    async def _recover(self) -> None:
        ((seq, ended),) = await self._database.read("SELECT IFNULL(MAX(seq), 0), IFNULL(MAX(ended), 0) FROM jobs")
        self._seq, self._ended = msgspec.convert((seq, ended), tuple[int, int])
        self.paused = bool(await self._database.read("SELECT 1 FROM switches WHERE name = 'paused' AND value"))
        self._order.had_turns(await self.rows.turns())
        interrupted = await self._database.read("SELECT seq FROM jobs WHERE state = ?", (JobState.RUNNING,))
        for ticket in await self.rows.open_tickets():
            # New jobs are counted on from those that wait, so that they come after them (or, at the front, before).
            self._order.count_past(ticket.number)
            if ticket.attempts >= ATTEMPTS:
                await self.finish(ticket, await asyncio.to_thread(self._complete, _given_up(ticket.job), ticket))
            else:
                self._order.add(ticket)
                if (ticket.seq,) in interrupted:
                    await self._database.write(
                        job_changes.requeueing(ticket, "The server was lost while the job was running.")
                    )


def _given_up(job: str) -> Record:
    now = time.time()
    failure = Failure(
        message=f"The server stopped {ATTEMPTS} times while this job was running; it is not tried again.",
        kind="nodegraph.server.ServerStopped",
    )
    end = JobFinished(job=job, outcome=Outcome.FAILED, at=now, failure=failure)
    return Record(outcome=end.outcome, finished=now, outputs={}, shown_by={}, seconds={}, milestones=[end])


def _removed(job: str) -> Record:
    event = JobRemoved(job=job, at=time.time())
    return Record(Outcome.CANCELLED, event.at, outputs={}, shown_by={}, seconds={}, milestones=[event])


def _moved(ticket: Ticket, now: float) -> JobMoved:
    return JobMoved(job=ticket.job, number=ticket.number, priority=ticket.priority, at=now)
