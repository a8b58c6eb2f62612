"""Keeping a path inside its folder. The one place that decides whether a name given from outside may be opened.

Knows nothing of what the folders hold, nor of who asks. Imports no torch.
"""

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from nodegraph.errors import UnsafePathError

_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}) | {
    port + number for port in ("COM", "LPT") for number in "123456789¹²³"
}
"""Names that Windows opens as a device in every folder, whatever their extension."""

_LONGEST_PART, _LONGEST = 255, 2048
"""Bytes of a file's name, and of a path below a folder, that every file system takes."""


def is_readable_name(name: str) -> bool:
    """Whether a name read from a disk is text that JSON can carry: on Linux a name may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def confined(root: Path, name: str) -> Path:
    """The real path of ``name`` below ``root``; it need not exist. ``/`` and ``\\`` both separate.

    Refused with :class:`UnsafePathError`, on every platform alike so that a workflow means the same everywhere:
    absolute paths and drives, ``..``, control characters, device names of Windows, text no file system can hold or that
    is too long for one, and symbolic links that lead out of ``root``. Nothing is decoded: ``%2e`` is four characters of
    a name.
    """
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    reason = _objection(plain, parts)
    if reason:
        raise UnsafePathError(f"{name!r} cannot be used as a path below {root}: {reason}.")
    base = Path(os.path.realpath(root))
    path = Path(os.path.realpath(base.joinpath(*parts)))
    if not path.is_relative_to(base):
        raise UnsafePathError(f"{name!r} leads out of {root} through a symbolic link, to {path}.")
    return path


def _objection(plain: str, parts: tuple[str, ...]) -> str:
    """Why these parts are refused, or an empty string."""
    if plain.startswith("/") or any(PureWindowsPath(part).drive for part in parts):
        return "it is absolute; give one relative to that folder"
    if ".." in parts:
        return "it has a '..' in it"
    if any(ord(character) < 32 or ord(character) == 127 for character in plain):
        return "it has a control character in it"
    devices = [part for part in parts if part.split(".")[0].rstrip(" ").upper() in _DEVICES]
    if devices:
        return f"{devices[0]!r} is the name of a device on Windows"
    try:
        longest, length = max((len(os.fsencode(part)) for part in parts), default=0), len(os.fsencode(plain))
    except UnicodeEncodeError:
        return "it has characters that no file name can hold"
    if longest > _LONGEST_PART or length > _LONGEST:
        return f"it is too long: at most {_LONGEST_PART} bytes a name and {_LONGEST} in all"
    return ""
