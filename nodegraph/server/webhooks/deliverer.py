"""Tells the receivers of webhooks what has happened to their jobs: at least once each, also over a restart.

What is to be told is in the database; events only say when to look. So nothing is lost with the process, and nothing is
asked of the database for jobs without a webhook.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from nodegraph.access.credentials import CredentialError
from nodegraph.execution.events import JobFinished
from nodegraph.logs import about
from nodegraph.server.database import StoreError
from nodegraph.server.events import Entry, EventLog, JobRemoved, JobTaken
from nodegraph.server.records import DeliveryState
from nodegraph.server.webhooks.post import TIMEOUT, Answer, Caller
from nodegraph.server.webhooks.rows import Due, WebhookRows

log = logging.getLogger(__name__)

AT_ONCE = 8
"""So many calls are under way at a time."""

_AFTER_TROUBLE = 30.0
"""Seconds until the database is asked again that could not be read or written."""

Compose = Callable[[Due], Awaitable[bytes | None]]
"""The body of a delivery; None if there is nothing left to tell."""


Reveal = Callable[[str, str], str]
"""The secret of a credential, by its name and who wants to use it. Raises CredentialError."""


class Pace(NamedTuple):
    """After the n-th failure ``first * factor ** (n - 1)`` seconds pass, at most ``longest``; about so."""

    first: float = 10.0
    factor: float = 3.0
    longest: float = 3600.0
    attempts: int = 8

    def pause(self, attempt: int) -> float:
        """Seconds after this attempt, the first being 1."""
        return min(self.first * self.factor ** (attempt - 1), self.longest) * random.uniform(0.75, 1.25)


class Deliverer:
    """For one event loop."""

    def __init__(
        self, rows: WebhookRows, events: EventLog, compose: Compose, reveal: Reveal, pace: Pace | None = None
    ) -> None:
        self._rows = rows
        self._reveal = reveal
        self._compose = compose
        self._pace = pace or Pace()
        self._caller = Caller(rows.allowed)
        self._wake = asyncio.Event()
        self._calls: set[asyncio.Task[None]] = set()
        self._forget = events.listen(self._hear)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Go on with what was not delivered."""
        if await self._rows.recall():
            self._wake.set()
        self._task = asyncio.create_task(self._run(), name="webhooks")

    async def stop(self) -> None:
        """End what is under way; it is delivered after the next start."""
        self._forget()
        tasks = [*self._calls, *([] if self._task is None else [self._task])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._caller.close()

    def _hear(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.event.job in self._rows.open and isinstance(entry.event, JobTaken | JobFinished | JobRemoved):
                self._wake.set()
                if not isinstance(entry.event, JobTaken):
                    self._rows.open.discard(entry.event.job)

    async def _run(self) -> None:
        pause: float | None = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            try:
                pause = await self._begin()
            except StoreError as error:
                log.warning("Webhooks wait for the database: %s", error)
                pause = _AFTER_TROUBLE

    async def _begin(self) -> float | None:
        """Begin what is due. Returns the seconds until something else is; None: until something happens."""
        await self._rows.tidy()
        room = AT_ONCE - len(self._calls)
        if room == 0:
            return None
        for due in await self._rows.due(room):
            await self._rows.claim(due, time.time() + 2 * TIMEOUT)
            task = asyncio.create_task(self._deliver(due))
            self._calls.add(task)
            task.add_done_callback(self._ended)
        following = await self._rows.next_due()
        return None if following is None else max(0.05, following - time.time())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A webhook was not delivered: %s", error)

    async def _deliver(self, due: Due) -> None:
        with about(due.job):
            await self._attempt(due, due.attempts + 1)

    async def _attempt(self, due: Due, attempt: int) -> None:
        body = await self._compose(due)
        if body is None:
            await self._rows.settle(due, DeliveryState.DROPPED, status=None, error=None)
            return
        try:
            secret = due.secret if due.credential is None else self._reveal(due.credential, due.owner)
        except CredentialError as missing:
            log.warning("The webhook of job %s cannot be signed: %s", due.job, missing)
            await self._rows.settle(due, DeliveryState.FAILED, status=None, error=str(missing))
            return
        headers = {
            "X-Nodegraph-Delivery": due.id,
            "X-Nodegraph-Event": due.event,
            "X-Nodegraph-Attempt": str(attempt),
        }
        answer = await self._caller.call(due.url, body, secret=secret, headers=headers)
        if answer.taken:
            await self._rows.settle(due, DeliveryState.DELIVERED, status=answer.status, error=None)
            return
        error = answer.error or f"answered {answer.status}"
        given_up = answer.final or attempt >= self._pace.attempts
        log.warning("The webhook of job %s was not taken (attempt %d): %s", due.job, attempt, error)
        await self._rows.settle(
            due,
            DeliveryState.FAILED if given_up else DeliveryState.PENDING,
            status=answer.status,
            error=error,
            again=None if given_up else time.time() + self._pause(answer, attempt),
        )

    def _pause(self, answer: Answer, attempt: int) -> float:
        return max(self._pace.pause(attempt), answer.retry_after or 0.0)
