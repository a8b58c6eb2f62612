"""Messages of :mod:`nodegraph.worker.protocol` as bytes, and back: a frame is a length and that much msgpack.

The worker reads with a plain socket, the server with asyncio. Knows nothing of what the messages mean.
"""

import asyncio
import socket
import struct
from collections.abc import Iterator

import msgspec

from nodegraph.worker.protocol import Command, Report, Start

_LENGTH = struct.Struct(">I")
_ENCODER = msgspec.msgpack.Encoder()
_COMMANDS: msgspec.msgpack.Decoder[Start | Command] = msgspec.msgpack.Decoder(Start | Command)
_REPORTS: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def frame(message: msgspec.Struct) -> bytes:
    """``message`` as one frame.

    Raises ``TypeError`` or ``OverflowError`` for a value inside that msgpack has no form for.
    """
    body = _ENCODER.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_commands(connection: socket.socket) -> Iterator[Start | Command]:
    """Commands as they arrive on a blocking socket, until the other side has closed it, however it did."""
    with connection.makefile("rb") as stream:
        while True:
            try:
                head = stream.read(_LENGTH.size)
                if len(head) < _LENGTH.size:
                    return
                (length,) = _LENGTH.unpack(head)
                body = stream.read(length)
            except ConnectionError:
                return
            if len(body) < length:
                return
            yield _COMMANDS.decode(body)


async def read_report(stream: asyncio.StreamReader) -> Report | None:
    """The next report, or None when the other side has closed the connection, be it in the midst of a frame."""
    try:
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        body = await stream.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return _REPORTS.decode(body)
