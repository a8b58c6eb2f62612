"""The sending side of a WebSocket or an event stream for messages that go to many. Knows nothing of what they say.

A message is framed once (RFC 6455 §5.2; a server does not mask) and the same bytes go to every socket. A write is a
system call here and wakes the client there, so what is sent within a moment leaves in one. Nothing here ever waits: the
transport's own buffer is the queue, and it is bounded: by a limit, and one frame beyond it. A client that reads too
slowly first loses previews, then its connection.
"""

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

PREVIEW_BACKLOG = 256 * 1024
"""Bytes that may wait for a client before it misses previews."""

BACKLOG_LIMIT = 16 * 1024 * 1024
"""Bytes that may wait for a client before it is disconnected."""

GATHERING = 0.01
"""Seconds in which messages that nobody waits for are gathered for one write."""

LONGEST_GATHERING = 0.25
"""The same when there are many sockets."""

_TEXT, _BINARY, _FINAL = 0x1, 0x2, 0x80


def text_frame(payload: bytes) -> bytes:
    """A text message; ``payload`` is UTF-8."""
    return _header(_TEXT, len(payload)) + payload


def binary_frame(payload: bytes) -> bytes:
    """A binary message."""
    return _header(_BINARY, len(payload)) + payload


def _header(opcode: int, length: int) -> bytes:
    if length < 126:
        return bytes((_FINAL | opcode, length))
    if length < 1 << 16:
        return bytes((_FINAL | opcode, 126)) + length.to_bytes(2, "big")
    return bytes((_FINAL | opcode, 127)) + length.to_bytes(8, "big")


class Rounds:
    """When what nobody waits for is written: for all sockets in one round after the other.

    Between two rounds is at least as much time as the last one took. So however many sockets there are, and however
    much there is to tell, they get half of the event loop at most; the other half is for the jobs.
    """

    def __init__(self) -> None:
        self._joined: dict[Callable[[], None], None] = {}
        self._pause = GATHERING
        self._next: asyncio.TimerHandle | None = None

    def join(self, write: Callable[[], None]) -> None:
        """Call ``write`` in the next round, once."""
        self._joined[write] = None
        if self._next is None:
            self._next = asyncio.get_running_loop().call_later(self._pause, self._round)

    def _round(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        joined, self._joined, self._next = self._joined, {}, None
        for write in joined:
            write()
        self._pause = min(max(GATHERING, loop.time() - began), LONGEST_GATHERING)


class Outlet:
    """Sends frames to one client. Its connection must not compress what it sends."""

    def __init__(self, transport: asyncio.WriteTransport, rounds: Rounds) -> None:
        self._transport = transport
        self._rounds = rounds
        self._pending: list[bytes] = []
        self._size = 0
        self._soon = False
        self._later = False

    @property
    def backlog(self) -> int:
        """Bytes that wait for the client, apart from what the system's buffers took."""
        return self._transport.get_write_buffer_size() + self._size

    @property
    def behind(self) -> bool:
        """Whether the client reads more slowly than it is sent to."""
        return self.backlog > PREVIEW_BACKLOG

    @property
    def closed(self) -> bool:
        """Whether the client has left, or is about to be left."""
        return self._transport.is_closing()

    def send(self, frame: bytes) -> None:
        """Send a frame, such as one of :func:`text_frame`, or several joined, after all earlier ones.

        Everything that waits leaves with it at the end of this turn of the loop.
        """
        if self._take(frame) and not self._soon:
            self._soon = True
            asyncio.get_running_loop().call_soon(self.flush)

    def send_along(self, frame: bytes) -> None:
        """Send a frame that nobody waits for: with the next of :meth:`send`, or in the next of the rounds."""
        if self._take(frame) and not self._later:
            self._later = True
            self._rounds.join(self._write_later)

    def send_preview(self, frame: bytes) -> None:
        """Send a frame that nobody waits for, unless the client is behind."""
        if not self.behind:
            self.send_along(frame)

    def flush(self) -> None:
        """Write what was sent so far now."""
        self._soon = False
        if self._pending and not self._transport.is_closing():
            self._transport.write(b"".join(self._pending))
        self._clear()

    def _write_later(self) -> None:
        self._later = False
        self.flush()

    def _take(self, frame: bytes) -> bool:
        """Put a frame to the others; False if the client is gone, or was too slow and is gone now."""
        if self._transport.is_closing():
            return False
        if self.backlog <= BACKLOG_LIMIT:
            self._pending.append(frame)
            self._size += len(frame)
            return True
        log.warning("A client reads too slowly and is disconnected: more than %d bytes wait for it.", BACKLOG_LIMIT)
        self.abort()
        return False

    def abort(self) -> None:
        """End the connection without waiting for what the client has not read. Nothing if it has ended."""
        self._clear()
        self._transport.abort()

    def _clear(self) -> None:
        self._pending.clear()
        self._size = 0
