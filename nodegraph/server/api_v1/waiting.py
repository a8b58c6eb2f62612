"""Waiting for the end of a job. Whoever waits is woken by its last event, and costs nothing until then."""

import asyncio
from typing import Annotated

import msgspec
from aiohttp import web

from nodegraph.execution.events import JobFinished
from nodegraph.server.api_v1.audience import AUDIENCE
from nodegraph.server.events import Entry, JobRemoved
from nodegraph.server.state import STOPPING, STORE


class Wait(msgspec.Struct, frozen=True):
    """`timeout`: how many seconds to wait at most."""

    timeout: Annotated[float, msgspec.Meta(ge=0, le=600)] = 30.0


async def wait_for_end(app: web.Application, job: str, seconds: float) -> None:
    """Return once the job has ended, the server stops or ``seconds`` have passed; at once if there is no such job."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hear(entry: Entry) -> None:
        if isinstance(entry.event, JobFinished | JobRemoved) and not ended.done():
            ended.set_result(None)

    app[AUDIENCE].follow(job, hear)  # before looking, so that no end is missed
    try:
        row = await app[STORE].job(job)
        if row is not None and row.finished is None:
            await asyncio.wait((ended, app[STOPPING]), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        app[AUDIENCE].unfollow(job, hear)
