"""What a worker has to say, on its way to the server: a queue, and the thread that empties it into frames.

Hot path: a job emits two or three events a node, and a graph may have hundreds of nodes of microseconds. So an event
is encoded once, where it happens, and whatever waits when the writer comes round travels in one frame. Encoding where
it happens also means that a value which cannot be sent is the failure of the node that showed it.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue

import msgspec

from nodegraph.execution.events import AnyEvent, Event, JobFinished, NodeOutput, NodePreview
from nodegraph.worker.frames import frame
from nodegraph.worker.protocol import Ready, Status

log = logging.getLogger(__name__)

_PREVIEW_BACKLOG = 64
"""Events that may wait before previews are left out, but for results; nothing else ever is. Bounds their memory."""

_PAUSE = 0.001
"""Seconds between two rounds of the writer: what happens meanwhile shares a frame, and both processes wake up less.

The end of a job does not wait for it: the server has the next job ready.
"""

_QUIET = 0.05
"""Seconds without a message after which there is time for a report on memory."""

_Item = msgspec.Raw | bytes | Callable[[], Status]
"""An event, a whole frame, or what makes the report for the next quiet moment."""


_read = msgspec.msgpack.Decoder(AnyEvent).decode


class _Happened(msgspec.Struct, frozen=True, tag="events"):
    """:class:`nodegraph.worker.protocol.Happened`, of events that are encoded already."""

    events: list[msgspec.Raw]


class Outbox:
    """Takes events and reports from any thread and sends them in the order they were put. Never blocks a job.

    The writer is a daemon thread: it ends with the process, or when the server has closed its end.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting: SimpleQueue[_Item] = SimpleQueue()
        self._urgent = threading.Event()
        self._when_quiet: Callable[[], Status] | None = None
        threading.Thread(target=self._write, name="outbox", daemon=True).start()

    def emit(self, event: Event) -> None:
        """Send an event. A preview that is no result is left out when the server is far behind.

        Raises ``TypeError``, ``ValueError``, ``OverflowError`` or :class:`msgspec.ValidationError` if the event holds a
        value that cannot be sent, or that the server would not take.
        """
        if isinstance(event, NodeOutput):
            msgspec.json.encode(event.ui)  # how it goes on from the server: in JSON less can be said than in msgpack
        if isinstance(event, NodePreview) and not event.result and self._waiting.qsize() > _PREVIEW_BACKLOG:
            return
        encoded = msgspec.msgpack.encode(event)
        _read(encoded)  # as the server will: what it cannot read would end this process, and not only the job
        self._waiting.put(msgspec.Raw(encoded))
        if isinstance(event, JobFinished):
            self._urgent.set()

    def send(self, report: Ready | Status) -> None:
        """Send a report, after the events emitted so far."""
        self._waiting.put(frame(report))

    def send_when_quiet(self, make: Callable[[], Status]) -> None:
        """Send a report, made then, once nothing has been sent for a moment: it is not worth the time of a busy one."""
        self._waiting.put(make)

    def _write(self) -> None:
        while True:
            try:
                batch = self._take()
            except Exception:  # of a report: the device has failed, and a process that says nothing is never replaced
                log.exception("The worker cannot say how its device is.")
                os._exit(1)
            try:
                for message in _frames(batch):
                    self._connection.sendall(message)
            except OSError:  # the server is gone; the thread that reads its commands ends this process
                return
            self._urgent.wait(_PAUSE)
            self._urgent.clear()

    def _take(self) -> list[msgspec.Raw | bytes]:
        """Everything that waits, once there is something; in a quiet moment the report for it."""
        batch: list[msgspec.Raw | bytes] = []
        try:
            while True:
                item = self._waiting.get(not batch, None if self._when_quiet is None else _QUIET)
                if callable(item):
                    self._when_quiet = item
                else:
                    batch.append(item)
        except Empty:
            if not batch and self._when_quiet is not None:
                batch.append(frame(self._when_quiet()))
                self._when_quiet = None
            return batch


def _frames(batch: Iterable[msgspec.Raw | bytes]) -> Iterator[bytes]:
    """One frame for each run of events, and the others between them."""
    events: list[msgspec.Raw] = []
    for item in batch:
        if isinstance(item, msgspec.Raw):
            events.append(item)
            continue
        if events:
            yield frame(_Happened(events))
            events = []
        yield item
    if events:
        yield frame(_Happened(events))
