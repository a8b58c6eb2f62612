"""The server's SQLite file: its schema versions, its one writer, and writes that reach the disk together.

Knows statements, not jobs. Write-ahead log with a full sync: what :meth:`Database.write` has answered for survives a
kill and a power cut. Everything waiting when the writer comes round goes into one transaction (group commit), so a
burst of submits costs one sync, not one each. Reads have a connection and a thread of their own and never wait for a
write.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nodegraph.errors import UserError

Statement = tuple[str, Sequence[object]]
"""SQL and its parameters."""

Row = tuple[object, ...]


class StoreError(UserError):
    """The database cannot be opened, read or written."""


class Database:
    """An open database. :meth:`open` makes one; all other methods are for the event loop that opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[tuple[Sequence[Statement], asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._write_thread = ThreadPoolExecutor(1, "database-writer")
        self._read_thread = ThreadPoolExecutor(1, "database-reader")

    @classmethod
    async def open(cls, path: Path, *, migrations: Sequence[str]) -> "Database":
        """Open the file at ``path``, creating it if needed, and bring it to version ``len(migrations)``.

        Script ``i`` of ``migrations`` leads from version ``i`` to ``i + 1``; each runs in its own transaction.

        Raises:
            StoreError: not a database, written by a newer version, in use by another server, or not accessible.
        """
        database = cls(path)
        loop = asyncio.get_running_loop()
        try:
            database._guard = await loop.run_in_executor(database._write_thread, _claim, path)
            database._writer = await loop.run_in_executor(database._write_thread, _connect, path)
            await loop.run_in_executor(database._write_thread, _migrate, database._writer, migrations, path)
            database._reader = await loop.run_in_executor(database._read_thread, _connect, path)
        except sqlite3.Error as error:
            raise StoreError(
                f"The job database {path} cannot be opened: {error}. Check that the folder is writable and its disk "
                "not full; if the file is damaged, move it away and a new one is made (queue and history are lost)."
            ) from error
        return database

    _guard: sqlite3.Connection
    _writer: sqlite3.Connection
    _reader: sqlite3.Connection

    async def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query. Sees every write that has been answered. Raises :class:`StoreError`."""

        def rows() -> list[Row]:
            try:
                return self._reader.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"The job database {self.path} could not be read: {error}.") from error

        return await asyncio.get_running_loop().run_in_executor(self._read_thread, rows)

    def write(self, *statements: Statement) -> asyncio.Future[None]:
        """Apply ``statements`` together or not at all, after all earlier writes.

        The future is done once they are on disk; it raises :class:`StoreError` if they could not be applied. They are
        applied whether or not someone waits for it.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return done

    async def close(self) -> None:
        """Finish the waiting writes and close the file."""
        if self._flushing is not None:
            await self._flushing
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._read_thread, self._reader.close)
        await loop.run_in_executor(self._write_thread, self._writer.close)
        await loop.run_in_executor(self._write_thread, self._guard.close)
        self._read_thread.shutdown()
        self._write_thread.shutdown()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            results = await loop.run_in_executor(self._write_thread, self._apply, [unit for unit, _ in batch])
            for (_, done), error in zip(batch, results, strict=True):
                if done.done():
                    continue
                if error is None:
                    done.set_result(None)
                else:
                    failure = StoreError(f"The job database {self.path} could not be written: {error}.")
                    failure.__cause__ = error
                    done.set_exception(failure)

    def _apply(self, units: list[Sequence[Statement]]) -> list[Exception | None]:
        """Commit all units in one transaction; if that fails, each by itself, so that one cannot spoil the others."""
        try:
            self._commit([statement for unit in units for statement in unit])
        except sqlite3.Error as error:
            if len(units) == 1:
                return [error]
            return [result for unit in units for result in self._apply([unit])]
        return [None] * len(units)

    def _commit(self, statements: Sequence[Statement]) -> None:
        self._writer.execute("BEGIN")
        try:
            for sql, parameters in statements:
                self._writer.execute(sql, parameters)
            self._writer.execute("COMMIT")
        except sqlite3.Error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise


def _connect(path: Path) -> sqlite3.Connection:
    # Each connection stays on the thread that made it. Autocommit: transactions are written out in _commit.
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _claim(path: Path) -> sqlite3.Connection:
    """Make sure that one server at a time works on the file: a lock the system drops when the process ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    guard = sqlite3.connect(path.with_suffix(".lock"), isolation_level=None, timeout=0)
    try:
        guard.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        guard.close()
        if "locked" not in str(error):
            raise
        raise StoreError(
            f"Another nodegraph server is using {path.parent}. Stop it, or give this one a folder with --user-dir."
        ) from error
    return guard


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str], path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise StoreError(
            f"The job database {path} was written by a newer nodegraph (its version {version}, this one knows "
            f"{len(migrations)}). Update nodegraph, or choose another --user-dir."
        )
    for number, script in enumerate(migrations[version:], version + 1):
        connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
