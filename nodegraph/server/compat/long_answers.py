"""Answers that may be larger than memory should hold, such as the whole history: made and sent a piece at a time.

A client that reads slowly is waited for with one piece in hand.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from aiohttp import web

from nodegraph.server.database import StoreError
from nodegraph.server.job_rows import JobRows
from nodegraph.server.records import AskedJob

AT_ONCE = 32
"""So many jobs are read and encoded together."""

AT_MOST = 1024 * 1024
"""An answer of so many bytes is sent whole, with its length; what is longer, in pieces."""


async def listed(rows: JobRows, seqs: Sequence[int], encode: Callable[[AskedJob], bytes]) -> AsyncIterator[bytes]:
    """The jobs of these sequence numbers in JSON, with commas between them; those that encode to nothing are left out.

    Raises :class:`StoreError`.
    """
    comma = b""
    for first in range(0, len(seqs), AT_ONCE):
        found = await rows.of(seqs[first : first + AT_ONCE])
        encoded = await asyncio.to_thread(_joined, found, encode)
        if encoded:
            yield comma + encoded
            comma = b","


def _joined(jobs: Sequence[AskedJob], encode: Callable[[AskedJob], bytes]) -> bytes:
    return b",".join(filter(None, map(encode, jobs)))


async def answer(request: web.Request, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
    """An answer whose body is these pieces of JSON.

    Raises :class:`StoreError` where nothing was sent yet. Later, the connection is broken off, so that nobody takes
    what came for the whole.
    """
    begun = bytearray()
    async for piece in pieces:
        begun += piece
        if len(begun) > AT_MOST:
            break
    else:
        return web.Response(body=bytes(begun), content_type="application/json")
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    if request.method != "HEAD":
        with suppress(StoreError, ConnectionError):
            await response.write(begun)
            async for piece in pieces:
                await response.write(piece)
            await response.write_eof()
            return response
        if request.transport is not None:
            request.transport.abort()
    return response
