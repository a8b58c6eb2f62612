"""Gives jobs to the worker, one at a time, and sees each to its end.

What the worker reports is published at once; the end of a job when its record is on disk, so that whoever hears of it
finds it in the history. A job whose worker is lost runs once more. Knows no HTTP and no sockets.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from nodegraph.execution.events import AnyEvent, Failure, JobFinished, Outcome
from nodegraph.server.catalog import Catalog
from nodegraph.server.database import StoreError
from nodegraph.server.events import EventLog, JobRemoved, JobRequeued, JobTaken, QueuePaused, QueueResumed
from nodegraph.server.jobs import ATTEMPTS, JobStore
from nodegraph.server.records import NewJob, Recorder, Submitted, Ticket
from nodegraph.settings import Settings
from nodegraph.worker.protocol import DeviceReport, Happened, PackFailure, Ready, Report, Status, Submit
from nodegraph.worker.supervisor import LostReason, Supervisor

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Current:
    """The job in hand."""

    ticket: Ticket
    recorder: Recorder
    end: "asyncio.Future[JobFinished | LostReason]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    submitted: bool = False
    interrupts: int = 0

    def settle(self, end: JobFinished | LostReason) -> None:
        if not self.end.done():
            self.end.set_result(end)


class Dispatcher:
    """For one event loop. :meth:`start` and :meth:`stop` begin and end it, and the worker with it."""

    def __init__(
        self, settings: Settings, *, store: JobStore, events: EventLog, catalog: Catalog, packs: Sequence[Path] = ()
    ) -> None:
        self._store = store
        self._events = events
        self._catalog = catalog
        self._worker = Supervisor(settings, self._hear, self._lost, packs=packs)
        self._wake = asyncio.Event()
        self._current: _Current | None = None
        self._loop: asyncio.Task[None] | None = None
        self.torch_version = ""
        self.devices: Sequence[DeviceReport] = ()
        self.pack_failures: Sequence[PackFailure] = ()
        self.trouble = ""
        """Why there is no worker, when there is none."""

    async def start(self) -> None:
        """Start the worker and run what waits."""
        await self._worker.start()
        self._loop = asyncio.create_task(self._run(), name="dispatcher")

    async def stop(self) -> None:
        """End the worker. The job in hand goes back to its place when the store is closed."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])
        await self._worker.stop()

    # ---- what clients may ask ----

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, if there is one."""
        return self._worker.pid

    @property
    def worker_ready(self) -> bool:
        """Whether the worker takes jobs."""
        return self._worker.ready

    async def submit(self, new: NewJob) -> Submitted:
        """Queue a validated prompt; see :meth:`JobStore.submit`."""
        submitted = await self._store.submit(new)
        if submitted.queued is not None:
            self._events.publish(submitted.queued)
            self.wake()
        return submitted

    def wake(self) -> None:
        """Look at the queue again: it has changed."""
        self._wake.set()

    held = False

    async def pause(self, running: bool) -> None:
        """Take no waiting job until :meth:`resume`, also after a restart."""
        await self._store.set_paused(True)
        self._events.publish(QueuePaused(job="", held=self.held))

    async def resume(self) -> None:
        """Go on after :meth:`pause`."""
        await self._store.set_paused(False)
        self._events.publish(QueueResumed(job=""))
        self.wake()

    async def remove(self, jobs: Iterable[str] | None = None) -> list[Ticket]:
        """Cancel waiting jobs; see :meth:`JobStore.remove`."""
        gone = await self._store.remove(jobs)
        self._events.publish(*(JobRemoved(job=ticket.job) for ticket in gone))
        return gone

    def interrupt(self, job: str) -> bool:
        """Stop a running job at its next network call or node boundary; asked again, replace the worker at once.

        Returns whether the job was running.
        """
        current = self._current
        if current is None or current.ticket.job != job:
            return False
        current.interrupts += 1
        if not current.submitted:
            current.settle(self._cancelled(current))
        elif current.interrupts == 1:
            self._worker.cancel(job)
        elif current.interrupts == 2 and not current.end.done():  # else only its record is still being written
            self._worker.replace()
        return True

    async def cancel(self, job: str) -> bool:
        """Cancel a job, be it waiting or running. Returns whether it was either."""
        return bool(await self.remove([job])) or self.interrupt(job)

    def free(self, *, weights: bool, results: bool) -> None:
        """Have the worker drop what it keeps in memory, once nothing runs."""
        self._worker.free(weights=weights, results=results)

    # ---- one job after the other ----

    async def _run(self) -> None:
        while True:
            ticket = self._store.take() if self._worker.ready else None
            if ticket is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            current = self._current = _Current(ticket, Recorder(ticket.job))
            try:
                await self._see_through(current)
            except Exception:
                log.exception("Job %s could not be seen to its end.", ticket.job)
                current.recorder = Recorder(ticket.job)  # what it recorded may be what cannot be stored
                await self._finish(current, _failed(ticket.job, Failure("The server failed; see its log.", "Defect")))
            finally:
                self._current = None

    async def _see_through(self, current: _Current) -> None:
        ticket = current.ticket
        request = await self._store.request(ticket)
        self._events.publish(JobTaken(job=ticket.job, attempt=ticket.attempts, client=ticket.client))
        if not current.end.done():
            if not self._worker.ready:  # lost just now: this was no attempt
                self._store.requeue(msgspec.structs.replace(ticket, attempts=ticket.attempts - 1))
                return
            current.submitted = True
            try:
                previews = request.extra_data.get("preview_method") != "none"
                self._worker.submit(Submit(ticket.job, request.prompt, request.outputs, request.extra_data, previews))
            except (TypeError, OverflowError) as error:
                message = f"The prompt holds a value that cannot be sent to the worker: {error}."
                current.settle(_failed(ticket.job, Failure(message, "ValueError", user_error=True)))
        end = await current.end
        if isinstance(end, LostReason):
            if current.interrupts:
                end = self._cancelled(current)
            elif ticket.attempts < ATTEMPTS:
                self._events.publish(JobRequeued(job=ticket.job, reason=end.message))
                self._store.requeue(ticket, end.message)
                return
            else:
                end = self._given_up(current, end)
        await self._finish(current, end)

    async def _finish(self, current: _Current, end: JobFinished) -> None:
        try:
            await self._store.finish(current.ticket, current.recorder.record(end))
        except StoreError as error:
            log.error("The end of job %s was not saved: %s", current.ticket.job, error)
        self._events.publish(end)

    # ---- what the worker says ----

    def _hear(self, report: Report) -> None:
        match report:
            case Happened():
                self._hear_events(report.events)
            case Ready():
                self.torch_version, self.devices, self.trouble = report.torch_version, report.devices, ""
                self.pack_failures = report.failures
                self._catalog.learn(report)
                self._wake.set()
            case Status():
                self.devices = report.devices

    def _hear_events(self, events: Iterable[AnyEvent]) -> None:
        current = self._current
        if current is None:
            return
        ours = [event for event in events if event.job == current.ticket.job]
        end = next((event for event in ours if isinstance(event, JobFinished)), None)
        if end is not None:
            ours.remove(end)
        for event in ours:
            current.recorder.hear(event)
        self._events.publish(*ours)
        if end is not None:
            current.settle(end)

    def _lost(self, reason: LostReason) -> None:
        self.trouble = reason.message
        if reason.at_start:
            self._catalog.fail(reason.message)
        if self._current is not None and self._current.submitted:
            self._current.settle(reason)

    # ---- ends that no worker reports ----

    def _cancelled(self, current: _Current) -> JobFinished:
        recorder = current.recorder
        return JobFinished(
            job=current.ticket.job,
            outcome=Outcome.CANCELLED,
            at=time.time(),
            executed=recorder.executed,
            node=recorder.node,
        )

    def _given_up(self, current: _Current, reason: LostReason) -> JobFinished:
        attempts = current.ticket.attempts
        message = (
            f"The worker was lost {attempts} times while it ran this job; it is not tried again. {reason.message} "
            "The rest of the queue goes on with a fresh worker."
        )
        failure = Failure(
            message=message,
            kind="nodegraph.worker.WorkerLost",
            node=current.recorder.node,
            traceback=reason.log.splitlines(keepends=True)[-20:],
        )
        return _failed(current.ticket.job, failure, executed=current.recorder.executed)


def _failed(job: str, failure: Failure, *, executed: Sequence[str] = ()) -> JobFinished:
    return JobFinished(
        job=job,
        outcome=Outcome.FAILED,
        at=time.time(),
        executed=list(executed),
        failure=failure,
        node=failure.node,
        class_id=failure.class_id,
    )
