"""Gives jobs to the worker, in their order, and sees each to its end.

One job runs at a time, but for a more urgent one, for which the others wait in the worker. The next is given to the
worker the moment it reports the end of the last, whose record is written meanwhile. A job whose worker is lost runs
once more. Knows no HTTP and no sockets.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import msgspec

from nodegraph.execution.events import AnyEvent, Failure, JobFinished
from nodegraph.media import reservations
from nodegraph.media.owners import OwnerFolders
from nodegraph.server.catalog import Catalog
from nodegraph.server.database import StoreError
from nodegraph.server.events import EventLog, JobRemoved, JobRequeued, JobTaken, QueuePaused, QueueResumed
from nodegraph.server.in_hand import InHand
from nodegraph.server.jobs import ATTEMPTS, JobStore
from nodegraph.server.recording import Recording
from nodegraph.server.records import NewJob, Request, Submitted, Ticket
from nodegraph.server.story import Story
from nodegraph.settings import Settings
from nodegraph.worker.protocol import DeviceReport, Happened, PackFailure, Ready, Report, Status
from nodegraph.worker.supervisor import LostReason, Supervisor

log = logging.getLogger(__name__)

DEEPEST = 4
"""So many jobs are in the worker at most, each more urgent than the one before: what waits there keeps its memory."""


class Dispatcher:
    """For one event loop. :meth:`start` and :meth:`stop` begin and end it, and the worker with it."""

    def __init__(
        self, settings: Settings, *, store: JobStore, events: EventLog, catalog: Catalog, packs: Sequence[Path] = ()
    ) -> None:
        self._store = store
        self._events = events
        self._story = Story(events)
        self._catalog = catalog
        self._folders = OwnerFolders.of_settings(settings)
        self._recording = Recording(store, self._story, self._folders, self._wake_soon)
        self._worker = Supervisor(settings, self._hear, self._lost, packs=packs)
        self._hand: dict[str, InHand] = {}
        self._announcing: Counter[str] = Counter()
        self._read_ahead: tuple[int, Request] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = False
        self.held = False
        """Whether running jobs halt; see :meth:`pause`."""
        self.described = asyncio.Event()
        """Set once the worker has said what devices there are, or that it does not start."""
        self.torch_version = ""
        self.devices: Sequence[DeviceReport] = ()
        self.results = 0
        """Bytes of the results that the worker keeps in memory."""
        self.pack_failures: Sequence[PackFailure] = ()
        self.losses = 0
        """How many workers were lost or replaced."""
        self.trouble = ""
        """Why there is no worker, when there is none."""

    async def start(self) -> None:
        """Start the worker and run what waits."""
        reservations.forget_all_but(self._folders.own.user, [ticket.job for ticket in self._store.queued])
        self._running = True
        await self._worker.start()

    async def stop(self) -> None:
        """End the worker, and wait for records being written. Jobs in hand are put back when the store is closed."""
        self._running = False
        self._recording.stop()
        await self._worker.stop()
        while self._tasks:
            await asyncio.wait(self._tasks)

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
        self._announcing[new.job] += 1  # counted, since an id may come twice before one of them is refused
        try:
            submitted = await self._store.submit(new)
            if submitted.queued is not None:
                self._events.publish(submitted.queued, owner=new.owner)
            return submitted
        finally:
            self._announcing[new.job] -= 1
            if not self._announcing[new.job]:
                del self._announcing[new.job]
            self._wake_soon()  # who submitted it should be the first to know of it

    async def pause(self, running: bool) -> None:
        """Take no waiting job until :meth:`resume`, also after a restart.

        ``running``: those that run halt at their next network call or node boundary; otherwise they go on.
        """
        await self._store.set_paused(True)
        self._hold(running)
        self._story.tell(QueuePaused(job="", held=running), owner=None)

    async def resume(self) -> None:
        """Go on after :meth:`pause`."""
        await self._store.set_paused(False)
        self._hold(False)
        self._story.tell(QueueResumed(job=""), owner=None)
        self.wake()

    async def remove(self, jobs: Iterable[str] | None = None, *, owner: str | None = None) -> list[Ticket]:
        """Cancel waiting jobs; see :meth:`JobStore.remove`."""
        try:
            gone = await self._store.remove(jobs, owner=owner)
        except StoreError:
            self.wake()  # they wait again
            raise
        reservations.forget(self._folders.own.user, [ticket.job for ticket in gone])
        now = time.time()
        for whose, theirs in groupby(sorted(gone, key=attrgetter("owner")), key=attrgetter("owner")):
            self._story.tell(*(JobRemoved(job=ticket.job, at=now) for ticket in theirs), owner=whose)
        return gone

    def interrupt(self, job: str, *, owner: str | None = None) -> bool:
        """Stop a running job at its next network call or node boundary; asked again, replace the worker at once.

        Only a job of ``owner``, if given. Returns whether the job was running.
        """
        current = self._hand.get(job)
        if current is None or owner not in (None, current.ticket.owner):
            return False
        current.interrupts += 1
        if not current.submitted:
            self._end(current, current.cancelled())
            self.wake()
        elif current.interrupts == 1:
            self._worker.cancel(job)
        elif current.interrupts == 2:
            self._worker.replace()
        return True

    async def cancel(self, job: str, *, owner: str | None = None) -> bool:
        """Cancel a job, be it waiting or running; only one of ``owner``, if given. Returns whether it was either."""
        return bool(await self.remove([job], owner=owner)) or self.interrupt(job, owner=owner)

    def free(self, *, weights: bool, results: bool) -> None:
        """Have the worker drop what it keeps in memory, once nothing runs."""
        self._worker.free(weights=weights, results=results)

    def _hold(self, held: bool) -> None:
        self.held = held
        self._worker.hold(held)

    # ---- from the queue to the worker ----

    def wake(self) -> None:
        """Give the worker what it should have now. To be called after every change of the queue."""
        while self._running and self._worker.ready and not self._recording.stuck and len(self._hand) < DEEPEST:
            above = max((current.ticket.priority for current in self._hand.values()), default=None)
            waiting = self._store.peek(above)
            if waiting is None or waiting.job in self._announcing:  # its own submit wakes us again
                return
            ticket = self._store.take(above)
            assert ticket is not None, "what was seen a moment ago"
            self._begin(ticket)

    def _wake_soon(self) -> None:
        asyncio.get_running_loop().call_soon(self.wake)

    def _begin(self, ticket: Ticket) -> None:
        current = self._hand[ticket.job] = InHand(ticket)
        taken = JobTaken(job=ticket.job, attempt=ticket.attempts, client=ticket.client, at=time.time())
        self._story.tell(taken, owner=ticket.owner)
        if self._read_ahead is not None and self._read_ahead[0] == ticket.seq:
            request, self._read_ahead = self._read_ahead[1], None
            self._hand_over(current, request)
        else:
            self._spawn(self._read_and_hand_over(current))
        self._spawn(self._look_ahead())

    async def _read_and_hand_over(self, current: InHand) -> None:
        try:
            request = await self._store.request(current.ticket)
        except StoreError as error:
            log.error("What job %s asked for could not be read: %s", current.ticket.job, error)
            if self._has(current):
                self._end(current, current.failed(Failure(str(error), "StoreError", user_error=True)))
                self.wake()
            return
        if self._has(current):
            self._hand_over(current, request)

    def _hand_over(self, current: InHand, request: Request) -> None:
        current.submitted = True
        try:
            self._worker.submit(current.order(request))
        except (TypeError, OverflowError) as error:
            message = f"The prompt holds a value that cannot be sent to the worker: {error}."
            self._end(current, current.failed(Failure(message, "ValueError", user_error=True)))
            self._wake_soon()

    async def _look_ahead(self) -> None:
        """Read what the next job asks for, so that it can be handed over the moment its turn comes."""
        waiting = self._store.peek()
        if waiting is not None and (self._read_ahead is None or self._read_ahead[0] != waiting.seq):
            try:
                self._read_ahead = waiting.seq, await self._store.request(waiting)
            except StoreError as error:
                log.warning("What job %s asks for could not be read ahead: %s", waiting.job, error)

    def _has(self, current: InHand) -> bool:
        """Whether the job is still in hand: not ended, not put back, not taken again since."""
        return self._running and self._hand.get(current.ticket.job) is current

    # ---- to its end ----

    def _end(self, current: InHand, end: JobFinished) -> None:
        """A job in hand has ended: write its record, and then tell."""
        del self._hand[current.ticket.job]
        self._spawn(self._recording.record(current, self._story.end(end, owner=current.ticket.owner)))

    def _put_back(self, current: InHand, reason: str, *, blamed: bool) -> None:
        """The job runs again from the start; ``blamed``: this attempt counts."""
        ticket = current.ticket
        del self._hand[ticket.job]
        attempts = ticket.attempts if blamed else ticket.attempts - 1
        self._store.requeue(msgspec.structs.replace(ticket, attempts=attempts), reason)
        self._story.tell(JobRequeued(job=ticket.job, reason=reason, at=time.time()), owner=ticket.owner)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- what the worker says ----

    def _hear(self, report: Report) -> None:
        match report:
            case Happened():
                self._hear_events(report.events)
            case Ready():
                self.torch_version, self.devices, self.trouble = report.torch_version, report.devices, ""
                self.results = 0
                self.pack_failures = report.failures
                self._catalog.learn(report)
                self.described.set()
                if self.held:
                    self._worker.hold(True)
                self.wake()
            case Status():
                self.devices, self.results = report.devices, report.results

    def _hear_events(self, events: Iterable[AnyEvent]) -> None:
        for job, group in groupby(events, key=attrgetter("job")):
            current = self._hand.get(job)
            if current is not None:
                self._hear_of(current, group)
        self.wake()

    def _hear_of(self, current: InHand, events: Iterable[AnyEvent]) -> None:
        """What happened to one job, to its end if that is among it."""
        told: list[AnyEvent] = []
        end = None
        for event in events:
            if isinstance(event, JobFinished):
                end = event
                break
            current.recorder.hear(event)
            told.append(event)
        self._story.tell(*told, owner=current.ticket.owner)
        if end is not None:
            self._end(current, end)

    def _lost(self, reason: LostReason) -> None:
        """The worker is gone: whom that costs an attempt, and what becomes of each job it had."""
        self.trouble = reason.message
        self.losses += 1
        if reason.at_start:
            self._catalog.fail(reason.message)
            self.described.set()
        for current in list(self._hand.values()):
            if current.interrupts:
                self._end(current, current.cancelled())
            elif reason.replaced or not current.submitted:
                self._put_back(current, reason.message, blamed=False)
            elif current.ticket.attempts < ATTEMPTS:
                self._put_back(current, reason.message, blamed=True)
            else:
                self._end(current, current.given_up(reason))
