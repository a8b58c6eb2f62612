"""A file that is on its way: the part that has arrived, beside a note of what it is a part of.

Both lie in ``.downloads`` below the folder the file is meant for, under names that no list of models shows.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from nodegraph.models.errors import ModelError, unwritable

FOLDER = ".downloads"


class Note(msgspec.Struct):
    """What the other end said of the file: enough to ask for the rest of the same one, and to tell people of it.

    ``validator`` is an ETag or a date for ``If-Range``; empty if the server gave none that is certain.
    """

    page: str
    name: str = ""
    size: int | None = None
    validator: str = ""
    sha256: str = ""


class Partial:
    """One unfinished file, for one address."""

    def __init__(self, folder: Path, url: str, page: str) -> None:
        stem = hashlib.blake2b(url.encode(), digest_size=8).hexdigest()
        self.path = folder / FOLDER / f"{stem}.partial"
        self._note = self.path.with_suffix(".json")
        self._lock = self.path.with_suffix(".lock")
        self._page = page

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else fetches this file meanwhile. Raises ModelError if somebody does, or nothing can be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock, timeout=0)
            lock.acquire()
        except Timeout:
            raise ModelError(f"{self._page} is being fetched by another nodegraph already.") from None
        except OSError as error:
            raise unwritable(error, self.path.parent) from None
        try:
            yield
        finally:
            lock.release()
            with suppress(OSError):
                if not self.path.exists():
                    self._lock.unlink(missing_ok=True)
                    self.path.parent.rmdir()  # only if nothing else is on its way

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def read_note(self) -> Note:
        """What is known of the file; nothing if that was lost."""
        try:
            return msgspec.json.decode(self._note.read_bytes(), type=Note)
        except (OSError, msgspec.DecodeError):
            return Note(self._page)

    def write_note(self, note: Note) -> None:
        """Keep what is known. It is asked for again should a kill leave half of it."""
        self._note.write_bytes(msgspec.json.encode(note))

    def forget(self) -> None:
        """Remove what arrived, and the note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def unfinished(folder: Path) -> Iterator[tuple[Note, int]]:
    """The files that were on their way into ``folder`` and did not arrive, each with the bytes that did."""
    for path in sorted((folder / FOLDER).glob("*.json")):
        with suppress(OSError, msgspec.DecodeError):
            yield msgspec.json.decode(path.read_bytes(), type=Note), path.with_suffix(".partial").stat().st_size
