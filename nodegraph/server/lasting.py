"""Connections that last, WebSockets and event streams: who holds each, how many one may, and their end with the right
to them.

All are looked at together every few seconds. Whoever's token was revoked, by whichever process, or who signed out,
hears nothing more soon after.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

from aiohttp import web

from nodegraph.access.identity import Identity
from nodegraph.access.tokens import TokenError
from nodegraph.server.gatekeeper import Gatekeeper, TooManyRequestsError, identity_of

log = logging.getLogger(__name__)

INTERVAL = 2.0
"""Seconds between two looks."""

_RETRY_AFTER = 5.0


@dataclass(frozen=True, eq=False, slots=True)
class _Held:
    request: web.Request
    identity: Identity
    end: Callable[[], Awaitable[None]]


class Lasting:
    """For one event loop. ``limit``: as many at once for each token that is no admin's."""

    def __init__(self, gatekeeper: Gatekeeper, limit: int) -> None:
        self._gatekeeper = gatekeeper
        self._limit = limit
        self._held: set[_Held] = set()
        self._counts: Counter[str] = Counter()

    @contextmanager
    def held(self, request: web.Request, end: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """Within the block the connection of ``request`` lasts, unless ``end`` is called.

        Raises:
            TooManyRequestsError: whoever sent it holds too many already.
        """
        one = _Held(request, identity_of(request), end)
        owner = one.identity.owner
        if owner and self._counts[owner] >= self._limit:
            raise TooManyRequestsError(
                f"The token {one.identity.name!r} has {self._limit} WebSockets and event streams open. Close some, or "
                "start the server with a higher --sockets-per-token.",
                _RETRY_AFTER,
            )
        self._held.add(one)
        self._counts[owner] += 1
        try:
            yield
        finally:
            self._held.discard(one)
            self._counts[owner] -= 1
            if not self._counts[owner]:
                del self._counts[owner]

    async def end_those_without_right(self) -> None:
        """Look at all of them once."""
        ended = [one.end() for one in self._held if not self._gatekeeper.is_still(one.identity, one.request)]
        await asyncio.gather(*ended)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look at all of them again and again until the block ends."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(INTERVAL)
                try:
                    await self.end_those_without_right()
                except TokenError as error:
                    log.error("%s", error)

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


LASTING = web.AppKey("lasting", Lasting)
