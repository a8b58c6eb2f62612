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
    """For one event loop. ``limit``: as many at once for each token that is no admin's; ``per_address``: for each
    address, whoever asks."""

    def __init__(self, gatekeeper: Gatekeeper, limit: int, *, per_address: int) -> None:
        self._gatekeeper = gatekeeper
        self._limit = limit
        self._per_address = per_address
        self._addresses: Counter[str] = Counter()
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
        address = request.remote or ""
        if self._addresses[address] >= self._per_address:
            raise TooManyRequestsError(
                f"{self._per_address} WebSockets and event streams are open from your address. Close some, or start "
                "the server with a higher --connections-per-address.",
                _RETRY_AFTER,
            )
        self._held.add(one)
        with _counted(self._counts, owner), _counted(self._addresses, address):
            try:
                yield
            finally:
                self._held.discard(one)

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


@contextmanager
def _counted(counts: Counter[str], key: str) -> Iterator[None]:
    """One more of ``key`` within the block. What is not counted any longer takes no room."""
    counts[key] += 1
    try:
        yield
    finally:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]


LASTING = web.AppKey("lasting", Lasting)
