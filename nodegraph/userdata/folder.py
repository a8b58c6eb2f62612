"""The folder of the user's files as it lies on the disk: which names there may be, what is there, how much fits.

Changes nothing but what it clears away when it is opened, and knows nothing of versions or conditions.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from nodegraph.errors import MissingFileError, UnsafePathError, UserError
from nodegraph.paths import confined, is_link, is_usable_name
from nodegraph.userdata.entries import UserEntry
from nodegraph.write import SaveError, is_partial


class OccupiedError(UserError):
    """Something is in the way: a file, a folder, or what a folder holds."""


class TooLargeError(UserError):
    """A file is larger, or there are more files, than the user's folder takes."""


class ReadError(UserError):
    """The disk does not give, or the system does not allow, what was to be read."""


class Limits(msgspec.Struct, frozen=True):
    """How much the folder takes: bytes of a file; files and folders in all."""

    file_bytes: int = 50 * 1024 * 1024
    entries: int = 20_000


class Folder:
    """Paths in it are real ones: absolute, without symbolic links."""

    def __init__(self, root: Path, limits: Limits) -> None:
        """``root`` need not exist. What a killed server was still writing in it is removed."""
        self.root = Path(os.path.realpath(root))
        self.limits = limits
        self._count = 0
        for folder, folders, files in os.walk(self.root):
            self._count += len(folders) + len(files)
            for name in filter(is_partial, files):
                with changing(Path(folder, name), "deleted"):
                    Path(folder, name).unlink()

    # ---- names ----

    def path(self, name: str) -> Path:
        """The path that a name from outside stands for; it need not exist. Raises :class:`UnsafePathError`."""
        path = confined(self.root, name)
        if not path.is_relative_to(self.root):
            raise UnsafePathError(f"{self.root} has become a link to another folder; start the server again.")
        if any(map(is_partial, path.relative_to(self.root).parts)):
            raise UnsafePathError(f"{name!r} cannot be used: names of this kind are given to files being written.")
        return path

    def existing(self, name: str) -> Path:
        """The path of a file or folder that is there, but is not the topmost folder."""
        path = self.path(name)
        if path == self.root:
            raise UnsafePathError("The folder of your files itself can be neither moved nor deleted.")
        if not path.exists():
            raise MissingFileError(f"There is nothing named {name!r} among your files.")
        return path

    def file(self, name: str) -> Path:
        """The path of a file that is there."""
        path = self.path(name)
        if not path.is_file():
            raise MissingFileError(f"There is no file {name!r} among your files.")
        return path

    def name(self, path: Path) -> str:
        """The name of a path in the folder; that of the folder itself is empty."""
        return "" if path == self.root else path.relative_to(self.root).as_posix()

    # ---- what is there ----

    def entry(self, path: Path, status: os.stat_result | None = None) -> UserEntry:
        """What is at a path."""
        with reading(path):
            status = status or path.stat()
            is_folder = path.is_dir()
        return UserEntry(
            path=self.name(path),
            kind="folder" if is_folder else "file",
            size=0 if is_folder else status.st_size,
            modified=status.st_mtime,
            created=created(status),
        )

    def walk(self, folder: Path, *, recurse: bool) -> Iterator[Path]:
        """The files and folders in a folder, in no order. Links to folders are not followed, links out left out."""
        with reading(folder), os.scandir(folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                if not is_usable_name(entry.name) or is_partial(entry.name):
                    continue
                link = is_link(path)
                if link and not Path(os.path.realpath(path)).is_relative_to(self.root):
                    continue
                if not (os.path.isfile(path) or os.path.isdir(path)):  # entry.is_file() raises for a looping link
                    continue
                yield path
                if recurse and not link and entry.is_dir():
                    yield from self.walk(path, recurse=True)

    def etag(self, path: Path) -> str | None:
        """The ETag of the content at a path, see :func:`etag_of`; None if no file is there."""
        if not path.is_file():
            return None
        with reading(path), path.open("rb") as file:
            return f'"{hashlib.file_digest(file, "sha256").hexdigest()}"'

    # ---- what may be made ----

    def check_size(self, size: int, name: str) -> None:
        """Raise :class:`TooLargeError` if a file is too large to be taken, or given."""
        if size > self.limits.file_bytes:
            raise TooLargeError(f"{name!r} has {size} bytes; at most {self.limits.file_bytes} are taken.")

    def check_place(self, path: Path, name: str) -> None:
        """Raise :class:`OccupiedError` if there is a file where a path needs a folder."""
        for parent in path.parents:
            if parent == self.root:
                break
            if parent.exists() and not parent.is_dir():
                raise OccupiedError(f"{name!r} cannot be made: {self.name(parent)!r} is a file, not a folder.")

    def make_room(self, path: Path) -> None:
        """Count what is about to be made at ``path``. Raises :class:`TooLargeError` if it is too much.

        The count does not go down; when it is used up, what is there is counted anew.
        """
        new = 1 + sum(not parent.exists() for parent in path.parents if parent.is_relative_to(self.root))
        if self._count + new > self.limits.entries:
            self._count = sum(1 for _ in self.walk(self.root, recurse=True)) if self.root.is_dir() else 0
        if self._count + new > self.limits.entries:
            raise TooLargeError(
                f"There are {self._count} files and folders, and at most {self.limits.entries} are taken. "
                "Delete some that are no longer needed."
            )
        self._count += new


def created(status: os.stat_result) -> float:
    """When a file was made, where the system knows; else when anything about it last changed."""
    made: float = getattr(status, "st_birthtime", status.st_ctime)
    return made


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What the disk says when it cannot be read, as an error for the user."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFileError(f"{path.name!r} has just been removed by another program.") from error
    except OSError as error:
        raise ReadError(f"{path} could not be read: {error.strerror or error}.") from error


@contextmanager
def changing(path: Path, what: str) -> Iterator[None]:
    """The same for changes."""
    try:
        yield
    except OSError as error:
        raise SaveError(f"{path} could not be {what}: {error.strerror or error}.") from error
