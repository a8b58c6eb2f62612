"""Giving a file its name among the models: whole or not at all, and never in place of another.

Knows no net, and not what is in the files.
"""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nodegraph.errors import MissingFileError
from nodegraph.models.errors import ModelError, NoRoomError, OccupiedNameError, unwritable
from nodegraph.models.partial import FOLDER
from nodegraph.models.sizes import readable
from nodegraph.models.transfer import Show
from nodegraph.weights.folders import ModelFolders
from nodegraph.write import make_folder, move_to_new, sync_folder

_CHUNK = 1 << 24
_FULL = {errno.ENOSPC, errno.EDQUOT}


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def same(one: Path, other: Path) -> bool:
    """Whether two files have the same content."""
    if one.samefile(other):
        return True
    return one.stat().st_size == other.stat().st_size and digest_of(one) == digest_of(other)


def folder_of(folders: ModelFolders, kind: str) -> Path:
    """Where new files of a kind belong."""
    return folders.paths(kind)[0]


def present(folders: ModelFolders, kind: str, name: str) -> Path | None:
    """The file that a graph means by that name, wherever it lies."""
    try:
        return folders.find(kind, name)
    except MissingFileError:
        return None


def occupied(path: Path) -> OccupiedNameError:
    """The name is taken by something else."""
    return OccupiedNameError(
        f"{path} is there already and is another file. It was left as it is: choose another name with --name."
    )


def move(part: Path, place: Path) -> None:
    """Give a whole file, which lies anywhere, its name. Raises FileExistsError if the name is taken, ModelError."""
    with _explaining(place, part.stat().st_size):
        make_folder(place.parent)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        try:
            move_to_new(part, place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy(part, place, lambda done, total: None)  # to a folder that is a link to another disk
        part.unlink(missing_ok=True)
        sync_folder(place.parent)


def copy(source: Path, place: Path, show: Show) -> None:
    """Copy a file to its name. Raises FileExistsError if the name is taken, ModelError, NoRoomError."""
    size = source.stat().st_size
    with _explaining(place, size):
        make_folder(place.parent)
        partial = place.parent / FOLDER / f"{secrets.token_hex(8)}.partial"
        partial.parent.mkdir(exist_ok=True)
        try:
            if size > shutil.disk_usage(partial.parent).free:
                raise OSError(errno.ENOSPC, "no room")
            with source.open("rb") as wanted, partial.open("xb") as file:
                done = 0
                show(done, size)
                while chunk := wanted.read(_CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    show(done, size)
                file.flush()
                os.fsync(file.fileno())
            move_to_new(partial, place)
            sync_folder(place.parent)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
                partial.parent.rmdir()


def link(source: Path, place: Path) -> None:
    """Have the name stand for a file that stays where it is. Raises FileExistsError if it is taken, ModelError."""
    try:
        make_folder(place.parent)
        place.symlink_to(source)
    except FileExistsError:
        raise
    except OSError as error:
        raise ModelError(f"No link can be made at {place}: {error.strerror or error}. Leave out --link.") from error


@contextmanager
def _explaining(place: Path, size: int) -> Iterator[None]:
    """What keeps a file of ``size`` bytes from its place, told; that its name is taken is for the caller."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _FULL:
            raise unwritable(error, place.parent) from error
        raise NoRoomError(
            f"The disk of {place.parent} has no room for the {readable(size)} of {place.name}. Make room there, or "
            "choose a folder on another disk with --models-dir."
        ) from error
