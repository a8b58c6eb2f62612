"""Keeps one worker process alive: starts it, talks to it, replaces it when it dies, and tells its owner of the loss.

It runs on the server's event loop and knows no HTTP, no job store and no torch. Which jobs a lost worker had, and
whether they run again, is for the owner to know: ``on_lost`` comes after the last report of the process that is gone
and before the first of the one that follows.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from nodegraph.settings import Settings
from nodegraph.worker.frames import frame, read_report
from nodegraph.worker.protocol import Cancel, Free, Hold, Ready, Report, Start, Submit

log = logging.getLogger(__name__)

T = TypeVar("T")

_TAIL = 8000
"""Bytes of a worker's log that are kept to explain its death."""

_LONGEST_DELAY = 30.0
_EXIT_PATIENCE = 3.0
"""Seconds between the end of a worker's connection and the end of the process, whichever comes first."""


class LostReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a worker is gone.

    ``message`` says it in plain words, with the worker's last line when it never became ready. ``log`` is the end of
    what it wrote to stderr. ``at_start``: it died before it was ready. ``replaced``: its owner had it killed.
    ``retry_in``: seconds until the next one is started.
    """

    message: str
    exit_code: int | None = None
    signal: int | None = None
    log: str = ""
    at_start: bool = False
    replaced: bool = False
    retry_in: float = 0.0


class Supervisor:
    """One worker process after the other.

    ``on_report`` and ``on_lost`` are called on the event loop that :meth:`start` was called on. After each loss a new
    process is started by itself, at once if the lost one had been ready, after a growing delay if it had not.
    """

    def __init__(
        self,
        settings: Settings,
        on_report: Callable[[Report], None],
        on_lost: Callable[[LostReason], None],
        *,
        packs: Sequence[Path] = (),
    ) -> None:
        self._start_frame = frame(Start(settings, [str(path) for path in packs]))
        self._on_report = on_report
        self._on_lost = on_lost
        self._keeper: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._ready = False
        self._replaced = False
        self._hurry = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether a worker has loaded everything and takes jobs. It may have died a moment ago."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """The process id of the worker, if there is one now."""
        return None if self._process is None else self._process.pid

    # ---- what the owner may do ----

    async def start(self) -> None:
        """Start the first worker, and from now on keep one running."""
        assert self._keeper is None, "started twice"
        self._keeper = asyncio.create_task(self._keep_running(), name="worker supervisor")

    def submit(self, submit: Submit) -> None:
        """Have the worker run a job, after those it has that are not less urgent. Only while :attr:`ready`.

        A worker still loading takes none, so that a pack or a driver that kills it costs no job an attempt. Raises
        ``TypeError`` or ``OverflowError`` if the prompt holds a value that cannot be sent.
        """
        assert self._ready, "submitted to a worker that is not ready"
        self._send(frame(submit))

    def cancel(self, job: str) -> None:
        """Stop a job at its next network call or node boundary; a waiting one ends as cancelled when its turn comes."""
        self._send(frame(Cancel(job)))

    def hold(self, held: bool) -> None:
        """Have all jobs halt at their next network call or node boundary, or go on. A fresh worker holds nothing."""
        self._send(frame(Hold(held)))

    def free(self, *, weights: bool, results: bool) -> None:
        """As soon as it has no job, drop weights and cached results from the worker's memory."""
        self._send(frame(Free(weights, results)))

    def replace(self) -> None:
        """Kill the worker now, whatever it does, and start a fresh one. ``on_lost`` follows, marked ``replaced``.

        While a start is being delayed, start it now.
        """
        self._hurry.set()
        if self._process is not None:
            self._replaced = True
            self._kill()

    async def stop(self) -> None:
        """Kill the worker and start no other. No ``on_lost`` follows."""
        if self._keeper is None:
            return
        self._keeper.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeper
        self._keeper = None

    # ---- the life of a worker ----

    async def _keep_running(self) -> None:
        failed_starts = 0
        while True:
            reason = await self._one_worker()
            failed_starts = failed_starts + 1 if reason.at_start and not reason.replaced else 0
            delay = min(2.0 ** (failed_starts - 1), _LONGEST_DELAY) if failed_starts else 0.0
            log.warning("%s", reason.message)
            self._hurry.clear()
            self._tell(self._on_lost, msgspec.structs.replace(reason, retry_in=delay))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), delay)

    async def _one_worker(self) -> LostReason:
        """Start a process, pass on its reports to the end, and say what became of it."""
        ours, theirs = socket.socketpair()
        try:
            process = await _spawn(theirs)
        except BaseException as error:
            ours.close()  # also ends a process that has just begun
            if isinstance(error, OSError):
                return LostReason(message=f"The worker process could not be started: {error}.", at_start=True)
            raise
        finally:
            theirs.close()
        self._process, self._replaced = process, False
        words = bytearray()
        assert process.stderr is not None
        relay = asyncio.create_task(_relay(process.stderr, words))
        ends: list[asyncio.Task[Any]] = []
        try:
            reader, self._writer = await asyncio.open_connection(sock=ours)
            self._send(self._start_frame)
            ends += [asyncio.create_task(self._pass_on(reader)), asyncio.create_task(process.wait())]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(ends, timeout=_EXIT_PATIENCE)  # its last reports, and its exit code, are worth having
            self._kill()
            code = await process.wait()
            await asyncio.wait([relay], timeout=1)  # not for ever: a process it left behind may hold its stderr
            return _reason(code, words.decode(errors="replace"), at_start=not self._ready, replaced=self._replaced)
        finally:
            self._kill()
            for task in (relay, *ends):
                task.cancel()
            if self._writer is not None:
                self._writer.close()
            self._ready, self._process, self._writer = False, None, None
            await process.wait()

    async def _pass_on(self, reader: asyncio.StreamReader) -> None:
        """Give every report to the owner, until the connection closes."""
        while True:
            try:
                report = await read_report(reader)
            except msgspec.MsgspecError:
                log.exception("The worker sent something that is no report; it is killed.")
                self._kill()
                return
            if report is None:
                return
            if isinstance(report, Ready):
                self._ready = True
            self._tell(self._on_report, report)

    def _tell(self, listener: Callable[[T], None], what: T) -> None:
        """A defect in a listener must not take the worker with it."""
        try:
            listener(what)
        except Exception:
            log.exception("%s failed on %s", getattr(listener, "__qualname__", listener), type(what).__name__)

    def _send(self, message: bytes) -> None:
        if self._writer is not None:
            self._writer.write(message)

    def _kill(self) -> None:
        """Kill the worker and whatever it started, which share a process group of their own."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


async def _spawn(connection: socket.socket) -> asyncio.subprocess.Process:
    """The process, with its end of the connection. It imports from where this process does, and not from its cwd."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "nodegraph.worker",
        str(connection.fileno()),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        pass_fds=[connection.fileno()],
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C in the server's terminal is for the server to handle
    )


