"""The sending side of a WebSocket for messages that go to many. Knows nothing of what the messages say.

A message is framed once (RFC 6455 §5.2; a server does not mask) and the same bytes go to every socket. A write is a
system call here and wakes the client there, so what is sent within a moment leaves in one. Nothing here ever waits: the
transport's own buffer is the queue, and it is bounded. A client that reads too slowly first loses previews, then its
connection.
"""

import asyncio
import logging

log = logging.getLogger(__name__)

PREVIEW_BACKLOG = 256 * 1024
"""Bytes that may wait for a client before it misses previews."""

BACKLOG_LIMIT = 16 * 1024 * 1024
"""Bytes that may wait for a client before it is disconnected."""

GATHERING = 0.01
"""Seconds in which messages that nobody waits for are gathered for one write."""

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


class Outlet:
    """Sends frames to one client. The socket must have been accepted without compression."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._pending: list[bytes] = []
        self._size = 0
        self._soon: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None

    @property
    def backlog(self) -> int:
        """Bytes that wait for the client, apart from what the system's buffers took."""
        return self._transport.get_write_buffer_size() + self._size

    @property
    def behind(self) -> bool:
        """Whether the client reads more slowly than it is sent to."""
        return self.backlog > PREVIEW_BACKLOG

    def send(self, frame: bytes) -> None:
        """Send a frame of :func:`text_frame` or :func:`binary_frame`, or several joined, after all earlier ones.

        Everything that waits leaves with it at the end of this turn of the loop.
        """
        if self._take(frame) and self._soon is None:
            self._soon = asyncio.get_running_loop().call_soon(self.flush)

    def send_along(self, frame: bytes) -> None:
        """Send a frame that nobody waits for: with the next of :meth:`send`, or after :data:`GATHERING` seconds."""
        if self._take(frame) and self._later is None:
            self._later = asyncio.get_running_loop().call_later(GATHERING, self._gathered)

    def send_preview(self, frame: bytes) -> None:
        """Send a frame that nobody waits for, unless the client is behind."""
        if not self.behind:
            self.send_along(frame)

    def flush(self) -> None:
        """Write what was sent so far now."""
        self._soon = None
        if self._pending and not self._transport.is_closing():
            self._transport.write(b"".join(self._pending))
        self._clear()

    def _gathered(self) -> None:
        self._later = None
        self.flush()

    def _take(self, frame: bytes) -> bool:
        """Put a frame to the others; False if the client is gone, or was too slow and is gone now."""
        if self._transport.is_closing():
            return False
        self._pending.append(frame)
        self._size += len(frame)
        if self.backlog <= BACKLOG_LIMIT:
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
