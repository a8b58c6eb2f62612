"""Deciding whether a file is taken, and under which name. Reads headers only, and opens no pickle."""

import re
from pathlib import Path, PurePosixPath

from nodegraph.errors import UnsafePathError
from nodegraph.models.errors import ModelError, RefusedFileError
from nodegraph.paths import relative
from nodegraph.weights.header import BrokenFileError, Header, read_header

SUFFIXES = (".safetensors", ".sft")
PICKLES = frozenset({".ckpt", ".pt", ".pt2", ".pth", ".bin", ".pkl"})
_PICKLE_STARTS = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_PLAUSIBLE_LENGTH = 100_000_000
_UNWANTED = re.compile(r"[^\w.\-+ ()\[\],&']")

PICKLE = (
    "a Python pickle (.ckpt, .pt, .pth, .bin), which can run any program when it is opened. nodegraph takes "
    "safetensors only, which hold numbers and nothing else; most models are offered as .safetensors too"
)


def identify(path: Path, called: str) -> Header:
    """The header of a whole file. Raises RefusedFileError, which names the file as it is ``called``."""
    _refuse_pickle(path, called)
    try:
        return read_header(path)
    except BrokenFileError as error:
        raise RefusedFileError(str(error).replace(str(path), called)) from None


def check_start(path: Path, called: str) -> None:
    """Refuse a file by its first bytes, before the rest is waited for. Raises RefusedFileError."""
    _refuse_pickle(path, called)
    with path.open("rb") as file:
        start = file.read(9)
    if int.from_bytes(start[:8], "little") > _PLAUSIBLE_LENGTH or start[8:] != b"{":
        identify(path, called)
        raise RefusedFileError(f"{called} is not a safetensors file: it starts with {start!r}.")


def refuse_by_name(name: str, called: str) -> None:
    """Refuse a pickle before it is fetched. Raises RefusedFileError."""
    if PurePosixPath(name).suffix.lower() in PICKLES:
        raise RefusedFileError(f"{called} is {PICKLE}.")


def usable_name(wanted: str | None, proposed: str) -> str:
    """A name below a folder of models: the one that is ``wanted``, else one made of what the other end proposes.

    Only a wanted one may have subfolders. Raises ModelError for a wanted one that leads elsewhere or has no suffix of
    safetensors.
    """
    if wanted is None:
        return _cleaned(proposed)
    try:
        path = relative(wanted, "below the folder of models")
    except UnsafePathError as error:
        raise ModelError(f"--name: {error}") from None
    if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
        raise ModelError(f"--name {wanted!r} must end in .safetensors, as what it names is such a file.")
    return str(path)


def _cleaned(proposed: str) -> str:
    """What a server proposes is the last part of a path at most, in letters that every file system takes."""
    name = _UNWANTED.sub("_", PurePosixPath(proposed.replace("\\", "/")).name).strip(". ")
    if not name.lower().endswith(SUFFIXES):
        name = f"{name or 'model'}.safetensors"
    try:
        return str(relative(name, "below the folder of models"))
    except UnsafePathError as error:
        raise ModelError(f"The name that the server proposes cannot be kept: {error} Choose one with --name.") from None


def _refuse_pickle(path: Path, called: str) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    # The length that safetensors begins with may be these bytes by chance; being short, it then ends in zeros.
    if start.startswith(_PICKLE_STARTS) and start[4:] != b"\0\0\0\0":
        raise RefusedFileError(f"{called} is {PICKLE}.")
