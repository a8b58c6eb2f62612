"""The worker process: owns one device, takes jobs over a socket and streams back what happens.

The main thread reads commands, and so answers while a node computes; the outbox writes; jobs run on threads of a pool,
one of which first loads torch and the packs. One job runs at a time, but for those that a more urgent one has made
wait. When the server's end of the socket closes, for whatever reason, the process exits at once: nobody is left to
tell, and the device should be free.
"""

import logging
import os
import socket
import sys
import threading
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from nodegraph import logs
from nodegraph.errors import UserError
from nodegraph.execution.events import Failure, JobFinished, Outcome
from nodegraph.garbage import collect_less
from nodegraph.heap import Sweeper
from nodegraph.media.reservations import Reservations
from nodegraph.worker.frames import read_commands
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.outbox import Outbox
from nodegraph.worker.protocol import Cancel, Command, Free, Hold, Start, Status, Submit
from nodegraph.worker.redaction import Redactor, redact_output

if TYPE_CHECKING:
    from nodegraph.worker.runtime import Runtime

log = logging.getLogger(__name__)

_THREADS = 16
"""So many jobs can be on their way at once; further ones wait, however urgent."""


def serve(connection: socket.socket) -> None:
    """Work for the server at the other end until it is gone. Does not return."""
    try:
        commands = read_commands(connection)
        start = next(commands, None)
        if isinstance(start, Start):
            redactor = Redactor()
            redact_output(redactor)
            logs.set_up(start.settings, "worker")
            worker = Worker(start, Outbox(connection), redactor)
            for command in commands:
                assert not isinstance(command, Start), "started twice"
                worker.take(command)
    except Exception:
        log.exception("The worker cannot go on.")
        os._exit(1)
    os._exit(0)  # not sys.exit, which would wait for the node that computes


class Worker:
    """Carries out commands: at once where they only set a switch, when their turn comes where they need the device."""

    def __init__(self, start: Start, outbox: Outbox, redactor: Redactor) -> None:
        self._outbox = outbox
        self._redactor = redactor
        self._turnstile = Turnstile()
        self._lock = threading.Lock()
        self._waiting: list[tuple[Submit, JobGate]] = []
        self._running: dict[str, JobGate] = {}
        self._to_free: list[Free] = []
        self._sweeper = Sweeper()
        self._user_dir = Path(start.settings.user_dir)
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="job")
        self._runtime: Future[Runtime] = self._threads.submit(self._load, start)

    def take(self, command: Command) -> None:
        """Carry out or queue a command; returns at once."""
        match command:
            case Submit():
                with self._lock:
                    self._waiting.append((command, JobGate(self._turnstile, command.priority)))
                self._look_for_work()
            case Cancel():
                with self._lock:
                    gates = [gate for submit, gate in self._waiting if submit.job == command.job]
                    gates += [gate for job, gate in self._running.items() if job == command.job]
                for gate in gates:
                    gate.cancel()
            case Hold():
                self._turnstile.hold(command.held)
            case Free():
                with self._lock:
                    self._to_free.append(command)
                self._look_for_work()

    def _look_for_work(self) -> None:
        """Give a thread what can be begun now, if anything."""
        work = self._next()
        if work is not None:
            self._threads.submit(self._work, work)

    def _next(self) -> "tuple[Submit, JobGate] | Free | None":
        """What can be begun now: memory is freed when nothing runs; a job begins if none as urgent as it does."""
        with self._lock:
            if self._to_free and not self._running:
                return self._to_free.pop(0)
            if not self._waiting or len(self._running) >= _THREADS:
                return None
            first = max(self._waiting, key=lambda waiting: waiting[1].priority)  # of equals, the one that came first
            submit, gate = first
            if any(gate.priority <= other.priority for other in self._running.values()):
                return None
            self._waiting.remove(first)
            self._running[submit.job] = gate
            return first

    # ---- on the thread of the jobs ----

    def _load(self, start: Start) -> "Runtime":
        """Import torch, load the packs and say so; end the process if that cannot be done."""
        try:
            from nodegraph.worker.runtime import Runtime  # takes seconds: the server should see us connected first

            runtime = Runtime(start.settings, [Path(pack) for pack in start.packs], redactor=self._redactor)
            collect_less()
            self._outbox.send(runtime.ready())
        except BaseException as error:
            # A user's error in one line: the supervisor quotes the last line of a worker that never became ready.
            _say(" ".join(str(error).split()) if isinstance(error, UserError) else traceback.format_exc())
            os._exit(1)
        return runtime

    def _work(self, work: "tuple[Submit, JobGate] | Free | None") -> None:
        """Do this, and then whatever can be begun when it is done."""
        while work is not None:
            if isinstance(work, Free):
                self._free(work)
            else:
                self._run(*work)
            work = self._next()

    def _run(self, submit: Submit, gate: JobGate) -> None:
        runtime = self._runtime.result()
        with logs.about(submit.job):
            self._run_on(runtime, submit, gate)
        with self._lock:
            del self._running[submit.job]
            computing = bool(self._running)
            idle = not computing and not self._waiting
        if not computing:
            self._sweeper.good_moment()
        if idle:
            self._outbox.send_when_quiet(lambda: Status(runtime.devices(), runtime.results))

    def _run_on(self, runtime: "Runtime", submit: Submit, gate: JobGate) -> None:
        try:
            with gate:
                runtime.run(submit, self._outbox.emit, gate, Reservations(self._user_dir, submit.job))
        except Exception as error:  # not a node's failure, which is an outcome: a defect, or a prompt never validated
            log.exception("The job %s could not be run.", submit.job)
            self._outbox.emit(self._redactor.event(_failed(submit.job, error)))

    def _free(self, free: Free) -> None:
        runtime = self._runtime.result()
        runtime.free(weights=free.weights, results=free.results)
        self._outbox.send(Status(runtime.devices(), runtime.results))


def _failed(job: str, error: Exception) -> JobFinished:
    failure = Failure(
        message=str(error) or type(error).__name__,
        kind=type(error).__qualname__,
        traceback=traceback.format_tb(error.__traceback__),
        user_error=isinstance(error, UserError),
    )
    return JobFinished(job, Outcome.FAILED, time.time(), failure=failure)


def _say(text: str) -> None:
    """To stderr, at once: the process is about to end."""
    sys.stderr.write(text.rstrip() + "\n")
    sys.stderr.flush()
