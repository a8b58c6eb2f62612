"""The header of a safetensors file: which tensors it has, whether all of it is there, and other metadata for it.

Reads no tensor and imports no torch. Format: github.com/huggingface/safetensors (8 bytes of little-endian length, that
much JSON, then the data).
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from nodegraph.errors import MissingFileError, UserError
from nodegraph.weights.handles import WeightFile

_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000  # the format's own limit
_ALIGNMENT = 8  # of the data in the file, so that a memory map can be used as it is
_METADATA = "__metadata__"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a pickle or zip archive (.ckpt, .pt, .bin) under another name"),
    (b"\x80\x02", "a Python pickle (.ckpt, .pt, .bin)"),
    (b"GGUF", "a GGUF file"),
    (b"version https://git-lfs", "a Git LFS pointer: the real file was not downloaded"),
    (b"<!DOCTYPE", "a web page: the download probably needed a login"),
    (b"<html", "a web page: the download probably needed a login"),
)


class BrokenFileError(UserError):
    """A weight file that is truncated, damaged or of another format."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Type (the format's name: ``F16``, ``BF16``, ``F32``, ...), shape and size in bytes."""

    dtype: str
    shape: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a weight file says about itself."""

    path: Path
    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]


class _Entry(msgspec.Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def weight_file(path: Path) -> WeightFile:
    """A handle on the file as it is now: the fingerprint covers its size and time of change, not its content."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise MissingFileError(f"{path} is not there (any more)") from None
    mark = f"{status.st_size}-{status.st_mtime_ns}-{os.fspath(path.resolve())}"
    return WeightFile(path=str(path), fingerprint=hashlib.blake2b(mark.encode(), digest_size=16).hexdigest())


def read_header(path: Path) -> Header:
    """Read and check a header. Raises MissingFileError, or BrokenFileError saying what is wrong with the file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_LENGTH_BYTES)
            length = int.from_bytes(start, "little")
            text = file.read(length) if length <= _LONGEST_HEADER else b""
            file.seek(0)
            signature = file.read(32)
    except FileNotFoundError:
        raise MissingFileError(f"{path} is not there (any more)") from None
    except IsADirectoryError:
        raise BrokenFileError(f"{path} is a folder, not a weight file") from None
    except OSError as error:
        raise BrokenFileError(f"{path} cannot be read: {error.strerror}") from None
    for known, meaning in _SIGNATURES:
        if signature.startswith(known):
            raise BrokenFileError(
                f"{path} is not a safetensors file but {meaning}. Get the .safetensors version of it."
            )
    if size < _LENGTH_BYTES:
        raise BrokenFileError(f"{path} is {'empty' if not size else 'truncated'}: it has {size} bytes. {_AGAIN}")
    if length > _LONGEST_HEADER:
        raise BrokenFileError(f"{path} is not a safetensors file: it starts with {start!r}. {_AGAIN}")
    if len(text) < length:
        raise BrokenFileError(
            f"{path} is truncated: its header alone takes {length:,} bytes, the file has {size:,}. {_AGAIN}"
        )
    try:
        entries: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        metadata = msgspec.convert(entries.pop(_METADATA, {}), dict[str, str])
        tensors = msgspec.convert(entries, dict[str, _Entry])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenFileError(
            f"{path} is damaged: its header does not read as safetensors ({error}). {_AGAIN}"
        ) from None
    expected = _LENGTH_BYTES + length + max((entry.data_offsets[1] for entry in tensors.values()), default=0)
    if size != expected:
        state = "truncated" if size < expected else "damaged"
        raise BrokenFileError(f"{path} is {state}: its header announces {expected:,} bytes, it has {size:,}. {_AGAIN}")
    infos = {
        name: TensorInfo(entry.dtype, entry.shape, entry.data_offsets[1] - entry.data_offsets[0])
        for name, entry in tensors.items()
    }
    return Header(path=path, tensors=infos, metadata=metadata)


def replace_metadata(content: bytes, metadata: Mapping[str, str]) -> bytes:
    """A whole, sound safetensors file with this metadata in place of its own; the tensors stay as they are, to the bit.

    Equal metadata gives equal bytes, in whatever order it comes.
    """
    start = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    entries: dict[str, Any] = msgspec.json.decode(content[_LENGTH_BYTES:start], type=dict[str, Any])
    entries.pop(_METADATA, None)
    text = msgspec.json.encode({_METADATA: dict(sorted(metadata.items())), **entries})
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text + content[start:]


_AGAIN = "Download or copy it again."
