"""A real worker process on a plain socket, for tests that read what it says frame by frame."""

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import msgspec

from nodegraph.execution.events import AnyEvent, JobFinished
from nodegraph.settings import Settings
from nodegraph.worker.frames import frame
from nodegraph.worker.protocol import Happened, Ready, Report, Start, Status, Submit

TOYS = Path(__file__).with_name("toy_pack.py")
ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def toy(class_id: str, **inputs: object) -> dict[str, Any]:
    """A prompt of a single node, ``"1"``."""
    return {"1": {"class_type": class_id, "inputs": inputs}}


class LiveWorker:
    """Started with the toy pack; ``with`` ends it by closing the connection."""

    def __init__(self, base: Path, **changes: object) -> None:
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(60)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nodegraph.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment(),
            )
        self.socket.sendall(frame(Start(Settings.under(base, **changes), [str(TOYS)])))
        ready = self.read()
        assert isinstance(ready, Ready)
        self.ready = ready
        self.jobs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        assert self.process.wait(10) == 0

    def send(self, command: msgspec.Struct) -> None:
        self.socket.sendall(frame(command))

    def submit(self, prompt: dict[str, Any], *outputs: str, **fields: Any) -> str:
        """Queue a job under a new name, which is returned."""
        self.jobs += 1
        job = f"job {self.jobs}"
        self.send(Submit(job, prompt, list(outputs or prompt), **fields))
        return job

    def read(self) -> Report:
        """The next report."""
        (length,) = struct.unpack(">I", self._exactly(4))
        return msgspec.msgpack.decode(self._exactly(length), type=Report)

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            chunk = self.socket.recv(count - len(received))
            assert chunk, "the worker closed the connection"
            received += chunk
        return bytes(received)

    def until_finished(self, *jobs: str) -> list[AnyEvent]:
        """All events up to the status that follows on the end of the last of ``jobs``, which is read too."""
        running = set(jobs)
        events: list[AnyEvent] = []
        while True:
            report = self.read()
            if isinstance(report, Happened):
                events += report.events
                running -= {event.job for event in report.events if isinstance(event, JobFinished)}
            elif isinstance(report, Status) and not running:
                return events

    def until_events(self, last: Callable[[AnyEvent], bool]) -> list[AnyEvent]:
        """All events up to the first that ``last`` is true of, and those that came with it."""
        events: list[AnyEvent] = []
        while not any(map(last, events)):
            events += getattr(self.read(), "events", ())
        return events

    def run(self, prompt: dict[str, Any], *outputs: str, **fields: Any) -> list[AnyEvent]:
        """Run one job and return its events."""
        return self.until_finished(self.submit(prompt, *outputs, **fields))
