"""Names of files that a job has saved or was about to save, so that running it again replaces them and adds no others.

A :class:`Reservations` is the journal of one job: a line is on disk before the file it names has that name. Whoever
runs the job keeps it; it is deleted by whoever knows that the job has ended. A name is only taken again for a file
that still holds what the journal says, so that what somebody else put there meanwhile stays. Imports no torch.
"""

import os
import threading
from collections.abc import Collection, Iterable
from hashlib import blake2b
from pathlib import Path

import msgspec

from nodegraph.write import SaveError, make_folder, sync_folder

_FOLDER = "reserved"


class Reserved(msgspec.Struct, frozen=True, array_like=True):
    """A line: the file that ``node`` saved as its ``index``-th. ``digest`` is of its content, see :func:`digest_of`."""

    node: str
    index: int
    type: str
    subfolder: str
    filename: str
    digest: str

    @property
    def file(self) -> tuple[str, str, str]:
        """Which file it is."""
        return self.type, self.subfolder, self.filename


class Reservations:
    """The names of one job. Safe to use from several threads; nothing is read or written before the first save."""

    def __init__(self, user_dir: Path, job: str) -> None:
        self._path = _journal(user_dir, job)
        self._lock = threading.Lock()
        self._earlier: dict[tuple[str, int], list[Reserved]] | None = None
        self._counts: dict[str, int] = {}

    def of(self, node: str) -> "NodeReservations":
        """Those of one node."""
        return NodeReservations(self, node)

    def next(self, node: str) -> tuple[int, list[Reserved]]:
        """The number of a node's next save, and its lines of earlier attempts, which all name one file."""
        with self._lock:
            if self._earlier is None:
                self._earlier = _read(self._path)
            index = self._counts.get(node, 0)
            self._counts[node] = index + 1
            return index, self._earlier.get((node, index), [])

    def add(self, line: Reserved) -> None:
        """Reserve a name; it is on disk when this returns. Raises :class:`SaveError`."""
        with self._lock:
            try:
                _append(self._path, b"\n" + msgspec.json.encode(line))
            except OSError as error:
                raise SaveError(
                    f"The name {line.filename} could not be reserved in {self._path.parent}, so the file was not "
                    f"saved: {error.strerror or error}. Make room there, or choose another folder with --user-dir."
                ) from error


class NodeReservations:
    """The names of one node of a job, in the order of its saves."""

    def __init__(self, reservations: Reservations, node: str) -> None:
        self._reservations = reservations
        self._node = node
        self._index = 0

    def next(self) -> list[Reserved]:
        """Go on to the next save. Returns its lines of earlier attempts, which all name one file."""
        self._index, earlier = self._reservations.next(self._node)
        return earlier

    def set(self, type: str, subfolder: str, filename: str, content: bytes) -> None:
        """Reserve a name for ``content`` in the present save."""
        digest = digest_of(content)
        self._reservations.add(Reserved(self._node, self._index, type, subfolder, filename, digest))


def digest_of(content: bytes) -> str:
    """What tells one content from another."""
    return blake2b(content, digest_size=16).hexdigest()


def saved(user_dir: Path, job: str) -> list[list[Reserved]]:
    """For every save of a job the lines that name its file; whether the file was written is another matter."""
    return list(_read(_journal(user_dir, job)).values())


def forget(user_dir: Path, jobs: Iterable[str]) -> None:
    """Delete the journals of jobs that have ended."""
    for job in jobs:
        _journal(user_dir, job).unlink(missing_ok=True)


def forget_all_but(user_dir: Path, jobs: Collection[str]) -> None:
    """Delete the journals of all other jobs, whose end came when nobody could do so."""
    kept = {_journal(user_dir, job).name for job in jobs}
    folder = user_dir / _FOLDER
    if folder.is_dir():
        for path in list(folder.iterdir()):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _journal(user_dir: Path, job: str) -> Path:
    """A job may be named anything, a file may not."""
    return user_dir / _FOLDER / f"{blake2b(job.encode(errors='surrogatepass'), digest_size=16).hexdigest()}.jsonl"


def _read(path: Path) -> dict[tuple[str, int], list[Reserved]]:
    """The lines for each save, those of its last name only. A line that a kill left half is none."""
    lines: dict[tuple[str, int], list[Reserved]] = {}
    try:
        content = path.read_bytes()
    except OSError:
        return lines
    for text in content.splitlines():
        try:
            line = msgspec.json.decode(text, type=Reserved)
        except msgspec.MsgspecError:
            continue
        same = lines.setdefault((line.node, line.index), [])
        if same and same[0].file != line.file:
            same.clear()
        same.append(line)
    return lines


def _append(path: Path, text: bytes) -> None:
    new = not path.exists()
    make_folder(path.parent)
    with path.open("ab") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)
