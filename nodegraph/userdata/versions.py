"""Former contents of the user's files: an SQLite database beside the folder, in which equal contents are stored once.

Knows names and contents, not where files are. Every change is one transaction that is on disk when the call returns
(write-ahead log, full sync). What :func:`kept` does not keep is deleted as new versions come.
"""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from nodegraph.errors import MissingFileError, UserError
from nodegraph.userdata.entries import Gone
from nodegraph.userdata.retention import DAY, Reason, Rule, Version, kept

_SCHEMA = (
    """
    CREATE TABLE content (digest TEXT PRIMARY KEY, body BLOB NOT NULL);
    CREATE TABLE version (
        version INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        saved REAL NOT NULL,
        replaced REAL NOT NULL,
        reason TEXT NOT NULL,
        size INTEGER NOT NULL,
        digest TEXT NOT NULL REFERENCES content
    );
    CREATE INDEX version_by_name ON version (name, version);
    CREATE INDEX version_by_digest ON version (digest);
    CREATE TABLE gone (name TEXT PRIMARY KEY, since REAL NOT NULL);
    """,
)
"""Script i leads from version i to i + 1. ``body`` is compressed with zlib.
``gone``: files that were found missing, and when first."""

_BELOW = "(name = :name OR substr(name, 1, length(:name) + 1) = :name || '/')"


class VersionsError(UserError):
    """The database of former contents cannot be opened, read or written."""


class Former(NamedTuple):
    """A content that is about to be replaced."""

    name: str
    content: bytes
    saved: float


class Versions:
    """An open database. To be used on the thread that opened it."""

    def __init__(self, path: Path, rule: Rule) -> None:
        """Open the database at ``path``, creating it if needed. Raises :class:`VersionsError`."""
        self._path = path
        self._rule = rule
        with self._telling("opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._migrate()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def keep(self, formers: Iterable[Former], reason: Reason, now: float) -> None:
        """Keep contents that are about to go, all of them or none, and drop what the rule no longer keeps."""
        with self._writing():
            for former in formers:
                digest = hashlib.sha256(former.content).hexdigest()
                if not self._connection.execute("SELECT 1 FROM content WHERE digest = ?", (digest,)).fetchone():
                    body = zlib.compress(former.content)
                    self._connection.execute("INSERT INTO content VALUES (?, ?)", (digest, body))
                self._connection.execute(
                    "INSERT INTO version (name, saved, replaced, reason, size, digest) VALUES (?, ?, ?, ?, ?, ?)",
                    (former.name, min(former.saved, now), now, reason, len(former.content), digest),
                )
                self._thin(former.name, now)

    def of(self, name: str) -> list[Version]:
        """What is kept of a file, in the order in which it was kept."""
        with self._telling("read"):
            rows = self._connection.execute(
                "SELECT version, saved, replaced, reason, size, digest FROM version WHERE name = ? ORDER BY version",
                (name,),
            )
            return [Version(*row) for row in rows]

    def read(self, name: str, version: int) -> bytes:
        """A former content of a file. Raises :class:`MissingFileError` if it is not kept."""
        with self._telling("read"):
            row = self._connection.execute(
                "SELECT body FROM version JOIN content USING (digest) WHERE name = ? AND version = ?", (name, version)
            ).fetchone()
        if row is None:
            raise MissingFileError(f"No version {version} of {name!r} is kept.")
        return zlib.decompress(row[0])

    def latest(self) -> list[Gone]:
        """The last version of every file of which there is one, whether the file is there or not. The latest first."""
        with self._telling("read"):
            rows = self._connection.execute(
                "SELECT name, replaced, max(version), size FROM version GROUP BY name ORDER BY max(version) DESC"
            )
            return [Gone(*row) for row in rows]

    @contextmanager
    def moving(self, name: str, to: str) -> Iterator[None]:
        """Have versions follow a file, or the files below a folder, if the body, which moves it, succeeds."""
        with self._writing():
            self._connection.execute(
                f"UPDATE version SET name = :to || substr(name, length(:name) + 1) WHERE {_BELOW}",
                {"name": name, "to": to},
            )
            yield

    def expire(self, missing: Iterable[str], now: float) -> None:
        """Drop the versions of files that have been found ``missing`` for as long as daily versions are kept.

        Counted from when it is first noticed here: a folder may be away for other reasons than that it was deleted.
        """
        with self._writing():
            noted = dict(self._connection.execute("SELECT name, since FROM gone").fetchall())
            self._connection.execute("DELETE FROM gone")
            for name in missing:
                since = min(noted.get(name, now), now)
                if since < now - self._rule.days * DAY:
                    self._drop(self.of(name))
                else:
                    self._connection.execute("INSERT INTO gone VALUES (?, ?)", (name, since))
        with self._telling("written"):
            self._connection.execute("PRAGMA incremental_vacuum").fetchall()

    def _thin(self, name: str, now: float) -> None:
        versions = self.of(name)
        staying = kept(versions, now, self._rule)
        self._drop([version for version in versions if version.version not in staying])

    def _drop(self, versions: list[Version]) -> None:
        for version in versions:
            self._connection.execute("DELETE FROM version WHERE version = ?", (version.version,))
            self._connection.execute(
                "DELETE FROM content WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM version WHERE digest = ?1)",
                (version.digest,),
            )

    def _migrate(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(_SCHEMA):
            raise VersionsError(
                f"{self._path}, where former versions of workflows are, was written by a newer nodegraph. Update "
                "nodegraph, or choose another --user-dir."
            )
        for number, script in enumerate(_SCHEMA[version:], version + 1):
            self._connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, undone if the body fails."""
        with self._telling("written"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, zlib.error) as error:
            raise VersionsError(
                f"{self._path}, where former versions of workflows are kept, could not be {what}: {error}. Check that "
                "its folder is writable and its disk not full; if it is damaged, move it away and a new one is made."
            ) from error
