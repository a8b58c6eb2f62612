"""Writes the one record of each job that has ended, and then has its end told. Knows no worker and no queue's order.

While the disk is full nothing is lost: a record is written again and again, and whoever begins jobs asks first whether
there is one that waits.
"""

import asyncio
import logging
from collections.abc import Callable

from nodegraph.execution.events import Failure, Outcome
from nodegraph.logs import about
from nodegraph.media import reservations
from nodegraph.media.owners import OwnerFolders
from nodegraph.server.database import StoreError
from nodegraph.server.in_hand import InHand
from nodegraph.server.jobs import JobStore
from nodegraph.server.records import Record, Recorder, Ticket
from nodegraph.server.remains import with_remains
from nodegraph.server.story import Ending, Story

log = logging.getLogger(__name__)

_PAUSE = 1.0
"""Seconds until a record is written again that could not be."""


class Recording:
    """For one event loop. ``saved`` is called whenever a record has been written, or has been given up."""

    def __init__(self, store: JobStore, story: Story, folders: OwnerFolders, saved: Callable[[], None]) -> None:
        self._store = store
        self._story = story
        self._folders = folders
        self._saved = saved
        self._waiting: set[str] = set()
        self._stopped = False

    @property
    def stuck(self) -> bool:
        """Whether a record waits for the disk: what ends meanwhile could not be saved either."""
        return bool(self._waiting)

    def stop(self) -> None:
        """Try no record again from now on; its job runs again after a restart."""
        self._stopped = True

    async def record(self, current: InHand, ending: Ending) -> None:
        """Write the record of a job and tell its end. Raises nothing: what cannot be stored is a failure of the job."""
        with about(current.ticket.job):
            await self._record(current, ending)

    async def _record(self, current: InHand, ending: Ending) -> None:
        ticket = current.ticket
        try:
            try:
                record = current.recorder.record(ending.event)
                if record.outcome is not Outcome.DONE or ticket.attempts > 1:
                    record = await asyncio.to_thread(with_remains, record, ticket, self._folders)
                await self._save(ticket, record)
            except (TypeError, ValueError, OverflowError) as error:
                if isinstance(error, StoreError) and error.may_pass:
                    raise
                log.exception("What came of job %s cannot be stored.", ticket.job)
                ending.event = current.failed(Failure("The server failed; see its log.", "Defect"))
                await self._save(ticket, Recorder(ticket.job).record(ending.event))
            reservations.forget(self._folders.own.user, [ticket.job])
        except StoreError as error:
            log.error("The end of job %s was not saved: %s", ticket.job, error)
        finally:
            self._story.recorded(ending)

    async def _save(self, ticket: Ticket, record: Record) -> None:
        """Write a record.

        Raises:
            StoreError: it could never be saved; or not before the end of the server.
        """
        try:
            while True:
                try:
                    await self._store.finish(ticket, record)
                    break
                except StoreError as error:
                    if self._stopped or not error.may_pass:
                        raise
                    if ticket.job not in self._waiting:
                        log.error("Until the end of job %s can be saved, no other begins: %s", ticket.job, error)
                    self._waiting.add(ticket.job)
                    await asyncio.sleep(_PAUSE)
        finally:
            self._waiting.discard(ticket.job)
            self._saved()
