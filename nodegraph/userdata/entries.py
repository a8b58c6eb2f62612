"""What is told of the user's files. Plain data: no files, no database."""

from typing import Literal

import msgspec


class UserEntry(msgspec.Struct, frozen=True):
    """A file or a folder, which has size 0. `path` is relative to the user's folder; times are seconds since 1970."""

    path: str
    kind: Literal["file", "folder"]
    size: int
    modified: float
    created: float


class UserFile(msgspec.Struct, frozen=True):
    """A file as it is now. Times are seconds since 1970; `etag` is quoted, as `If-Match` takes it."""

    path: str
    size: int
    modified: float
    created: float
    etag: str


class Gone(msgspec.Struct, frozen=True):
    """A file that was deleted, and can be restored: its last `version`."""

    path: str
    deleted: float
    version: int
    size: int
