"""The data folders at start and exit: made if missing, and the temporary one emptied."""

import logging
import shutil
from pathlib import Path

from nodegraph.errors import UserError
from nodegraph.media.folders import DataFolders
from nodegraph.settings import Settings

log = logging.getLogger(__name__)

_MARK = ".nodegraph-temp"


class FolderError(UserError):
    """A folder of the settings cannot be used."""


def data_folders(settings: Settings) -> DataFolders:
    """The folders that ``settings`` name. Raises :class:`FolderError` if one cannot be made."""
    folders = DataFolders.of(settings)
    for path in (folders.input, folders.output, folders.temp, folders.user):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FolderError(f"The folder {path} cannot be made: {error.strerror}. Choose another one.") from error
    return folders


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
