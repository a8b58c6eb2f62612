"""The field's routes for files: ``/view``, ``/upload/image``, ``/upload/mask``."""

import asyncio
from pathlib import Path

import msgspec
from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.graph.problems import Problem, PromptError
from nodegraph.media.folders import DataFolders
from nodegraph.server import files
from nodegraph.server.forms import Form, received
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.masks import apply_mask
from nodegraph.server.replies import json_response
from nodegraph.server.state import DECODING, FOLDERS

routes = web.RouteTableDef()


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
    folders = _folders(request)
    async with received(request, folders.temp, file="image") as form:
        destination = _destination(folders, form)
        async with request.app[DECODING]:
            await asyncio.to_thread(files.check_image, form.temporary, destination.name)
        return await _keep(form, destination)


@routes.post("/upload/mask")
async def upload_mask(request: web.Request) -> web.Response:
    """Take in a picture whose alpha is put on a copy of the one that ``original_ref`` names."""
    folders = _folders(request)
    async with received(request, folders.temp, file="image") as form:
        destination = _destination(folders, form)
        original = _Reference.read(form.fields.get("original_ref"))
        path = _existing(folders, original.filename, original.type, original.subfolder)
        async with request.app[DECODING]:
            await asyncio.to_thread(apply_mask, path, form.temporary)
        return await _keep(form, destination)


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


def _destination(folders: DataFolders, form: Form) -> Path:
    return files.place(folders, form.fields.get("type", "input"), form.fields.get("subfolder", ""), form.filename)


async def _keep(form: Form, destination: Path) -> web.Response:
    overwrite = form.fields.get("overwrite") in ("true", "1")
    stored = await asyncio.to_thread(files.keep, form.temporary, destination, overwrite=overwrite)
    subfolder, kind = form.fields.get("subfolder", ""), form.fields.get("type", "input")
    return json_response({"name": stored.name, "subfolder": subfolder, "type": kind})


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
