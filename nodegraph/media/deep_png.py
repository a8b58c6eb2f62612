"""PNG of 16 bits a channel (W3C, "PNG Specification", third edition), which Pillow reads, but writes in grey only."""

import struct
import zlib
from collections.abc import Mapping

import numpy as np
from torch import Tensor

from nodegraph.media.images import check_finite, check_picture
from nodegraph.media.metadata import png_info

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}
"""Grey, colour, colour with alpha (§11.2.1)."""
_UP = 2
"""The filter that keeps the difference to the pixel above (§9.2)."""


def encode_deep_png(image: Tensor, *, text: Mapping[str, str], compression: int) -> bytes:
    """``h w c`` (c of 1, 3 or 4) in 0..1 as PNG of 16 bits, clipped and rounded, carrying ``text``.

    A picture of 8 bits loses nothing. Raises what :func:`nodegraph.media.images.encode_png` raises.
    """
    check_picture(image)
    check_finite(image)
    height, width, channels = image.shape
    values = (image.double().cpu().clamp(0, 1) * 65535).round().numpy().astype(">u2")
    rows = np.frombuffer(values.tobytes(), dtype=np.uint8).reshape(height, -1)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    filtered = np.hstack([np.full((height, 1), _UP, dtype=np.uint8), rows - above])
    header = struct.pack(">IIBBBBB", width, height, 16, _COLOUR_TYPES[channels], 0, 0, 0)
    chunks = [(b"IHDR", header)]
    chunks += [(kind, content) for kind, content, *_ in png_info(text).chunks]
    chunks += [(b"IDAT", zlib.compress(filtered.tobytes(), compression)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Length, kind, content and a check sum of both (§5.3)."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
