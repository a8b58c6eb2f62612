"""Writing a file so that it is there whole or not at all, and saying clearly why it could not be written.

Knows nothing of names, pictures or folders' meanings. Imports no torch.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nodegraph.errors import UserError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_PARTIAL = re.compile(r"\.[0-9a-f]{16}\.partial")
_NO_FOLDER_SYNC = {errno.EINVAL, errno.EBADF, errno.EOPNOTSUPP, errno.ENOSYS}
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class SaveError(UserError):
    """A file could not be written. Nothing of it is left behind."""


def write_file(path: Path, content: bytes, *, replace: bool, durable: bool = True, private: bool = False) -> None:
    """Write ``content`` to ``path``, making the folders it needs.

    It is written beside its place under another name (see :func:`is_partial`) and then moved there, so that nobody ever
    sees a part of it. ``replace``: an existing file gives way; otherwise it stays and ``FileExistsError`` is raised.
    ``durable``: it survives a power cut from the moment this returns. ``private``: only its owner can read it, from the
    first byte on. Raises :class:`SaveError` for a full disk, a
    folder that may not be written to, or a name the file system refuses.
    """
    partial = path.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with _explaining(path, len(content)):
            make_folder(path.parent, durable=durable)
            with open(partial, "xb", opener=_open_private if private else None) as file:
                file.write(content)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            if replace:
                partial.replace(path)
            else:
                move_to_new(partial, path)
            if durable:
                sync_folder(path.parent)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_temporary(path: Path, content: bytes) -> None:
    """Write ``content`` to a new file in a folder that is emptied at every start, whose name nobody knows before.

    One step instead of :func:`write_file`'s four, which cost more than a small picture does: a kill may leave a part.
    Raises ``FileExistsError`` if the name is taken, and :class:`SaveError` as :func:`write_file` does.
    """
    with _explaining(path, len(content)):
        make_folder(path.parent, durable=False)
        with path.open("xb") as file:
            try:
                file.write(content)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise


def make_folder(path: Path, *, durable: bool = True) -> None:
    """Make a folder and those above it, if they are missing."""
    if path.is_dir():
        return
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    if durable:
        for folder in missing:
            sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut: syncing a file keeps its content, not its name.

    Where a folder cannot be opened or synced (Windows, some network drives) the names are the file system's affair.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def is_partial(name: str) -> bool:
    """Whether :func:`write_file` gives such names to what it has not finished; a kill may leave one behind."""
    return _PARTIAL.fullmatch(name) is not None


def move_to_new(partial: Path, path: Path) -> None:
    """Give a written file its name unless the name is taken: a rename would replace, a hard link refuses to."""
    try:
        os.link(partial, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        path.open("xb").close()  # takes the name, on file systems without hard links
        partial.replace(path)


@contextmanager
def _explaining(path: Path, size: int) -> Iterator[None]:
    """What keeps a file of ``size`` bytes from being written, told; that its name is taken is for the caller."""
    try:
        yield
    except FileExistsError as error:
        if path.parent.is_dir():
            raise
        raise _explained(error, path, size) from error
    except OSError as error:
        raise _explained(error, path, size) from error


def _explained(error: OSError, path: Path, size: int) -> SaveError:
    folder = path.parent
    if error.errno in _FULL:
        return SaveError(
            f"The disk is full: {path.name} ({size} bytes) could not be saved in {folder}, where {_free(folder)} bytes "
            "are free. Nothing was written; make room there, or choose another folder."
        )
    if error.errno in _REFUSED:
        return SaveError(
            f"{folder} may not be written to ({error.strerror}), so {path.name} was not saved. Give this user the "
            "right to write there, or choose another folder."
        )
    return SaveError(f"{path.name} could not be saved in {folder}: {error.strerror or error}. Nothing was written.")


def _free(folder: Path) -> int | str:
    with suppress(OSError):
        return shutil.disk_usage(folder).free
    return "an unknown number of"
