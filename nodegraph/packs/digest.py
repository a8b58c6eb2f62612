"""Digests of source code: when one changes, cached specs and cached results made with it are void. Imports no torch."""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from nodegraph.packs.locate import PACKAGE, builtin_pack, package_sources, source_files


def digest_of_packs(packs: Iterable[Path] = ()) -> str:
    """One digest of everything the node list depends on: nodegraph, the built-in pack, and ``packs`` in their order."""
    digest = blake2b(_digest_of_package().encode(), digest_size=16)
    for pack in (builtin_pack(), *packs):
        digest.update(digest_of_pack(pack).encode())
    return digest.hexdigest()


def digest_of_pack(pack: Path) -> str:
    """The digest of what a pack's nodes compute with: its own sources and nodegraph's."""
    return _digest(f"{pack.name}:{_digest_of_package()}", pack.parent, source_files(pack))


@cache
def _digest_of_package() -> str:
    """Read once: this process runs the code it has loaded, whatever becomes of the files."""
    return _digest("nodegraph", PACKAGE, package_sources())


def _digest(start: str, root: Path, files: Iterable[Path]) -> str:
    """Names relative to ``root`` and contents, each with its length, so that no two sets of files run together."""
    digest = blake2b(start.encode(), digest_size=16)
    for path in files:
        name = path.relative_to(root).as_posix().encode()
        content = path.read_bytes()
        digest.update(b"%d %d " % (len(name), len(content)) + name + content)
    return digest.hexdigest()
