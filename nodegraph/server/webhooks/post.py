"""One call of a webhook: signed, to a public address, without redirects, within bounds. Knows no jobs."""

import hashlib
import hmac
import time
from collections.abc import Collection
from typing import NamedTuple

import aiohttp

from nodegraph import __version__
from nodegraph.server.webhooks.address import PublicResolver, WebhookAddressError, check_url

TIMEOUT = 15.0
"""Seconds that a call may take in all."""

_LONGEST_WAIT = 3600.0
"""Seconds that an answer may ask to wait at most."""


class Answer(NamedTuple):
    """What came of a call: the ``status`` of the answer, or why there is none. ``final``: another try is of no use."""

    status: int | None = None
    error: str | None = None
    final: bool = False
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """Whether it was delivered."""
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, body: bytes, at: int) -> str:
    """What the receiver compares: the time, and the HMAC-SHA256 of the time, a dot and the body under the secret."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Caller:
    """Makes calls. ``allowed``: hosts that may be called wherever they are. Close it."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=PublicResolver(allowed), use_dns_cache=False, force_close=True),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"nodegraph/{__version__}", "Content-Type": "application/json"},
        )

    async def close(self) -> None:
        """End what is under way."""
        await self._http.close()

    async def call(self, url: str, body: bytes, *, secret: str | None, headers: dict[str, str]) -> Answer:
        """Post ``body``. Of the answer only the status is read."""
        signed = {} if secret is None else {"X-Nodegraph-Signature": signature(secret, body, int(time.time()))}
        try:
            check_url(url, self._allowed)  # what is no name to be resolved is not seen by the resolver
            async with self._http.post(url, data=body, headers={**headers, **signed}, allow_redirects=False) as answer:
                return Answer(answer.status, retry_after=_seconds(answer.headers.get("Retry-After")))
        except WebhookAddressError as error:
            return Answer(error=str(error), final=True)
        except TimeoutError:
            return Answer(error=f"no answer within {TIMEOUT:.0f} seconds")
        except aiohttp.InvalidURL:  # whose text has the whole address in it
            return Answer(error="the address cannot be called", final=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(error=(str(error) or type(error).__name__)[:500])


def _seconds(header: str | None) -> float | None:
    return min(float(header), _LONGEST_WAIT) if header is not None and header.isdecimal() else None
