"""Serving pictures and taking them in. Paths are confined by :class:`DataFolders`; content is never trusted.

Nothing that was uploaded or saved is served as something a browser would run: only types that are known to be inert are
shown, all else leaves as an attachment. Nothing is taken in that is not a whole picture of a sensible size.
"""

import asyncio
import errno
import hashlib
import itertools
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import BodyPartReader, StreamReader, web
from PIL import Image, ImageSequence, UnidentifiedImageError

from nodegraph.errors import UnsafePathError, UserError
from nodegraph.media.folders import IMAGE_FORMATS, DataFolders
from nodegraph.write import make_folder, move_to_new, sync_folder

UPLOAD_LIMIT = 100 * 1024 * 1024
"""Bytes a request may bring."""

UPLOAD_KINDS = ("input", "output", "temp")
"""The folders that take uploads."""

Source = BodyPartReader | StreamReader
"""What an upload is read from: a part of a form, or a body."""

_FIELD_LIMIT = 64 * 1024

PIXEL_LIMIT = 128 * 1024 * 1024
"""Pixels of the largest picture that is opened, all its frames together; more is taken for a decompression bomb."""

_FRAME_LIMIT = 10_000
WEBP_SIDE = 16383
"""Pixels of the longest side that a WebP can have."""

_ATTACHMENT = "application/octet-stream"
_INLINE = {
    "application/json": (".json",),
    "audio/flac": (".flac",),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg", ".opus"),
    "audio/wav": (".wav",),
    "image/apng": (".apng",),
    "image/avif": (".avif",),
    "image/bmp": (".bmp",),
    "image/gif": (".gif",),
    "image/jpeg": (".jpg", ".jpeg", ".mpo"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
    "text/plain; charset=utf-8": (".txt", ".log"),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/webm": (".webm",),
}
_TYPES = {suffix: mime for mime, suffixes in _INLINE.items() for suffix in suffixes}
"""What a browser may show. Not asked of the system, whose list differs from one computer to the next."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}


class UploadError(UserError):
    """What was uploaded cannot be taken."""


class ServedFile(NamedTuple):
    """A file that may be served, and its size in bytes."""

    path: Path
    size: int


class StorageError(UserError):
    """The disk does not take what was uploaded."""


class Stored(NamedTuple):
    """Where an upload ended up: a name in its folder."""

    name: str
    existed: bool


class Rendered(NamedTuple):
    body: bytes
    mime: str


# ---- out ----


class _PlainFile(web.FileResponse):
    """The file itself: not ``a.png.gz``, should somebody have put that beside ``a.png``."""

    def _get_file_path_stat_encoding(self, accept_encoding: str) -> tuple[Path | None, os.stat_result, str | None]:
        return super()._get_file_path_stat_encoding("")


def served_file(folders: DataFolders, kind: str, subfolder: str, filename: str) -> ServedFile | None:
    """A file of a folder that is open to clients; None if there is none, or if the name leads out. Blocks."""
    if kind not in UPLOAD_KINDS:
        return None
    try:
        path = folders.resolve(kind, subfolder, filename)
        return ServedFile(path, path.stat().st_size) if path.is_file() else None
    except (UnsafePathError, OSError):
        return None


def file_response(path: Path) -> web.FileResponse:
    """The file as it is, with headers that keep a browser from running it."""
    return _PlainFile(path, headers=headers_of(path.name))


def media_type(name: str) -> str:
    """What a file of that name is served as."""
    return _TYPES.get(PurePosixPath(name).suffix.lower(), _ATTACHMENT)


def headers_of(name: str) -> dict[str, str]:
    """What keeps a browser from running a file of that name."""
    mime = media_type(name)
    how = "attachment" if mime == _ATTACHMENT else "inline"
    return {"Content-Type": mime, "Content-Disposition": _disposition(how, name)}


def rendered_response(rendered: Rendered, name: str) -> web.Response:
    """A picture made by :func:`preview` or :func:`channels`."""
    headers = {"Content-Disposition": _disposition("inline", name)}
    return web.Response(body=rendered.body, content_type=rendered.mime, headers=headers)


def preview(path: Path, format: str, *, alpha: bool, side: int = WEBP_SIDE) -> Rendered:
    """A smaller encoding of a picture: ``webp`` or ``jpeg``, with ``;quality`` from 1 to 100 behind it.

    Any other format, and a preview that needs its alpha, is a WebP. No side is longer than ``side`` pixels.
    Blocks: call it on a thread.
    """
    kind, _, wanted = format.partition(";")
    quality = min(100, max(1, int(wanted))) if wanted.isdecimal() else 90
    if kind != "jpeg" or alpha:
        kind = "webp"
    with opened_image(path, path.name) as image:
        image.thumbnail((side, side))
        converted = image if kind == "webp" and image.mode in ("RGB", "RGBA") else image.convert(_mode(image, kind))
        return Rendered(_encoded(converted, kind, quality=quality), f"image/{kind}")


def channels(path: Path, channel: str) -> Rendered:
    """One view of a picture as PNG: ``rgb`` without alpha, or ``a``, black with only the alpha. Blocks."""
    with opened_image(path, path.name) as image:
        if channel == "rgb":
            return Rendered(_encoded(image.convert("RGB"), "png"), "image/png")
        alpha = image.convert("RGBA").getchannel("A")
        only = Image.new("RGBA", image.size)
        only.putalpha(alpha)
        return Rendered(_encoded(only, "png"), "image/png")


# ---- in ----


def place(folders: DataFolders, kind: str, subfolder: str, filename: str) -> Path:
    """Where an upload is to be kept. Raises :class:`UploadError` for a place that is not for uploads."""
    if kind not in UPLOAD_KINDS:
        raise UploadError(f"There is no folder of type {kind!r}; choose one of {', '.join(UPLOAD_KINDS)}.")
    if any(part.startswith(".") for part in (filename, *subfolder.replace("\\", "/").split("/"))):
        raise UploadError(f"{subfolder}/{filename}: names that begin with a dot are not for uploads.")
    try:
        return folders.resolve(kind, subfolder, filename)
    except UnsafePathError as error:
        raise UploadError(str(error)) from error


async def receive(source: Source, folder: Path) -> Path:
    """Write an uploaded file to a temporary one in ``folder``, which the caller moves or deletes.

    Whatever goes wrong meanwhile, the client's leaving included, nothing is left behind. Raises :class:`StorageError`.
    """
    path = folder / f".upload-{secrets.token_hex(8)}"
    with _storing(folder):
        make_folder(folder, durable=False)
        file = path.open("xb")
    try:
        with file:
            async for chunk in _chunks(source, UPLOAD_LIMIT):
                with _storing(folder):
                    await asyncio.to_thread(file.write, chunk)
            with _storing(folder):
                await asyncio.to_thread(file.flush)
    except BaseException:
        path.unlink()
        raise
    return path


def check_image(path: Path, name: str) -> None:
    """Raise :class:`UploadError` unless the file is a whole picture of a sensible size, to its last frame. Blocks."""
    pixels = 0
    with opened_image(path, name) as image:
        for count, frame in enumerate(ImageSequence.Iterator(image), 1):
            pixels += frame.width * frame.height
            if pixels > PIXEL_LIMIT or count > _FRAME_LIMIT:
                raise UploadError(
                    f"{name!r} has more than {PIXEL_LIMIT} pixels in all or {_FRAME_LIMIT} frames; make it smaller."
                )
            frame.load()


def keep(temporary: Path, destination: Path, *, overwrite: bool) -> Stored:
    """Give a received file its place, where it survives a power cut; the caller deletes the temporary one. Blocks.

    A file of that name with other content is only replaced with ``overwrite``; else the new one becomes
    ``name (1).ext`` and so on. The same content is not stored twice under a name. Raises :class:`StorageError`.
    """
    with _storing(destination.parent):
        make_folder(destination.parent)
        try:
            return _placed(temporary, destination, overwrite=overwrite)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        beside = destination.with_name(f"{temporary.name}.part")  # the temporary folder is on another disk
        try:
            shutil.copyfile(temporary, beside)
            return _placed(beside, destination, overwrite=overwrite)
        finally:
            beside.unlink(missing_ok=True)


def base_name(filename: str) -> str:
    """The last part of a name, whichever separator its sender uses."""
    return PurePosixPath(filename.replace("\\", "/")).name


async def read_field(part: BodyPartReader) -> str:
    """The text of a form's field, which is short."""
    text = b"".join([chunk async for chunk in _chunks(part, _FIELD_LIMIT)])
    return text.decode(errors="replace")


async def _chunks(source: Source, limit: int) -> AsyncIterator[bytes]:
    """The content of a body or of a part of it, in pieces of whatever size the network gives."""
    read = source.read_chunk if isinstance(source, BodyPartReader) else source.read
    size = 0
    while chunk := await read(min(1 << 20, limit + 1)):
        size += len(chunk)
        if size > limit:
            raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=size)
        yield chunk


