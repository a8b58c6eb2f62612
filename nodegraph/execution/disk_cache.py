"""Results kept on disk, so that what took long is not computed again after a restart. Knows nothing of what they hold.

Each is a file named by its key: a checksum, then what ``pack`` made of it. A key says what a result depends on within
one configuration (versions, device); every configuration has a folder of its own, named by a digest, and no other is
ever read. All of them count against one limit, and of all of them the least recently used goes first, by the time of
change of the files, which every use renews. So several processes may share the folder, and any of them may find that
another has dropped a file: that, and a file that is damaged, is a result that is not there, never an error.

A thread of its own writes. What it cannot keep up with is not kept.
"""

import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol
from zlib import crc32

from nodegraph.execution.cache import Result
from nodegraph.execution.events import Kept
from nodegraph.graph.keys import Key
from nodegraph.write import SaveError, is_partial, write_file

log = logging.getLogger(__name__)

_LEAST_SECONDS = 0.2
"""What took less is sooner computed again than missed, and a folder of very many small files would be slow itself."""

_READ = 500e6
"""Bytes a second that a disk is good for. What would take longer to read than it took to compute is not kept."""

_BACKLOG = 1_000_000_000
"""Bytes that may wait to be written: they are in memory, whatever the cache there is allowed."""

_PARTS = 10
"""So many parts of the limit are counted as one: no result is larger, and after each that is written, room is made."""

_LEFT_FREE = 1_000_000_000
"""Bytes of the disk that are left to others: what a user saves matters more than what could be computed again."""

_CHECKSUM = 4
_NAME = re.compile(r"[0-9a-f]{32}\.result")


class Packed(Protocol):
    """A result that can be written."""

    @property
    def size(self) -> int:
        """Bytes that writing it takes, about."""
        ...

    def encode(self) -> bytes:
        """Its content as a file. Called on another thread."""
        ...


class DiskCache:
    """Results of one ``configuration`` in ``folder``, which no more than ``limit`` bytes are to lie in.

    ``pack`` answers None for a result that cannot be written; ``unpack`` raises ``ValueError`` for content that it
    cannot read. A process that ends by itself first writes what waits; of one that is killed it is lost.
    """

    def __init__(
        self,
        folder: Path,
        configuration: str,
        limit: int,
        *,
        pack: Callable[[Result], Packed | None],
        unpack: Callable[[bytes], Result],
    ) -> None:
        self._root = folder
        self._folder = folder / blake2b(configuration.encode(), digest_size=16).hexdigest()
        self._limit = limit
        self._pack = pack
        self._unpack = unpack
        self._known = self._listed()
        self._backlog: dict[Key, int] = {}
        self._lock = Lock()  # of the backlog
        self._unswept = limit  # bytes written since room was made; before the first write, anything may have changed
        self._full = False
        self._thread = ThreadPoolExecutor(1, "disk cache")

    # ---- any thread ----

    def get(self, key: Key) -> Result | None:
        """The result under ``key``, which becomes the most recently used. A damaged one is removed."""
        if self.kept(key) is None:
            return None
        path = self._path(key)
        try:
            with path.open("rb") as file:
                checksum, content = file.read(_CHECKSUM), file.read()
            if checksum == _checksum(content):
                return self._unpack(content)
            log.warning("%s is damaged and is removed; it will be computed again.", path)
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            log.warning("%s cannot be read (%s) and is removed; it will be computed again.", path, error)
        self._drop(path)
        self._known.discard(key)
        return None

    def kept(self, key: Key) -> Kept | None:
        """:attr:`Kept.DISK` if the result under ``key`` is here. It counts as used."""
        if key not in self._known:
            return None
        try:
            os.utime(self._path(key))
        except OSError:  # another process dropped it
            self._known.discard(key)
            return None
        return Kept.DISK

    def put(self, key: Key, result: Result, cost: float = 0.0) -> None:
        """Have a result written soon, if it is worth it and can be."""
        if cost < _LEAST_SECONDS or self._full or key in self._known:
            return
        packed = self._pack(result)
        if packed is None or packed.size > self._limit // _PARTS or cost < packed.size / _READ:
            return
        with self._lock:
            if key in self._backlog or sum(self._backlog.values()) + packed.size > _BACKLOG:
                return
            self._backlog[key] = packed.size
        self._thread.submit(self._write, key, packed)

    def clear(self) -> None:
        """Forget everything of this configuration."""
        self._thread.submit(self._clear).result()

    def close(self) -> None:
        """Write what waits. Nothing can be put afterwards."""
        self._thread.shutdown()

    # ---- the thread that writes ----

    def _write(self, key: Key, packed: Packed) -> None:
        try:
            if self._full or not self._has_room(packed.size):
                return
            content = packed.encode()
            write_file(self._path(key), _checksum(content) + content, replace=True, durable=False)
            self._unswept += len(content)
            self._known.add(key)
        except (SaveError, OSError) as error:
            self._full = True
            log.warning("Until the next start no more results are kept on disk. %s", error)
        except Exception:
            log.exception("A result could not be kept on disk.")
        finally:
            with self._lock:
                del self._backlog[key]

    def _has_room(self, size: int) -> bool:
        """Make room for so many bytes, if there is too little; whether there is room now."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root.chmod(0o700)
        if self._unswept + size > self._limit // _PARTS or self._free() < size:
            self._sweep(size)
        return self._free() >= size

    def _free(self) -> int:
        return shutil.disk_usage(self._root).free - _LEFT_FREE

    def _sweep(self, size: int) -> None:
        """Drop the least recently used until a part of the limit is free, and as much of the disk as has to be.

        Files that a killed process had not finished go with their age as well.
        """
        files = sorted(self._files())
        held = sum(file.size for file in files)
        wanted = min(self._limit - self._limit // _PARTS, held + self._free() - size)
        for file in files:
            if held <= wanted:
                break
            self._drop(file.path)
            held -= file.size
        self._known = self._listed()
        self._unswept = 0

    def _clear(self) -> None:
        for key in self._listed():
            self._drop(self._path(key))
        self._known = set()

    # ---- files ----

    def _path(self, key: Key) -> Path:
        return self._folder / f"{key.hex()}.result"

    def _listed(self) -> set[Key]:
        """The keys of what lies in the folder of this configuration."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return set()
        return {bytes.fromhex(name[:32]) for name in names if _NAME.fullmatch(name)}

    def _files(self) -> "Iterator[_File]":
        """Our files of all configurations. Nothing else that may lie there is touched."""
        for folder, _, names in os.walk(self._root):
            for name in names:
                if _NAME.fullmatch(name) or is_partial(name):
                    path = Path(folder, name)
                    with suppress(OSError):
                        status = path.lstat()
                        yield _File(status.st_mtime_ns, status.st_size, path)

    def _drop(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()
        if path.parent != self._folder:
            with suppress(OSError):
                path.parent.rmdir()  # of a former configuration, if that was its last


class _File(NamedTuple):
    """In the order in which they are dropped."""

    used: int
    size: int
    path: Path


def _checksum(content: bytes) -> bytes:
    """Told by it: files that a power cut left with holes, since they are not synced, and disks that forget."""
    return crc32(content).to_bytes(_CHECKSUM)
