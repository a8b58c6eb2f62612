"""``/api/v1/userdata``: the user's files and the former versions of their workflows."""

from aiohttp import web

from nodegraph.access.identity import Identity
from nodegraph.errors import MissingFileError
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.api_v1.userdata_messages import (
    Conditions,
    DeletedList,
    DeleteQuery,
    FileMove,
    IfMatch,
    IfNoneMatch,
    ListQuery,
    NewFolder,
    ReadQuery,
    Restore,
    UserListing,
    VersionList,
)
from nodegraph.server.files import headers_of
from nodegraph.server.state import USER_FILES
from nodegraph.userdata.conditions import etag_of
from nodegraph.userdata.entries import UserEntry, UserFile

operations = Operations("User data")

_FILE = "/api/v1/userdata/files/{path:.+}"


@operations.get("/api/v1/userdata", errors=(404, 507))
async def list_userdata(app: web.Application, who: Identity, query: ListQuery) -> UserListing:
    """The files and folders in a folder.

    As long as nothing was stored there, the topmost folder and `workflows` are empty.
    """
    try:
        return UserListing(
            await app[USER_FILES].run(who.owner, lambda files: files.list(query.path, recurse=query.recurse))
        )
    except MissingFileError:
        if query.path != "workflows":
            raise
        return UserListing([])


@operations.get(_FILE, status=(200, 304), errors=(404, 413, 507), produces="*/*", sends=("ETag",))
async def get_userdata_file(
    app: web.Application, who: Identity, path: str, query: ReadQuery, headers: IfNoneMatch
) -> web.StreamResponse:
    """The content of a file, as it is.

    With `version` a former content: see `list_versions`.
    """
    version = query.version
    body = await app[USER_FILES].run(
        who.owner, lambda files: files.read(path).body if version is None else files.read_version(path, version)
    )
    etag = etag_of(body)
    if headers.condition.is_known(etag):
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(body=body, headers={**headers_of(path.rpartition("/")[2]), "ETag": etag})


@operations.put(_FILE, status=(200, 201), errors=(404, 409, 412, 413, 507), sends=("ETag",))
async def put_userdata_file(
    app: web.Application, who: Identity, path: str, body: bytes, headers: Conditions
) -> Reply[UserFile]:
    """Write a file, and make the folders it needs.

    201 if there was no such file. `If-Match` makes sure that nobody else's change is overwritten, `If-None-Match: *`
    that no file is; 412 tells the present ETag in `error.extra_info`. What a workflow (`workflows/….json`) was before
    is kept as a version.
    """
    written = await app[USER_FILES].run(who.owner, lambda files: files.write(path, body, headers.condition))
    return Reply(written.file, 201 if written.created else 200, {"ETag": written.file.etag})


@operations.delete(_FILE, errors=(404, 409, 412, 507))
async def delete_userdata_file(
    app: web.Application, who: Identity, path: str, query: DeleteQuery, headers: IfMatch
) -> None:
    """Delete a file or a folder.

    A folder must be empty, unless `recurse` is given. Workflows can be restored: see `list_deleted`.
    """
    await app[USER_FILES].run(who.owner, lambda files: files.delete(path, headers.condition, recurse=query.recurse))


@operations.post("/api/v1/userdata/move", errors=(404, 409, 412, 413, 507))
async def move_userdata(app: web.Application, who: Identity, body: FileMove, headers: IfMatch) -> UserEntry:
    """Give a file or a folder another name; its versions follow.

    `If-Match` is about the file that is moved.
    """
    return await app[USER_FILES].run(
        who.owner, lambda files: files.move(body.source, body.to, overwrite=body.overwrite, condition=headers.condition)
    )


@operations.post("/api/v1/userdata/folders", errors=(404, 409, 413, 507))
async def make_userdata_folder(app: web.Application, who: Identity, body: NewFolder) -> UserEntry:
    """Make a folder, and those above it; one that is there is left as it is."""
    return await app[USER_FILES].run(who.owner, lambda files: files.make_folder(body.path))


@operations.get("/api/v1/userdata/versions/{path:.+}", errors=(404, 507))
async def list_versions(app: web.Application, who: Identity, path: str) -> VersionList:
    """The former contents of a workflow, the latest first; the file may be gone.

    Saves within one minute count as one version. The last 20 distinct ones are kept, one an hour for a day, and one a
    day for 30 days.
    """
    return VersionList(list(await app[USER_FILES].run(who.owner, lambda files: files.versions(path))))


@operations.post("/api/v1/userdata/restore", status=(200, 201), errors=(404, 409, 412, 413, 507), sends=("ETag",))
async def restore_version(app: web.Application, who: Identity, body: Restore, headers: IfMatch) -> Reply[UserFile]:
    """Make a former content the present one.

    What it replaces becomes a version. 201 if the file was gone.
    """
    written = await app[USER_FILES].run(
        who.owner, lambda files: files.restore(body.path, body.version, headers.condition)
    )
    return Reply(written.file, 201 if written.created else 200, {"ETag": written.file.etag})


@operations.get("/api/v1/userdata/deleted", errors=(507,))
async def list_deleted(app: web.Application, who: Identity) -> DeletedList:
    """Workflows that are gone and can be restored, for 30 days."""
    return DeletedList(list(await app[USER_FILES].run(who.owner, lambda files: files.deleted())))
