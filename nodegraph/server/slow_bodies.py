"""Bodies of requests that do not come: they are watched, whoever reads them, and end their connection.

A client that promises a body and sends none of it, or a byte now and then, would hold its connection and what reads it
for ever. To the reader it is as if the client had left.
"""

import asyncio
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger(__name__)

PAUSE = 30.0
"""Seconds for which nothing of a body may come."""

WHOLE = 600.0
"""Seconds in which all of it must have come."""


@web.middleware
async def end_slow_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Watch the body until it is there, or nobody waits for it any longer."""
    if request.content.is_eof():
        return await handler(request)
    watch = asyncio.create_task(_watch(request))
    try:
        return await handler(request)
    finally:
        watch.cancel()


async def _watch(request: web.Request) -> None:
    loop = asyncio.get_running_loop()
    body, end = request.content, loop.time() + WHOLE
    while not body.is_eof():
        before = body.total_bytes
        await asyncio.sleep(min(PAUSE, end - loop.time()))
        if not body.is_eof() and (body.total_bytes == before or loop.time() >= end):
            log.info("The body of %s %s does not come; its connection is ended.", request.method, request.path)
            if request.transport is not None:
                request.transport.abort()
            return
