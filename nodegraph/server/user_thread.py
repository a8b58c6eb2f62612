"""The user's files in a running server: one thread does all work on them, one thing after the other.

So no request waits on the event loop for a disk, and what one request checks no other changes before it has acted.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from nodegraph.userdata.store import UserFiles

T = TypeVar("T")

USER = "default"
"""The one user there is, by the name the field has for it."""


class UserThread:
    """Opened with :meth:`open`. Work that was begun is finished, whether or not someone still waits for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "user-files")

    _files: UserFiles

    @classmethod
    async def open(cls, user_dir: Path) -> "UserThread":
        """The user's files below ``user_dir``, whose other contents are the server's own."""
        thread = cls()
        loop = asyncio.get_running_loop()
        thread._files = await loop.run_in_executor(
            thread._thread, lambda: UserFiles(user_dir / USER, user_dir / "versions.sqlite")
        )
        return thread

    async def run(self, work: Callable[[UserFiles], T]) -> T:
        """What ``work`` gives, or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._files)

    async def close(self) -> None:
        """Finish what was begun and close the files."""
        await self.run(UserFiles.close)
        self._thread.shutdown()
