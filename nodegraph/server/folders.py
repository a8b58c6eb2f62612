"""The data folders at start and exit: made if missing, kept apart, and cleared of what a kill left behind."""

import logging
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nodegraph.errors import UserError
from nodegraph.media.folders import DataFolders
from nodegraph.media.owners import OwnerFolders
from nodegraph.settings import Settings
from nodegraph.write import is_partial

log = logging.getLogger(__name__)

_MARK = ".nodegraph-temp"
_WRITING = 2.0
"""Seconds; writing a file takes milliseconds."""


class FolderError(UserError):
    """A folder of the settings cannot be used."""


def data_folders(settings: Settings) -> OwnerFolders:
    """The folders that ``settings`` name, and those of other owners below them.

    Raises :class:`FolderError` if one cannot be made, or lies where its files would be given away or deleted.
    """
    owners = OwnerFolders.of_settings(settings)
    folders = owners.own
    for path in (folders.input, folders.output, folders.temp, folders.user):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FolderError(f"The folder {path} cannot be made: {error.strerror}. Choose another one.") from error
    _keep_apart(folders)
    _keep_out(folders, owners.others)
    return owners


def sweep_partials(folders: Iterable[Path]) -> None:
    """Delete what was being written when a former server was killed. What is younger may be another program's work."""
    older_than = time.time() - _WRITING
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in filter(is_partial, names):
                path = Path(folder, name)
                with suppress(OSError):
                    if path.lstat().st_mtime < older_than:
                        path.unlink()


def _keep_apart(folders: DataFolders) -> None:
    """What lies in input, output and temp can be fetched by whoever may talk to the server, and temp is emptied."""
    real = {kind: Path(os.path.realpath(folders.folder(kind))) for kind in ("input", "output", "temp", "user")}
    for outer, inner in (
        ("input", "user"),
        ("output", "user"),
        ("temp", "user"),
        ("temp", "input"),
        ("temp", "output"),
    ):
        if real[inner].is_relative_to(real[outer]):
            why = "the files of that one could be fetched" if outer != "temp" else "that one is emptied at every start"
            raise FolderError(
                f"The {inner} folder {real[inner]} lies in the {outer} folder {real[outer]}, but {why}. Choose another "
                f"with --{inner}-dir or --{outer}-dir."
            )


def _keep_out(folders: DataFolders, others: Path) -> None:
    """Where other owners have theirs, the server's own person has nothing: it would be in a folder of somebody else."""
    for kind in ("input", "output", "temp"):
        if Path(os.path.realpath(folders.folder(kind))).is_relative_to(os.path.realpath(others)):
            raise FolderError(
                f"The {kind} folder {folders.folder(kind)} lies in {others}, where the files of access tokens are. "
                f"Choose another with --{kind}-dir."
            )


def empty_temps(folders: OwnerFolders) -> None:
    """Delete what is in everybody's temporary folder. Raises as :func:`empty_temp` does."""
    empty_temp(folders.own.temp)
    for owner in folders.known():
        shutil.rmtree(folders.of(owner).temp, ignore_errors=True)


def empty_temp(folder: Path) -> None:
    """Delete what is in the temporary folder, if it is ours.

    A folder that held files before nodegraph first used it may be anything, someone's home even: it is left alone.
    Raises :class:`FolderError` if it may not be written to.
    """
    entries = list(folder.iterdir())
    if entries and not (folder / _MARK).is_file():
        log.warning("The temporary folder %s held files before nodegraph used it; they are not deleted.", folder)
        return
    try:
        (folder / _MARK).touch()
    except OSError as error:
        raise FolderError(
            f"The temporary folder {folder} cannot be written to: {error.strerror}. Choose another with --temp-dir."
        ) from error
    for entry in entries:
        if entry.name == _MARK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
