"""Serving pictures and taking them in. Paths are confined by :class:`DataFolders`; content is never trusted.

Nothing that was uploaded or saved is served as something a browser would run: active types leave as attachments, and
no answer lets a browser guess a type.
"""

import asyncio
import errno
import hashlib
import mimetypes
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from PIL import Image, UnidentifiedImageError

from nodegraph.errors import UserError

UPLOAD_LIMIT = 100 * 1024 * 1024
"""Bytes a request may bring."""

_FIELD_LIMIT = 64 * 1024

PIXEL_LIMIT = 256 * 1024 * 1024
"""Pixels of the largest picture that is opened; more is taken for a decompression bomb."""

_ACTIVE_TYPES = ("html", "javascript", "ecmascript", "css", "xml", "svg")


class UploadError(UserError):
    """What was uploaded cannot be taken."""


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


def file_response(path: Path) -> web.FileResponse:
    """The file as it is, with headers that keep a browser from running it."""
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": _disposition("inline", path.name)}
    if any(active in mime for active in _ACTIVE_TYPES):
        mime = "application/octet-stream"
        headers["Content-Disposition"] = _disposition("attachment", path.name)
    return web.FileResponse(path, headers={**headers, "Content-Type": mime})


def rendered_response(rendered: Rendered, name: str) -> web.Response:
    """A picture made by :func:`preview` or :func:`channels`."""
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": _disposition("inline", name)}
    return web.Response(body=rendered.body, content_type=rendered.mime, headers=headers)


def preview(path: Path, format: str, *, alpha: bool) -> Rendered:
    """A smaller encoding of a picture: ``webp`` or ``jpeg``, with ``;quality`` from 1 to 100 behind it.

    Any other format, and a preview that needs its alpha, is a WebP. Blocks: call it on a thread.
    """
    kind, _, wanted = format.partition(";")
    quality = min(100, max(1, int(wanted))) if wanted.isdecimal() else 90
    if kind != "jpeg" or alpha:
        kind = "webp"
    with opened_image(path, path.name) as image:
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


async def receive(part: BodyPartReader, folder: Path) -> Path:
    """Write an uploaded file to a temporary one in ``folder``, which the caller moves or deletes.

    Raises :class:`StorageError`.
    """
    with _storing(folder):
        descriptor, name = await asyncio.to_thread(tempfile.mkstemp, prefix=".upload-", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                async for chunk in _chunks(part):
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_sync, file)
        except BaseException:
            os.unlink(name)
            raise
        return Path(name)


def check_image(path: Path, name: str) -> None:
    """Raise :class:`UploadError` unless the file is a whole picture of a sensible size. Blocks."""
    with opened_image(path, name) as image:
        image.verify()


def keep(temporary: Path, destination: Path, *, overwrite: bool) -> Stored:
    """Move a received file to its place. Blocks.

    A file of that name with other content is only replaced with ``overwrite``; else the new one becomes
    ``name (1).ext`` and so on. The same content is not stored twice under a name. Raises :class:`StorageError`.
    """
    with _storing(destination.parent):
        destination.parent.mkdir(parents=True, exist_ok=True)
        if overwrite:
            _move(temporary, destination)
            return Stored(destination.name, existed=False)
        digest = _digest(temporary)
        candidate, count = destination, 0
        while not _reserve(candidate):
            if candidate.is_file() and _digest(candidate) == digest:
                temporary.unlink()
                return Stored(candidate.name, existed=True)
            count += 1
            candidate = destination.with_name(f"{destination.stem} ({count}){destination.suffix}")
        try:
            _move(temporary, candidate)
        except OSError:
            candidate.unlink()  # it was only reserved
            raise
        return Stored(candidate.name, existed=False)


def base_name(filename: str) -> str:
    """The last part of a name, whichever separator its sender uses."""
    return PurePosixPath(filename.replace("\\", "/")).name


async def read_field(part: BodyPartReader) -> str:
    """The text of a form's field, which is short."""
    text = await part.read_chunk(_FIELD_LIMIT + 1)
    if len(text) > _FIELD_LIMIT:
        raise web.HTTPRequestEntityTooLarge(max_size=_FIELD_LIMIT, actual_size=len(text))
    return text.decode(errors="replace")


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    size = 0
    while chunk := await part.read_chunk(1 << 20):
        size += len(chunk)
        if size > UPLOAD_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=UPLOAD_LIMIT, actual_size=size)
        yield chunk


@contextmanager
def opened_image(path: Path, name: str) -> Iterator[Image.Image]:
    """A picture, which the body decodes. ``name`` is what its owner calls it.

    Raises :class:`UploadError` if it is none, or too large a one, or turns out to be damaged in the body.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is ours
            image = Image.open(path)
        with image:
            width, height = image.size
            if width * height > PIXEL_LIMIT:
                raise UploadError(f"{name!r} has {width} x {height} pixels; at most {PIXEL_LIMIT} are opened.")
            yield image
    except UnidentifiedImageError as error:
        raise UploadError(f"{name!r} is not a picture of a kind that can be read.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UploadError(f"{name!r} is not a picture that can be read: {error}.") from error


@contextmanager
def _storing(folder: Path) -> Iterator[None]:
    """A full disk and its like, said clearly."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"The upload could not be stored in {folder}: {error.strerror or error}.") from error


def _mode(image: Image.Image, kind: str) -> str:
    return "RGBA" if kind == "webp" and image.has_transparency_data else "RGB"


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _move(source: Path, destination: Path) -> None:
    """Put ``source`` in the place of ``destination`` in one instant, also from another file system."""
    try:
        os.replace(source, destination)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = destination.with_name(f"{source.name}.part")
        shutil.copyfile(source, beside)
        os.replace(beside, destination)
        source.unlink()


def _reserve(path: Path) -> bool:
    """Make an empty file, unless there is something of that name."""
    try:
        path.open("x").close()
    except FileExistsError:
        return False
    return True


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _disposition(how: str, name: str) -> str:
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name)}"
    prefix = "" if how == "inline" else f"{how}; "
    return f'{prefix}filename="{plain}"{extended}'
