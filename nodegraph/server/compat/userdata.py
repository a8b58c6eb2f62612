"""The field's routes for a user's files and settings: ``/users``, ``/settings``, ``/userdata``.

Everybody has files and settings of their own, and is the one user ``default`` to themselves, whatever the header
``comfy-user`` says.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TypeVar

from aiohttp import web

from nodegraph.server.files import headers_of
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.replies import InvalidRequestError, json_response, read_body, read_json, read_object
from nodegraph.server.state import USER_FILES
from nodegraph.server.user_thread import USER
from nodegraph.userdata.conditions import Condition, ConditionError
from nodegraph.userdata.entries import UserEntry, UserFile
from nodegraph.userdata.folder import OccupiedError
from nodegraph.userdata.settings import read_settings, set_settings
from nodegraph.userdata.store import UserFiles

T = TypeVar("T")

routes = web.RouteTableDef()


@routes.get("/users")
async def get_users(request: web.Request) -> web.Response:
    """Where settings are stored; ``migrated``: whether anything was stored here yet."""
    migrated = await _run(request, lambda files: files.exists)
    return json_response({"storage": "server", "migrated": migrated})


@routes.post("/users")
async def post_users(request: web.Request) -> web.Response:
    """Refuse to add a user."""
    name = (await read_object(request)).get("username")
    if not isinstance(name, str) or not name.strip():
        raise InvalidRequestError("A user needs a name, in 'username'.")
    if name.strip().lower() == USER:
        raise InvalidRequestError(f"There is a user {name!r} already.")
    raise InvalidRequestError(f"This server has one user, {USER!r}; no others can be added.")


@routes.get("/settings")
async def get_settings(request: web.Request) -> web.Response:
    """All settings."""
    settings = await _run(request, read_settings)
    return json_response(settings.values)


@routes.post("/settings")
async def post_settings(request: web.Request) -> web.Response:
    """Set those that the body names."""
    values = await read_object(request)
    await _run(request, lambda files: set_settings(files, values))
    return web.Response()


@routes.get("/settings/{id}")
async def get_setting(request: web.Request) -> web.Response:
    """One setting; null if it is not set."""
    settings = await _run(request, read_settings)
    return json_response(settings.values.get(request.match_info["id"]))


@routes.post("/settings/{id}")
async def post_setting(request: web.Request) -> web.Response:
    """Set one."""
    values = {request.match_info["id"]: await read_json(request)}
    await _run(request, lambda files: set_settings(files, values))
    return web.Response()


@routes.get("/userdata")
async def list_files(request: web.Request) -> web.Response:
    """The files in a folder: paths relative to it; with ``full_info`` described, with ``split`` in parts."""
    folder = request.query.get("dir")
    if not folder:
        raise InvalidRequestError("No folder was given: dir=workflows, for example.")
    recurse = _flag(request, "recurse")
    root, entries = await _run(request, lambda files: (files.name(folder), files.list(folder, recurse=recurse)))
    named = [(_below(root, entry), entry) for entry in entries if entry.kind == "file"]
    if _flag(request, "full_info"):
        return json_response([_described(entry, name) for name, entry in named])
    if _flag(request, "split"):
        return json_response([[name, *PurePosixPath(name).parts] for name, _ in named])
    return json_response([name for name, _ in named])


@routes.get("/v2/userdata")
async def list_entries(request: web.Request) -> web.Response:
    """The files and folders in a folder."""
    folder = request.query.get("path", "")
    entries = await _run(request, lambda files: files.list(folder))
    return json_response([_entry(entry) for entry in entries])


@routes.get("/userdata/{file}")
async def get_file(request: web.Request) -> web.Response:
    """One file."""
    name = request.match_info["file"]
    file, body = await _run(request, lambda files: files.read(name))
    if _condition(request).is_known(file.etag):
        return web.Response(status=304, headers={"ETag": file.etag})
    return web.Response(body=body, headers={**headers_of(PurePosixPath(file.path).name), "ETag": file.etag})


@routes.post("/userdata/{file}")
async def post_file(request: web.Request) -> web.Response:
    """Write a file; the answer is its path, or with ``full_info`` more."""
    name, body, condition = request.match_info["file"], await read_body(request), _condition(request)
    if request.query.get("overwrite") == "false":
        condition = Condition(condition.match, "*")
    try:
        file = (await _run(request, lambda files: files.write(name, body, condition))).file
    except ConditionError as error:
        if condition.none_match != "*":
            raise
        raise OccupiedError(f"There is a file {name!r} already.") from error
    full = _flag(request, "full_info")
    response = json_response(_described(file, file.path) if full else file.path)
    response.headers["ETag"] = file.etag
    return response


@routes.delete("/userdata/{file}")
async def delete_file(request: web.Request) -> web.Response:
    """Delete a file."""
    name, condition = request.match_info["file"], _condition(request)
    await _run(request, lambda files: files.delete(name, condition))
    return web.Response(status=204)


@routes.post("/userdata/{file}/move/{dest}")
async def move_file(request: web.Request) -> web.Response:
    """Give a file another name; the answer is that of writing."""
    name, to = request.match_info["file"], request.match_info["dest"]
    overwrite, condition = request.query.get("overwrite") != "false", _condition(request)
    entry = await _run(request, lambda files: files.move(name, to, overwrite=overwrite, condition=condition))
    return json_response(_described(entry, entry.path) if _flag(request, "full_info") else entry.path)


async def _run(request: web.Request, work: Callable[[UserFiles], T]) -> T:
    """What ``work`` on the files of whoever asks gives, or raises."""
    return await request.app[USER_FILES].run(identity_of(request).owner, work)


def _flag(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() == "true"


def _condition(request: web.Request) -> Condition:
    return Condition(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def _below(folder: str, entry: UserEntry) -> str:
    return PurePosixPath(entry.path).relative_to(folder).as_posix()


def _described(file: UserFile | UserEntry, name: str) -> dict[str, str | int]:
    return {
        "path": name,
        "size": file.size,
        "modified": _milliseconds(file.modified),
        "created": _milliseconds(file.created),
    }


def _milliseconds(seconds: float) -> int:
    """A time as the field has it."""
    return round(1000 * seconds)


def _entry(entry: UserEntry) -> dict[str, str | int]:
    return {
        "name": PurePosixPath(entry.path).name,
        "path": entry.path,
        "type": "directory" if entry.kind == "folder" else "file",
        "size": entry.size,
        "modified": _milliseconds(entry.modified),
    }
