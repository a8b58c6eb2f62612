"""Keeping a path inside its folder. The one place that decides whether a name given from outside may be opened.

Knows nothing of what the folders hold, nor of who asks. Imports no torch.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from nodegraph.errors import UnsafePathError

_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}) | {
    port + number for port in ("COM", "LPT") for number in "123456789¹²³"
}
"""Names that Windows opens as a device in every folder, whatever their extension."""

_JUNCTION = 0xA0000003
"""What Windows calls IO_REPARSE_TAG_MOUNT_POINT."""

_LONGEST_PART, _LONGEST = 255, 2048
"""Bytes of a file's name, and of a path below a folder, that every file system takes."""


def is_usable_name(name: str) -> bool:
    """Whether a name read from a disk may be offered: :func:`confined` takes it. On Linux a name may be any bytes."""
    plain = name.replace("\\", "/")
    return not _objection(plain, PurePosixPath(plain).parts)


def relative(name: str, place: str) -> PurePosixPath:
    """``name`` as a path that stays below wherever it is joined to, symbolic links aside. ``place`` is for the message.

    Refuses what :func:`confined` refuses, links aside.
    """
    plain = name.replace("\\", "/")
    path = PurePosixPath(plain)
    reason = _objection(plain, path.parts)
    if reason:
        raise UnsafePathError(f"{name!r} cannot be used as a path {place}: {reason}.")
    return path


def confined(root: Path, name: str) -> Path:
    """The real path of ``name`` below ``root``; it need not exist. ``/`` and ``\\`` both separate.

    Refused with :class:`UnsafePathError`, on every platform alike so that a workflow means the same everywhere:
    absolute paths, drives and alternate streams, ``..``, control characters, device names of Windows, dots or spaces at
    the end of a name (Windows drops them), what is no text or too long for a file system, and symbolic links that lead
    out of ``root`` or back to themselves. Nothing is decoded: ``%2e`` is three characters of a name. The answer is of
    this moment: whoever may put links into the folder meanwhile has a shell on this computer already.
    """
    base = Path(os.path.realpath(root))
    plain = base / relative(name, f"below {root}")
    if not any(map(is_link, _between(base, plain))):
        return plain  # as almost always, and quicker than to resolve the whole path again
    path = Path(os.path.realpath(plain))
    if not path.is_relative_to(base):
        raise UnsafePathError(f"{name!r} leads out of {root} through a symbolic link, to {path}.")
    if any(map(is_link, _between(base, path))):
        raise UnsafePathError(f"{name!r} leads nowhere: a symbolic link below {root} leads back to itself.")
    return path


def is_link(path: Path) -> bool:
    """Whether a path is a symbolic link, or a junction: those of Windows, which ``os.path.islink`` does not know."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION


def _between(base: Path, path: Path) -> Iterator[Path]:
    while path != base:
        yield path
        path = path.parent


def _objection(plain: str, parts: tuple[str, ...]) -> str:
    """Why these parts are refused, or an empty string."""
    if plain.startswith("/") or PureWindowsPath(plain).drive:
        return "it is absolute; give one relative to that folder"
    if ".." in parts:
        return "it has a '..' in it"
    if ":" in plain:
        return "it has a ':' in it, which means a drive or a stream on Windows"
    if any(part.endswith((".", " ")) for part in parts):
        return "a name in it ends in a dot or a space, which Windows drops"
    if any(ord(character) < 32 or ord(character) == 127 for character in plain):
        return "it has a control character in it"
    devices = [part for part in parts if part.split(".")[0].rstrip(" ").upper() in _DEVICES]
    if devices:
        return f"{devices[0]!r} is the name of a device on Windows"
    try:
        longest, length = max((len(part.encode()) for part in parts), default=0), len(plain.encode())
    except UnicodeEncodeError:
        return "it has characters that no text can hold"
    if longest > _LONGEST_PART or length > _LONGEST:
        return f"it is too long: at most {_LONGEST_PART} bytes a name and {_LONGEST} in all"
    return ""
