"""What is forgotten, and when, so that nothing grows for ever. Knows rows of ended jobs, no queue.

Those of each owner are counted apart, so that nobody's many jobs push out another's. So are two sorts of ended jobs:
those that ran, and those that were cancelled while they waited, so that clearing a long queue does not push the history
out. Rows are deleted a few at a time, so that no submit waits long.
"""

import asyncio
import logging
import time
from typing import NamedTuple

from nodegraph.server.database import Database, StoreError

_AT_ONCE = 200
"""So many rows are deleted in one transaction."""

_PAGES_AT_ONCE = 500
"""So many pages (2 MB) are given back in one transaction."""

_INTERVAL = 3600.0
"""Age is looked at so often, in seconds."""

_RAN = "ended IS NOT NULL AND started IS NOT NULL"
_NEVER_RAN = "ended IS NOT NULL AND started IS NULL"

log = logging.getLogger(__name__)


class HistoryLimits(NamedTuple):
    """How many ended jobs of each owner are kept of each sort, and for how many days (None: for ever)."""

    jobs: int = 10_000
    days: float | None = None


class Retention:
    """Forgets, in a task of its own, what is over the limits. For one event loop, that of :meth:`start`."""

    def __init__(self, database: Database, limits: HistoryLimits) -> None:
        self._database = database
        self._limits = limits
        self._ended = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with a look at what is there."""
        self._task = asyncio.create_task(self._run(), name="retention")

    async def stop(self) -> None:
        """Leave the rest for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def note(self, ended: int) -> None:
        """So many more jobs have ended. Now and then, this has the limits looked at."""
        self._ended += ended
        if self._ended > self._limits.jobs // 100:
            self._ended = 0
            self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.sweep()
            except StoreError as error:
                log.warning("Old jobs could not be forgotten: %s", error)
            try:
                async with asyncio.timeout(_INTERVAL):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def sweep(self) -> None:
        """Forget what is over the limits now."""
        counted = "SELECT owner FROM jobs WHERE ended IS NOT NULL GROUP BY owner HAVING COUNT(*) > ?"
        for (owner,) in await self._database.read(counted, (self._limits.jobs,)):
            for sort in (_RAN, _NEVER_RAN):
                last = f"SELECT ended FROM jobs WHERE {sort} AND owner = ? ORDER BY ended DESC LIMIT 1 OFFSET ?"
                for found in await self._database.read(last, (owner, self._limits.jobs)):
                    await self.forget(f"{sort} AND owner = ? AND ended <= ?", owner, *found)
        for sort in (_RAN, _NEVER_RAN):
            if self._limits.days is not None:
                oldest = time.time() - self._limits.days * 86_400
                last = f"SELECT MAX(ended) FROM jobs WHERE {sort} AND finished < ?"
                ((ended,),) = await self._database.read(last, (oldest,))
                if ended is not None:
                    await self.forget(f"{sort} AND ended <= ?", ended)

    async def forget(self, condition: str, *parameters: object) -> None:
        """Delete the jobs that fulfil ``condition``, and their requests with them."""
        while True:
            victims = await self._database.read(
                f"SELECT seq FROM jobs WHERE {condition} ORDER BY ended LIMIT ?", (*parameters, _AT_ONCE)
            )
            if not victims:
                break
            marks = ",".join("?" * len(victims))
            await self._database.write((f"DELETE FROM jobs WHERE seq IN ({marks})", [seq for (seq,) in victims]))
        while await self._database.give_back(_PAGES_AT_ONCE):
            pass
