"""The field's routes for model files: which there are, where, since when, and what they say about themselves."""

import asyncio
from pathlib import Path, PurePosixPath
from typing import Any

from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.media.folders import IMAGE_EXTENSIONS
from nodegraph.paths import relative
from nodegraph.server import files
from nodegraph.server.replies import json_response
from nodegraph.server.state import CATALOG, DECODING
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.header import BrokenFileError, read_header

routes = web.RouteTableDef()

_PREVIEW_SIDE = 1024


@routes.get("/models")
async def get_models(request: web.Request) -> web.Response:
    """The kinds of model folders."""
    return json_response(list(request.app[CATALOG].models.keys()))


@routes.get("/models/{folder}")
async def get_model_files(request: web.Request) -> web.Response:
    """The files of one kind."""
    models, kind = _asked(request)
    return json_response(list(models.list(kind)))


@routes.get("/experiment/models")
async def get_model_folders(request: web.Request) -> web.Response:
    """The kinds of model folders and where they are; not what came with the package, where nobody may put files."""
    models = request.app[CATALOG].models
    kinds = set(models.keys()) - {"configs", "custom_nodes"}
    return json_response(
        [{"name": kind, "folders": [str(path) for path in models.paths(kind)]} for kind in sorted(kinds)]
    )


@routes.get("/experiment/models/{folder}")
async def get_described_models(request: web.Request) -> web.Response:
    """The files of one kind, each with the place of its folder among those of the kind."""
    return json_response(await asyncio.to_thread(_described, *_asked(request)))


@routes.get("/experiment/models/preview/{folder}/{index}/{file:.+}")
async def get_model_preview(request: web.Request) -> web.Response:
    """The picture that lies beside a model: ``name.png`` or ``name.preview.png`` beside ``name.safetensors``."""
    models, kind = _asked(request)
    name, index = request.match_info["file"], request.match_info["index"]
    folders = models.searched(kind)
    if not index.isdecimal() or int(index) >= len(folders):
        raise MissingFileError(f"There is no folder {index!r} of {kind}; there are {len(folders)}, counted from 0.")
    model = folders[int(index)] / relative(name, f"below the {kind} folders")
    async with request.app[DECODING]:
        picture = await asyncio.to_thread(_picture_beside, model)
        rendered = await asyncio.to_thread(files.preview, picture, "webp", alpha=False, side=_PREVIEW_SIDE)
    return files.rendered_response(rendered, f"{picture.stem}.webp")


@routes.get("/view_metadata/{folder}")
async def get_model_metadata(request: web.Request) -> web.Response:
    """What a safetensors file says about itself."""
    models, kind = _asked(request)
    name = request.query.get("filename", "")
    if PurePosixPath(name).suffix.lower() != ".safetensors":
        raise MissingFileError(f"{name!r} is no safetensors file: only those say something about themselves.")
    path = models.find(kind, name)
    try:
        header = await asyncio.to_thread(read_header, path)
    except BrokenFileError as error:
        raise MissingFileError(str(error)) from error
    if not header.metadata:
        raise MissingFileError(f"{name!r} says nothing about itself.")
    return json_response(header.metadata)


@routes.get("/embeddings")
async def get_embeddings(request: web.Request) -> web.Response:
    """The names by which prompts call embeddings."""
    names = request.app[CATALOG].models.list("embeddings")
    return json_response([str(PurePosixPath(name).with_suffix("")) for name in names])


def _asked(request: web.Request) -> tuple[ModelFolders, str]:
    """The folders, and the kind of model that the path names. An unknown kind is 404."""
    models, kind = request.app[CATALOG].models, request.match_info["folder"]
    models.paths(kind)
    return models, kind


def _described(models: ModelFolders, kind: str) -> list[dict[str, Any]]:
    """Blocks."""
    described = []
    for name in models.list(kind):
        for index, folder in enumerate(models.searched(kind)):
            try:
                status = (folder / name).stat()
            except OSError:  # it is in another folder, or gone since it was listed
                continue
            described.append(
                {
                    "name": name,
                    "pathIndex": index,
                    "modified": round(status.st_mtime * 1000),
                    "created": round(status.st_ctime * 1000),
                    "size": status.st_size,
                }
            )
            break
    return described


def _picture_beside(model: Path) -> Path:
    """Blocks. Raises :class:`MissingFileError`."""
    for extension in IMAGE_EXTENSIONS:
        for middle in ("", ".preview"):
            picture = model.with_name(f"{model.stem}{middle}{extension}")
            if picture.is_file():
                return picture
    raise MissingFileError(f"There is no picture beside {model.name!r}.")
