"""The worker process: owns one device, takes jobs over a socket and streams back what happens.

Three threads: the main one reads commands, and so answers while a node computes; jobs run one after the other on a
thread of their own, which first loads torch and the packs; the outbox writes. When the server's end of the socket
closes, for whatever reason, the process exits at once: nobody is left to tell, and the device should be free.
"""

import logging
import os
import socket
import sys
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from nodegraph.errors import UserError
from nodegraph.execution.events import Failure, JobFinished, Outcome
from nodegraph.garbage import collect_less
from nodegraph.worker.frames import read_commands
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.outbox import Outbox
from nodegraph.worker.protocol import Cancel, Command, Free, Start, Status, Submit

if TYPE_CHECKING:
    from nodegraph.worker.runtime import Runtime

log = logging.getLogger(__name__)


def serve(connection: socket.socket) -> None:
    """Work for the server at the other end until it is gone. Does not return."""
    try:
        commands = read_commands(connection)
        start = next(commands, None)
        if isinstance(start, Start):
            worker = Worker(start, Outbox(connection))
            for command in commands:
                assert not isinstance(command, Start), "started twice"
                worker.take(command)
    except Exception:
        log.exception("The worker cannot go on.")
        os._exit(1)
    os._exit(0)  # not sys.exit, which would wait for the node that computes


class Worker:
    """Carries out commands: at once where they only set a switch, in their order where they need the device."""

    def __init__(self, start: Start, outbox: Outbox) -> None:
        self._outbox = outbox
        self._turnstile = Turnstile()
        self._gates: dict[str, JobGate] = {}
        self._jobs = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
        self._runtime: Future[Runtime] = self._jobs.submit(self._load, start)

    def take(self, command: Command) -> None:
        """Carry out or queue a command; returns at once."""
        match command:
            case Submit():
                self._gates[command.job] = JobGate(self._turnstile)
                self._jobs.submit(self._run, command)
            case Cancel():
                gate = self._gates.get(command.job)
                if gate is not None:
                    gate.cancel()
            case Free():
                self._jobs.submit(self._free, command)

    # ---- on the thread of the jobs ----

    def _load(self, start: Start) -> "Runtime":
        """Import torch, load the packs and say so; end the process if that cannot be done."""
        try:
            from nodegraph.worker.runtime import Runtime  # takes seconds: the server should see us connected first

            runtime = Runtime(start.settings, [Path(pack) for pack in start.packs])
            collect_less()
            self._outbox.send(runtime.ready())
        except BaseException as error:
            # A user's error in one line: the supervisor quotes the last line of a worker that never became ready.
            _say(" ".join(str(error).split()) if isinstance(error, UserError) else traceback.format_exc())
            os._exit(1)
        return runtime

    def _run(self, submit: Submit) -> None:
        runtime, gate = self._runtime.result(), self._gates[submit.job]
        try:
            runtime.run(submit, self._outbox.emit, gate)
        except Exception as error:  # not a node's failure, which is an outcome: a defect, or a prompt never validated
            log.exception("The job %s could not be run.", submit.job)
            self._outbox.emit(_failed(submit.job, error))
        finally:
            del self._gates[submit.job]
            self._outbox.send(Status(runtime.devices()))

    def _free(self, free: Free) -> None:
        runtime = self._runtime.result()
        runtime.free(weights=free.weights, results=free.results)
        self._outbox.send(Status(runtime.devices()))


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
