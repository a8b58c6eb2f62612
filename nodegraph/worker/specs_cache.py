"""The node list of the last start, kept on disk, so that a server answers for it before a worker has loaded its packs.

It is found again only under the digest of the very sources it was read from, and holds the whole list or nothing:
packs that could not be loaded are part of it. Knows neither packs nor worker. Imports no torch.
"""

import logging
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from nodegraph.graph.spec import NodeSpec
from nodegraph.worker.protocol import PackFailure
from nodegraph.write import SaveError, write_file

log = logging.getLogger(__name__)

_VERSION = 1
"""Of the file's format; it changes when :class:`NodeSpec` does in a way that old files would be misread."""

_CHECKSUM = 16


class CachedSpecs(msgspec.Struct, frozen=True):
    """Everything a worker said of its packs when it was ready."""

    specs: list[NodeSpec]
    failures: list[PackFailure]


class _Stored(msgspec.Struct, frozen=True):
    version: int
    digest: str
    content: CachedSpecs


class SpecsCache:
    """One node list in the file ``specs.cache`` of a user directory."""

    def __init__(self, user_dir: Path) -> None:
        self._path = user_dir / "specs.cache"

    def load(self, digest: str) -> CachedSpecs | None:
        """The list stored under ``digest``; None if there is none, or the file is damaged or of another version."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return None
        checksum, body = data[:_CHECKSUM], data[_CHECKSUM:]
        if checksum != _checksum(body):
            log.warning("%s is damaged; the node list waits for the worker.", self._path)
            return None
        try:
            stored = msgspec.msgpack.decode(body, type=_Stored)
        except msgspec.MsgspecError:  # written by another version of nodegraph
            return None
        return stored.content if (stored.version, stored.digest) == (_VERSION, digest) else None

    def store(self, digest: str, specs: Sequence[NodeSpec], failures: Sequence[PackFailure]) -> None:
        """Replace what is stored. A disk that cannot be written to costs the next start its head start, no more."""
        body = msgspec.msgpack.encode(_Stored(_VERSION, digest, CachedSpecs(list(specs), list(failures))))
        try:
            write_file(self._path, _checksum(body) + body, replace=True, durable=False)
        except SaveError as error:
            log.warning("The node list could not be cached. %s", error)


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=_CHECKSUM).digest()
