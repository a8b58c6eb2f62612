"""Results small enough to check a cache on disk by hand."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from nodegraph.execution.cache import Result
from nodegraph.execution.disk_cache import DiskCache

LONG = 1.0
"""Seconds of computing that are worth a file."""


class Text(NamedTuple):
    """Results of these tests are JSON. What is not is not written."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def encode(self) -> bytes:
        return self.content


def pack(result: Result) -> Text | None:
    try:
        return Text(json.dumps(result.values).encode())
    except TypeError:
        return None


def unpack(content: bytes) -> Result:
    return Result(tuple(json.loads(content)))


def opened(folder: Path, limit: int = 1_000_000, *, configuration: str = "here", **changes: Any) -> DiskCache:
    return DiskCache(folder, configuration, limit, **{"pack": pack, "unpack": unpack, **changes})


def key(number: int) -> bytes:
    return number.to_bytes(16)


def text(number: int, size: int = 10) -> Result:
    return Result(([str(number).rjust(size)],))
