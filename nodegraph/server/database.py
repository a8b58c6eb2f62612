"""The server's SQLite file: its schema versions, its one writer, and writes that reach the disk together.

Knows statements, not jobs. Write-ahead log with a full sync: what :meth:`Database.write` has answered for survives a
kill and a power cut. Everything waiting when the writer comes round goes into one transaction (group commit), so a
burst of submits costs one sync, not one each. Reads have a connection and a thread of their own and never wait for a
write; those that look through everything have another, so that no other waits for them. Pages that are no longer used
are given back to the file system a few at a time.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nodegraph.errors import UserError

_SPARE_PAGES = 1000
"""So many free pages (4 MB) stay in the file for what is written next."""

_LOG_BYTES = 64 * 1024 * 1024
"""The write-ahead log is cut to this size after a transaction that made it larger."""

_log = logging.getLogger(__name__)

Statement = tuple[str, Sequence[object]]
"""SQL and its parameters."""

Row = tuple[object, ...]

_Batch = list[tuple[Sequence[Statement], "asyncio.Future[None]"]]


class StoreError(UserError):
    """The database cannot be opened, read or written."""

    @property
    def may_pass(self) -> bool:
        """Whether the same may succeed later: the disk was full, or failed, or was not there."""
        return isinstance(self.__cause__, sqlite3.OperationalError)


class Database:
    """An open database. :meth:`open` makes one; all other methods are for the event loop that opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: _Batch = []
        self._writing = False
        self._write_thread = ThreadPoolExecutor(1, "database-writer")
        self._read_thread = ThreadPoolExecutor(1, "database-reader")
        self._search_thread = ThreadPoolExecutor(1, "database-searcher")

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
            await loop.run_in_executor(database._write_thread, _allow_shrinking, database._writer)
            await loop.run_in_executor(database._write_thread, _migrate, database._writer, migrations, path)
            database._reader = await loop.run_in_executor(database._read_thread, _connect, path)
            database._searcher = await loop.run_in_executor(database._search_thread, _connect, path)
        except sqlite3.Error as error:
            raise StoreError(
                f"The job database {path} cannot be opened: {error}. Check that the folder is writable and its disk "
                "not full; if the file is damaged, move it away and a new one is made (queue and history are lost)."
            ) from error
        return database

    _guard: sqlite3.Connection
    _writer: sqlite3.Connection
    _reader: sqlite3.Connection
    _searcher: sqlite3.Connection

    async def read(self, sql: str, parameters: Sequence[object] = (), *, search: bool = False) -> list[Row]:
        """All rows of a query. Sees every write that has been answered.

        ``search``: it may look through everything, which takes seconds; only other such queries wait for it.

        Raises:
            StoreError: it failed.
        """
        connection, thread = (self._searcher, self._search_thread) if search else (self._reader, self._read_thread)

        def rows() -> list[Row]:
            try:
                return connection.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"The job database {self.path} could not be read: {error}.") from error

        return await asyncio.get_running_loop().run_in_executor(thread, rows)

    def write(self, *statements: Statement) -> asyncio.Future[None]:
        """Apply ``statements`` together or not at all, after all earlier writes.

        The future is done once they are on disk; it raises :class:`StoreError` if they could not be applied. They are
        applied whether or not someone waits for it.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, done))
        if not self._writing:
            self._writing = True
            asyncio.get_running_loop().call_soon(self._write_batch)  # with what else is written in this turn
        return done

    def note(self, *statements: Statement) -> None:
        """:meth:`write` what nobody waits for. That it could not be applied is logged."""

        def look(done: asyncio.Future[None]) -> None:
            if error := done.exception():
                _log.warning("%s", error)

        self.write(*statements).add_done_callback(look)

    async def give_back(self, pages: int) -> bool:
        """Shorten the file by at most ``pages`` of its free pages. Returns whether more could be given back."""
        return await asyncio.get_running_loop().run_in_executor(self._write_thread, self._give_back, pages)

    async def close(self) -> None:
        """Finish the waiting writes, break off what looks through everything, and close the file."""
        self._searcher.interrupt()
        await self.write()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._read_thread, self._reader.close)
        await loop.run_in_executor(self._search_thread, self._searcher.close)
        await loop.run_in_executor(self._write_thread, self._writer.close)
        await loop.run_in_executor(self._write_thread, self._guard.close)
        self._read_thread.shutdown()
        self._search_thread.shutdown()
        self._write_thread.shutdown()

    def _write_batch(self) -> None:
        """Have the writer apply all that waits; once it has, what has come meanwhile."""
        batch, self._waiting = self._waiting, []
        self._writing = bool(batch)
        if batch:
            self._write_thread.submit(self._write_on_thread, batch, asyncio.get_running_loop())

    def _write_on_thread(self, batch: _Batch, loop: asyncio.AbstractEventLoop) -> None:
        results = self._apply([unit for unit, _ in batch])
        loop.call_soon_threadsafe(self._answer, batch, results)

    def _answer(self, batch: _Batch, results: list[Exception | None]) -> None:
        self._write_batch()
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
        """Commit all units in one transaction. One that fails is left out of it, so that it cannot spoil the others."""
        try:
            return self._commit(units, apart=False)
        except Exception:
            pass  # at the first unit that fails; which ones do is found out now
        try:
            return self._commit(units, apart=True)
        except Exception as error:
            return [error] * len(units)

    def _commit(self, units: list[Sequence[Statement]], *, apart: bool) -> list[Exception | None]:
        """One transaction. ``apart``: each unit can be undone by itself, which costs more."""
        results: list[Exception | None] = []
        execute = self._writer.execute
        execute("BEGIN")
        try:
            for unit in units:
                if apart:
                    execute("SAVEPOINT unit")
                error: Exception | None = None
                try:
                    for sql, parameters in unit:
                        execute(sql, parameters)
                except Exception as failure:  # also of values that SQLite cannot hold
                    if not apart or not self._writer.in_transaction:  # e.g. a full disk ends it all
                        raise
                    execute("ROLLBACK TO unit")
                    error = failure
                if apart:
                    execute("RELEASE unit")
                results.append(error)
            execute("COMMIT")
        except Exception:
            if self._writer.in_transaction:
                execute("ROLLBACK")
            raise
        return results

    def _give_back(self, pages: int) -> bool:
        try:
            (free,) = self._writer.execute("PRAGMA freelist_count").fetchone()
            spare = free - _SPARE_PAGES
            if spare > 0:
                # As a script: it answers with one row a page, and execute() would stop at the first.
                self._writer.executescript(f"PRAGMA incremental_vacuum({min(spare, pages)})")
        except sqlite3.Error as error:
            raise StoreError(f"The job database {self.path} could not be shortened: {error}.") from error
        return bool(spare > pages)


def _connect(path: Path) -> sqlite3.Connection:
    # Each connection stays on the thread that made it. Autocommit: transactions are written out in _commit.
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a new file; must be said before anything is in it
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = FAST")  # what is deleted is overwritten where that costs nothing
    return connection


def _allow_shrinking(connection: sqlite3.Connection) -> None:
    """Rewrite, once, a file of before version 2, which cannot be shortened."""
    if connection.execute("PRAGMA auto_vacuum").fetchone() == (0,):
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")
        except sqlite3.OperationalError as error:
            _log.warning("The job database keeps its size for now: it could not be rewritten (%s).", error)


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
