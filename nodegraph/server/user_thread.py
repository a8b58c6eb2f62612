"""The users' files in a running server: for each user one thread does all work on them, one thing after the other.

So no request waits on the event loop for a disk, nor for what another user does, and what one request checks no other
changes before it has acted.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from nodegraph.media.owners import OwnerFolders
from nodegraph.userdata.store import UserFiles

T = TypeVar("T")

USER = "default"
"""What everybody is called to themselves, by the name the field has for the one user of a server."""


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


class UserThreads:
    """Those of all owners, each opened when its owner first comes. For one event loop."""

    def __init__(self, folders: OwnerFolders) -> None:
        self._folders = folders
        self._open: dict[str, asyncio.Task[UserThread]] = {}

    async def run(self, owner: str, work: Callable[[UserFiles], T]) -> T:
        """What ``work`` on the files of an owner gives, or raises. Raises as :meth:`open` does."""
        return await (await self.open(owner)).run(work)

    async def open(self, owner: str) -> UserThread:
        """The files of an owner. Raises if they cannot be opened; whoever comes next tries again."""
        if owner not in self._open:
            self._open[owner] = asyncio.create_task(UserThread.open(self._folders.of(owner).user))
        opening = self._open[owner]
        try:
            return await asyncio.shield(opening)  # should whoever asked leave, others wait for it
        except Exception:
            if self._open.get(owner) is opening:
                del self._open[owner]
            raise

    async def close(self) -> None:
        """Finish what was begun and close all."""
        for opened in await asyncio.gather(*self._open.values(), return_exceptions=True):
            if isinstance(opened, UserThread):
                await opened.close()
