"""What all who use the server share: what was asked for and what became of it, and how it is asked."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import aiohttp

from service.watch import Times


class Use:
    """One hour of use of the server at ``url``: ``jobs`` jobs, and everything around them."""

    def __init__(self, url: str, session: aiohttp.ClientSession, *, jobs: int, seed: int) -> None:
        self.url = url
        self.session = session
        self.times = Times()
        self.seed = seed
        self.accepted: dict[str, str] = {}
        """The sort of each job."""
        self.cancelled: set[str] = set()
        """Those that somebody tried to cancel."""
        self.ended = 0
        self.pictures: list[str] = []
        """Where the latest pictures are to be seen."""
        self.counts: Counter[str] = Counter()
        """What else happened, and how often."""
        self.wrong: Counter[str] = Counter()
        """What should not have happened."""
        self.over = asyncio.Event()
        """Set when all jobs have ended, or the time is up."""
        self._left = jobs

    def random(self, name: str) -> Random:
        """Chance for one of those who use it, the same in each run."""
        return Random(f"{self.seed} {name}")

    def another(self) -> bool:
        """Whether another job is to be asked for; counts it."""
        if self._left <= 0 or self.over.is_set():
            return False
        self._left -= 1
        return True

    def has_ended(self, pictures: list[str]) -> None:
        """A job is over, and shows these pictures."""
        self.ended += 1
        self.pictures = [*self.pictures, *pictures][-50:]

    async def get(self, path: str, *, what: str = "", ok: tuple[int, ...] = (200,)) -> Any:
        """GET; JSON or bytes. ``what``: its time is taken under this name."""
        return await self.ask("GET", path, what=what, ok=ok)

    async def ask(self, method: str, path: str, *, what: str = "", ok: tuple[int, ...] = (200,), **more: Any) -> Any:
        """A request. An answer of another status than is ``ok`` is written down as wrong."""
        with self.times.of(what or f"{method} {path.partition('?')[0]}"):
            async with self.session.request(method, self.url + path, **more) as response:
                body = await (response.json() if response.content_type == "application/json" else response.read())
        if response.status not in ok:
            self.wrong[f"{method} {path.partition('?')[0]}: {response.status}"] += 1
        return body