async def _relay(stream: asyncio.StreamReader, words: bytearray) -> None:
    """Write what the worker writes to this process's stderr, and keep the end of it in ``words``."""
    while chunk := await stream.read(65536):
        sys.stderr.write(chunk.decode(errors="replace"))
        sys.stderr.flush()
        words += chunk
        del words[:-_TAIL]


def _reason(code: int, words: str, *, at_start: bool, replaced: bool) -> LostReason:
    """What became of a process whose exit status was ``code``: negative for a signal."""
    if replaced:
        message = "The worker was replaced on request."
    elif code < 0:
        message = f"The worker was killed by {_signal_name(-code)}{_GUESSES.get(-code, '')}."
    else:
        message = f"The worker stopped with exit code {code}."
    if at_start and not replaced:
        last_words = words.strip().splitlines()[-1:]
        message = f"{message} It never became ready" + (f"; it said: {last_words[0]}" if last_words else ".")
    return LostReason(
        message=message,
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        log=words,
        at_start=at_start,
        replaced=replaced,
    )


_GUESSES: dict[int, str] = {
    signal.SIGKILL: " (perhaps because the system ran out of memory)",
    signal.SIGSEGV: " (a crash in native code: of torch, of a driver, or of a node pack)",
    signal.SIGABRT: " (a crash in native code: of torch, of a driver, or of a node pack)",
    signal.SIGBUS: " (perhaps a model file became shorter while it was in use)",
}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
