"""The field's routes for files: ``/view``, ``/upload/image``, ``/upload/mask``."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from nodegraph.errors import MissingFileError, UserError
from nodegraph.graph.problems import Problem, PromptError
from nodegraph.media.folders import DataFolders
from nodegraph.server import files
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.masks import apply_mask
from nodegraph.server.replies import check_body, json_response
from nodegraph.server.state import DECODING, FOLDERS

routes = web.RouteTableDef()

_FORM_LIMIT = 32
"""Parts of a form; the field's clients send up to six."""


@routes.get("/view")
async def view(request: web.Request) -> web.StreamResponse:
    """One file: as it is, as a ``preview`` (no larger than ``side``, which the field does not know), or one ``channel``
    of it. With ``owner``, which the field does not know either, one of theirs, for admins."""
    name = request.query.get("filename")
    if name is None:
        raise MissingFileError("No filename was given.")
    folders = _folders(request, request.query.get("owner"))
    path = _existing(folders, name, request.query.get("type"), request.query.get("subfolder", ""))
    channel = request.query.get("channel", "rgba")
    if "preview" in request.query:
        async with request.app[DECODING]:
            rendered = await asyncio.to_thread(
                files.preview,
                path,
                request.query["preview"],
                alpha="a" in channel,
                side=_side(request.query.get("side")),
            )
        return files.rendered_response(rendered, path.name)
    if channel in ("rgb", "a"):
        async with request.app[DECODING]:
            rendered = await asyncio.to_thread(files.channels, path, channel)
        return files.rendered_response(rendered, path.name)
    return files.file_response(path)


@routes.post("/upload/image")
async def upload_image(request: web.Request) -> web.Response:
    """Take in a picture and say what it is called now."""
    upload = await _receive(request)
    try:
        async with request.app[DECODING]:
            await asyncio.to_thread(files.check_image, upload.temporary, upload.destination.name)
        return await _keep(upload)
    finally:
        upload.temporary.unlink(missing_ok=True)


@routes.post("/upload/mask")
async def upload_mask(request: web.Request) -> web.Response:
    """Take in a picture whose alpha is put on a copy of the one that ``original_ref`` names."""
    upload = await _receive(request)
    try:
        original = _Reference.read(upload.fields.get("original_ref"))
        path = _existing(_folders(request), original.filename, original.type, original.subfolder)
        async with request.app[DECODING]:
            await asyncio.to_thread(apply_mask, path, upload.temporary)
        return await _keep(upload)
    finally:
        upload.temporary.unlink(missing_ok=True)


class _Reference(msgspec.Struct):
    """A picture this server has."""

    filename: str
    subfolder: str = ""
    type: str = "output"

    @classmethod
    def read(cls, text: str | None) -> "_Reference":
        try:
            return msgspec.json.decode(text or "", type=cls)
        except msgspec.MsgspecError as error:
            expected = 'original_ref must be JSON: {"filename": …, "subfolder": …, "type": …}'
            raise PromptError(Problem("invalid_request", expected, str(error))) from error


class _Upload(NamedTuple):
    temporary: Path
    destination: Path
    kind: str
    subfolder: str
    fields: dict[str, str]


async def _receive(request: web.Request) -> _Upload:
    """Write the uploaded file beside where it belongs; the fields may come before or after it."""
    check_body(request)
    folders = _folders(request)
    if not request.content_type.startswith("multipart/"):
        raise files.UploadError("An upload is a multipart form with the picture in its field 'image'.")
    fields: dict[str, str] = {}
    filename, temporary = "", None
    with contextlib.ExitStack() as undo:
        with _readable_form():
            async for part in _parts(request):
                if not isinstance(part, BodyPartReader):
                    continue
                if part.name == "image" and temporary is None:
                    filename = files.base_name(part.filename or "")
                    temporary = await files.receive(part, folders.temp)
                    undo.callback(temporary.unlink, missing_ok=True)
                elif part.name:
                    fields[part.name] = await files.read_field(part)
        if temporary is None or not filename:
            raise files.UploadError("The form has no file in its field 'image', or the file has no name.")
        kind, subfolder = fields.get("type", "input"), fields.get("subfolder", "")
        destination = files.place(folders, kind, subfolder, filename)
        undo.pop_all()
        return _Upload(temporary, destination, kind, subfolder, fields)


async def _parts(request: web.Request) -> AsyncIterator[object]:
    """The parts of a multipart body."""
    count = 0
    async for part in await request.multipart():
        count += 1
        if count > _FORM_LIMIT:
            raise files.UploadError(f"The form has more than {_FORM_LIMIT} parts.")
        yield part


@contextlib.contextmanager
def _readable_form() -> Iterator[None]:
    """What is wrong with a form, be it between its parts or within one, said as the sender's mistake that it is."""
    try:
        yield
    except UserError:
        raise
    except (ValueError, AssertionError, HttpProcessingError) as error:
        raise files.UploadError(f"The form cannot be read: {error}.") from error


async def _keep(upload: _Upload) -> web.Response:
    overwrite = upload.fields.get("overwrite") in ("true", "1")
    stored = await asyncio.to_thread(files.keep, upload.temporary, upload.destination, overwrite=overwrite)
    return json_response({"name": stored.name, "subfolder": upload.subfolder, "type": upload.kind})


def _side(given: str | None) -> int:
    """In pixels; what is no such number is passed over."""
    return min(files.WEBP_SIDE, max(1, int(given))) if given is not None and given.isdecimal() else files.WEBP_SIDE


def _folders(request: web.Request, owner: str | None = None) -> DataFolders:
    """The folders of whoever asks; or of ``owner``, whose they may see."""
    who = identity_of(request)
    if owner is None:
        owner = who.owner
    if not who.sees(owner):
        raise MissingFileError(f"{owner!r} is nobody's id here.")
    return request.app[FOLDERS].of(owner)


def _existing(folders: DataFolders, filename: str, kind: str | None, subfolder: str) -> Path:
    """The file that a request names. A type in the name (``a.png [temp]``) wins over ``kind``."""
    for annotated in files.UPLOAD_KINDS:
        if filename.endswith(f" [{annotated}]"):
            filename, kind = filename.removesuffix(f" [{annotated}]"), annotated
    kind = "output" if kind is None else kind
    name = files.base_name(filename)
    if not name or filename.startswith(("/", "\\")) or ".." in filename or kind not in files.UPLOAD_KINDS:
        problem = Problem("invalid_request", "filename and type must name a file", f"{filename!r}, {kind!r}")
        raise PromptError(problem)
    path = folders.resolve(kind, subfolder, name)
    if not path.is_file():
        raise MissingFileError(f"There is no file {name!r} in {path.parent}.")
    return path
