"""Whose folders are where: the one place that knows. The server's own person has those of the settings; everybody else
has four of their own below the server's user folder, which no name from outside reaches.

Knows no tokens and no jobs: an owner is a word, see :class:`nodegraph.access.identity.Identity`. Imports no torch.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from nodegraph.errors import MissingFileError
from nodegraph.media.folders import DataFolders
from nodegraph.settings import Settings

_FOLDER = "owners"
_ID = re.compile(r"[0-9a-f]{12}")
"""What the id of a token looks like: a name of a folder that means the same on every system."""


class OwnerFolders:
    """From an owner to their folders, which need not exist: whoever writes there makes them."""

    def __init__(self, own: DataFolders) -> None:
        """``own`` are those of the server's own person, whose owner is ``""``."""
        self.own = own
        self.others = own.user / _FOLDER
        """Where everybody else's are."""

    @classmethod
    def of_settings(cls, settings: Settings) -> "OwnerFolders":
        """Those of a server with these settings."""
        return cls(DataFolders.of(settings))

    def of(self, owner: str) -> DataFolders:
        """The folders of an owner. No two owners have a folder in common, nor one that lies in another's.

        Raises :class:`MissingFileError` for a word that stands for nobody.
        """
        if not owner:
            return self.own
        base = self._base(owner)
        return DataFolders(base / "input", base / "output", base / "temp", base / "user")

    def known(self) -> Iterator[str]:
        """Those besides the server's own person who have folders, whether or not they have a token still."""
        if self.others.is_dir():
            yield from sorted(path.name for path in self.others.iterdir() if _ID.fullmatch(path.name))

    def delete(self, owner: str) -> bool:
        """Delete all files of somebody who is not the server's own person. Returns whether there were any."""
        base = self._base(owner)
        if not base.is_dir():
            return False
        shutil.rmtree(base)
        return True

    def _base(self, owner: str) -> Path:
        if not _ID.fullmatch(owner):
            raise MissingFileError(f"{owner!r} is nobody's id here.")
        return self.others / owner
