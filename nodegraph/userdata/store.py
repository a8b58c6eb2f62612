"""The user's files: workflows, settings, and whatever a page keeps for its user, in one folder.

A file is there whole or not at all, survives a power cut from the moment a call returns, and has an ETag that a change
may depend on. What a workflow was before it is overwritten, moved onto or deleted is kept in :class:`Versions` first.
Names given from outside are confined to the folder, and everything else of the user directory is outside it.

Knows nothing of HTTP. Blocks, and is to be used by one thread, which makes a check and the change after it one step.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from nodegraph.errors import MissingFileError
from nodegraph.userdata.conditions import ALWAYS, Condition, etag_of
from nodegraph.userdata.entries import Gone, UserEntry, UserFile
from nodegraph.userdata.folder import Folder, Limits, OccupiedError, changing, created, reading
from nodegraph.userdata.retention import DAY, Reason, Rule, Version
from nodegraph.userdata.versions import Former, Versions
from nodegraph.write import make_folder, sync_folder, write_file


class Content(NamedTuple):
    file: UserFile
    body: bytes


class Written(NamedTuple):
    file: UserFile
    created: bool
    """Whether there was no such file before."""


class UserFiles:
    """An open folder of files. Names are relative to it, with ``/`` between folders.

    All methods raise :class:`UnsafePathError` for a name that cannot be one. Those that change something raise
    ``SaveError`` or ``VersionsError`` if the disk does not take it; then, as with every other error, nothing has
    changed but for a folder that was deleted in part.
    """

    def __init__(
        self,
        root: Path,
        versions: Path,
        *,
        rule: Rule | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``root`` need not exist. ``versions`` is the database of former contents, which must lie outside it."""
        self._folder = Folder(root, limits or Limits())
        self._clock = clock
        self._versions = Versions(versions, rule or Rule())
        self._expire()

    def close(self) -> None:
        """Close the database of former contents."""
        self._versions.close()

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return self._folder.root.is_dir()

    def name(self, name: str) -> str:
        """A name as it is without links and dots in it: the one that listings and answers have."""
        return self._folder.name(self._folder.path(name))

    # ---- reading ----

    def read(self, name: str) -> Content:
        """A file and its content. Raises :class:`MissingFileError`."""
        path = self._folder.file(name)
        with reading(path), path.open("rb") as file:
            status = os.fstat(file.fileno())
            self._folder.check_size(status.st_size, name)
            body = file.read()
        return Content(self._described(path, status, body), body)

    def list(self, folder: str = "", *, recurse: bool = False) -> list[UserEntry]:
        """What is in a folder, and with ``recurse`` in the folders below it, sorted by path.

        The topmost folder is empty as long as it is not there. Raises :class:`MissingFileError` for others.
        """
        path = self._folder.path(folder)
        if not path.is_dir():
            if path == self._folder.root and not path.exists():
                return []
            raise MissingFileError(f"There is no folder {folder!r} among your files.")
        found: list[UserEntry] = []
        for inside in self._folder.walk(path, recurse=recurse):
            with suppress(MissingFileError):  # another program has just removed it
                found.append(self._folder.entry(inside))
        return sorted(found, key=lambda entry: entry.path)

    # ---- changing ----

    def write(
        self, name: str, body: bytes, condition: Condition = ALWAYS, *, reason: Reason = "overwritten"
    ) -> Written:
        """Make ``body`` the content of a file, and make the folders it needs.

        Raises :class:`ConditionError`, :class:`OccupiedError` for a folder of that name, :class:`TooLargeError`.
        """
        self._folder.check_size(len(body), name)
        path = self._folder.path(name)
        if path.exists() and not path.is_file():
            raise OccupiedError(f"{name!r} is a folder; a file of that name cannot be written.")
        self._folder.check_place(path, name)
        condition.check(self._folder.etag(path) if condition else None, name)
        new = not path.exists()
        if new:
            self._folder.make_room(path)
        else:
            self._keep([path], reason, unless=body)
        write_file(path, body, replace=True)
        with reading(path):
            return Written(self._described(path, path.stat(), body), new)

    def make_folder(self, name: str) -> UserEntry:
        """Make a folder and those above it; one that is there is left as it is. Raises :class:`OccupiedError`."""
        path = self._folder.path(name)
        self._folder.check_place(path, name)
        if path.exists() and not path.is_dir():
            raise OccupiedError(f"{name!r} is a file; a folder of that name cannot be made.")
        if not path.exists():
            self._folder.make_room(path)
        with changing(path, "made"):
            make_folder(path)
        return self._folder.entry(path)

    def move(self, name: str, to: str, *, overwrite: bool = False, condition: Condition = ALWAYS) -> UserEntry:
        """Give a file or a folder another name; its versions follow.

        With ``overwrite`` a file may take the place of another file. ``condition`` is about the file that is moved.
        Raises :class:`MissingFileError`, :class:`ConditionError`, and :class:`OccupiedError` if ``to`` is taken.
        """
        source, target = self._folder.existing(name), self._folder.path(to)
        condition.check(self._folder.etag(source) if condition else None, name)
        if source == target:
            return self._folder.entry(target)
        if target.is_relative_to(source):
            raise OccupiedError(f"{name!r} cannot be moved into itself, to {to!r}.")
        self._folder.check_place(target, to)
        if not target.exists():
            self._folder.make_room(target)
        elif not target.samefile(source):  # it is the same where only the case of letters differs, on some systems
            if target.is_dir() or source.is_dir():
                raise OccupiedError(f"There is {to!r} already: a folder neither replaces anything nor gives way.")
            if not overwrite:
                raise OccupiedError(f"There is a file {to!r} already. Choose another name, or allow overwriting.")
            self._keep([target], "moved")
        with self._versions.moving(self._folder.name(source), self._folder.name(target)), changing(source, "moved"):
            make_folder(target.parent)
            os.replace(source, target)
            sync_folder(target.parent)
            sync_folder(source.parent)
        return self._folder.entry(target)

    def delete(self, name: str, condition: Condition = ALWAYS, *, recurse: bool = False) -> None:
        """Delete a file, or a folder: an empty one, or with ``recurse`` any.

        Raises :class:`MissingFileError`, :class:`ConditionError`, and :class:`OccupiedError` for a folder with
        something in it.
        """
        path = self._folder.existing(name)
        condition.check(self._folder.etag(path) if condition else None, name)
        if path.is_dir():
            if not recurse and any(True for _ in self._folder.walk(path, recurse=False)):
                raise OccupiedError(f"The folder {name!r} is not empty. Delete what is in it, or ask for all of it.")
            self._keep(self._folder.walk(path, recurse=True), "deleted")
        else:
            self._keep([path], "deleted")
        with changing(path, "deleted"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            sync_folder(path.parent)

    # ---- versions ----

    def versions(self, name: str) -> Sequence[Version]:
        """The former contents of a file that are kept, the latest first; the file may be gone.

        Raises :class:`MissingFileError` if there neither is nor was such a file.
        """
        path = self._folder.path(name)
        found = self._versions.of(self._folder.name(path))
        if not found and not path.is_file():
            raise MissingFileError(f"There is no file {name!r}, nor is a former version of it kept.")
        return found[::-1]

    def read_version(self, name: str, version: int) -> bytes:
        """A former content of a file. Raises :class:`MissingFileError`."""
        return self._versions.read(self._folder.name(self._folder.path(name)), version)

    def restore(self, name: str, version: int, condition: Condition = ALWAYS) -> Written:
        """Make a former content the present one; what it replaces is kept as a version. Raises as :meth:`write`."""
        return self.write(name, self.read_version(name, version), condition, reason="restored")

    def deleted(self) -> Sequence[Gone]:
        """The files that are gone and can be restored, the latest first."""
        return [file for file in self._versions.latest() if not (self._folder.root / file.path).is_file()]

    def _keep(self, paths: Iterable[Path], reason: Reason, *, unless: bytes | None = None) -> None:
        """Keep the contents of those files that have versions, but not one that equals ``unless``."""
        formers = (former for path in paths if (former := self._former(path, reason)) is not None)
        now = self._clock()
        self._versions.keep((former for former in formers if former.content != unless), reason, now)
        if now - self._expired > DAY:
            self._expire()

    def _former(self, path: Path, reason: Reason) -> Former | None:
        """The content of a file that is about to go; None if it is not kept."""
        name = self._folder.name(path)
        if not path.is_file() or not (_is_workflow(name) or reason == "restored"):
            return None
        with reading(path):
            status = path.stat()
            if status.st_size > self._folder.limits.file_bytes:  # it was put there by hand
                return None
            return Former(name, path.read_bytes(), status.st_mtime)

    def _expire(self) -> None:
        self._expired = self._clock()
        self._versions.expire([file.path for file in self.deleted()], self._expired)

    def _described(self, path: Path, status: os.stat_result, body: bytes) -> UserFile:
        return UserFile(self._folder.name(path), status.st_size, status.st_mtime, created(status), etag_of(body))


def _is_workflow(name: str) -> bool:
    """Whether former contents are kept of a file."""
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] == "workflows" and parts[-1].lower().endswith(".json")
