"""Waiting for the end of a job. Whoever waits is woken by its last event, and costs nothing until then."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
from aiohttp import web

from nodegraph.access.identity import Identity
from nodegraph.execution.events import JobFinished
from nodegraph.server.api_v1.audience import AUDIENCE
from nodegraph.server.events import Entry, JobRemoved, ServerEvent
from nodegraph.server.permitted import find_job
from nodegraph.server.state import STOPPING, STORE


class Wait(msgspec.Struct, frozen=True):
    """`timeout`: how many seconds to wait at most."""

    timeout: Annotated[float, msgspec.Meta(ge=0, le=600)] = 30.0


def is_end(event: ServerEvent) -> bool:
    """Whether this is the last event of a job."""
    return isinstance(event, JobFinished | JobRemoved)


@contextmanager
def end_of(app: web.Application, job: str) -> Iterator[asyncio.Future[None]]:
    """Done when the end of the job is told. Look at the job after this, so that no end is missed."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hear(entry: Entry) -> None:
        if is_end(entry.event) and not ended.done():
            ended.set_result(None)

    app[AUDIENCE].follow(job, hear)
    try:
        yield ended
    finally:
        app[AUDIENCE].unfollow(job, hear)


async def wait_for_end(app: web.Application, job: str, who: Identity, seconds: float) -> None:
    """Return once the job has ended, the server stops or ``seconds`` have passed.

    Raises ``MissingFileError`` if there is no such job, or not for them.
    """
    with end_of(app, job) as ended:
        row = await find_job(app[STORE], job, who)
        if row.finished is None:
            await asyncio.wait((ended, app[STOPPING]), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
