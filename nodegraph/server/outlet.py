"""The sending side of a WebSocket for messages that go to many. Knows nothing of what the messages say.

A message is framed once (RFC 6455 §5.2; a server does not mask) and the same bytes go to every socket. What is sent in
one turn of the event loop leaves in one write. Nothing here ever waits: the transport's own buffer is the queue, and it
is bounded. A client that reads too slowly first loses previews, then its connection.
"""

import asyncio
import logging

log = logging.getLogger(__name__)

PREVIEW_BACKLOG = 256 * 1024
"""Bytes that may wait for a client before it misses previews."""

BACKLOG_LIMIT = 16 * 1024 * 1024
"""Bytes that may wait for a client before it is disconnected."""

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

    @property
    def backlog(self) -> int:
        """Bytes that wait for the client, apart from what the system's buffers took."""
        return self._transport.get_write_buffer_size() + self._size

    @property
    def behind(self) -> bool:
        """Whether the client reads more slowly than it is sent to."""
        return self.backlog > PREVIEW_BACKLOG

    def send(self, frame: bytes) -> None:
        """Send a frame of :func:`text_frame` or :func:`binary_frame`, or several joined, after all earlier ones."""
        if self._transport.is_closing():
            return
        if not self._pending:
            asyncio.get_running_loop().call_soon(self.flush)
        self._pending.append(frame)
        self._size += len(frame)
        if self.backlog > BACKLOG_LIMIT:
            log.warning("A client reads too slowly and is disconnected: more than %d bytes wait for it.", BACKLOG_LIMIT)
            self.abort()

    def send_preview(self, frame: bytes) -> None:
        """Send a frame unless the client is behind."""
        if not self.behind:
            self.send(frame)

    def flush(self) -> None:
        """Write what was sent so far now rather than at the end of this turn of the loop."""
        if self._pending and not self._transport.is_closing():
            self._transport.write(b"".join(self._pending))
        self._clear()

    def abort(self) -> None:
        """End the connection without waiting for what the client has not read. Nothing if it has ended."""
        self._clear()
        self._transport.abort()

    def _clear(self) -> None:
        self._pending.clear()
        self._size = 0