@contextmanager
def opened_image(path: Path, name: str) -> Iterator[Image.Image]:
    """A picture, which the body decodes. ``name`` is what its owner calls it.

    Raises :class:`UploadError` if it is none, or too large a one, or turns out to be damaged in the body.
    """
    try:
        with Image.open(path, formats=IMAGE_FORMATS) as image:
            width, height = image.size
            if width * height > PIXEL_LIMIT:
                raise UploadError(f"{name!r} has {width} x {height} pixels; at most {PIXEL_LIMIT} are opened.")
            yield image
    except UserError:
        raise
    except UnidentifiedImageError as error:
        raise UploadError(f"{name!r} is not a picture of a kind that can be read.") from error
    except Exception as error:  # readers of damaged files raise anything: struct.error, IndexError, zlib.error, …
        raise UploadError(f"{name!r} is not a picture that can be read: {error}.") from error


@contextmanager
def _storing(folder: Path) -> Iterator[None]:
    """What the disk refuses, said clearly: a full one is ours to put right, an impossible name is the client's."""
    try:
        yield
    except OSError as error:
        message = f"The upload could not be stored in {folder}: {error.strerror or error}."
        raise (StorageError if error.errno in _FULL else UploadError)(message) from error


def _mode(image: Image.Image, kind: str) -> str:
    return "RGBA" if kind == "webp" and image.has_transparency_data else "RGB"


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _placed(source: Path, destination: Path, *, overwrite: bool) -> Stored:
    """Have the disk keep ``source``, then its name."""
    with source.open("r+b") as file:
        os.fsync(file.fileno())
    stored = _named(source, destination, overwrite=overwrite)
    sync_folder(destination.parent)
    return stored


def _named(source: Path, destination: Path, *, overwrite: bool) -> Stored:
    """Give ``source`` the name ``destination``, or one like it, in one instant. It may be left where it was as well."""
    if overwrite:
        os.replace(source, destination)
        return Stored(destination.name, existed=False)
    digest = _digest(source)
    for count in itertools.count():
        ending = f" ({count})" if count else ""
        candidate = destination.with_name(f"{destination.stem}{ending}{destination.suffix}")
        try:
            move_to_new(source, candidate)
        except FileExistsError:
            if candidate.is_file() and _digest(candidate) == digest:
                return Stored(candidate.name, existed=True)
        else:
            return Stored(candidate.name, existed=False)
    raise AssertionError("unreachable")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _disposition(how: str, name: str) -> str:
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name)}"
    prefix = "" if how == "inline" else f"{how}; "
    return f'{prefix}filename="{plain}"{extended}'
