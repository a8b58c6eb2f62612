"""The operations of ``/api/v1`` on the files of jobs and of the user and on settings, as values; and one by a route of
the field. As in :mod:`nodegraph.client.calls`.
"""

from typing import NamedTuple

import httpx2

from nodegraph.client.call import Call, content_of, get, json_of, nothing_of, part, parts, send, with_query
from nodegraph.client.errors import UnexpectedAnswerError
from nodegraph.server.api_v1.file_messages import JobFiles, JobResult, Uploaded
from nodegraph.server.api_v1.messages import OutputFile
from nodegraph.server.api_v1.userdata_messages import (
    DeletedList,
    FileMove,
    NewFolder,
    Restore,
    Settings,
    UserListing,
    VersionList,
)
from nodegraph.userdata.entries import UserEntry, UserFile

# ---- pictures ----


def view(file: OutputFile) -> Call[bytes]:
    """The content of a file that a job saved or shows."""
    if not file.url.startswith("/") or file.url.startswith("//"):
        raise UnexpectedAnswerError(f"The address {file.url!r} of {file.filename!r} is not one of this server.")
    return Call(method="GET", path=file.url, read=content_of, repeatable=True)


def upload_file(name: str, content: bytes, *, subfolder: str, overwrite: bool) -> Call[Uploaded]:
    """Put a picture into the input folder. Sent again, the same content is found under its name."""
    query = {"name": name, "subfolder": subfolder, "overwrite": _word(overwrite)}
    return Call(
        method="POST",
        path=with_query("/api/v1/uploads", query),
        content=content,
        headers={"Content-Type": "application/octet-stream"},
        read=json_of(Uploaded),
        repeatable=True,
    )


def get_job_result(job: str, *, inline: bool) -> Call[JobResult]:
    """What came of a job that has ended; with the files in it, if ``inline``."""
    return get(with_query(f"/api/v1/jobs/{part(job)}/result", {"inline": _word(inline)}), JobResult)


def list_job_files(job: str) -> Call[JobFiles]:
    """The files of a job."""
    return get(f"/api/v1/jobs/{part(job)}/files", JobFiles)


def get_job_file(job: str, index: str) -> Call[bytes]:
    """The content of one of them."""
    path = f"/api/v1/jobs/{part(job)}/files/{part(index)}"
    return Call(method="GET", path=path, read=content_of, repeatable=True)


# ---- the user's files ----


class StoredFile(NamedTuple):
    """A file of the user. ``etag`` stands for this content: give it when writing, and nobody's change is lost."""

    content: bytes
    etag: str


def list_userdata(folder: str, *, recurse: bool) -> Call[UserListing]:
    """What a folder holds."""
    return get(with_query("/api/v1/userdata", {"path": folder, "recurse": _word(recurse)}), UserListing)


def get_userdata_file(path: str, *, version: int | None) -> Call[StoredFile]:
    """The content of a file, present or former."""
    wanted = with_query(_file(path), {"version": None if version is None else str(version)})
    return Call(method="GET", path=wanted, read=_stored, repeatable=True)


def put_userdata_file(path: str, content: bytes, *, etag: str | None, new: bool) -> Call[UserFile]:
    """Write a file. Sent again, one with a condition would stumble over itself."""
    headers = {"Content-Type": "application/octet-stream", **_only_if(etag)}
    if new:
        headers["If-None-Match"] = "*"
    unconditional = etag is None and not new
    return Call(
        method="PUT",
        path=_file(path),
        content=content,
        headers=headers,
        read=json_of(UserFile),
        repeatable=unconditional,
    )


def delete_userdata_file(path: str, *, etag: str | None, recurse: bool) -> Call[None]:
    """Delete a file or a folder."""
    wanted = with_query(_file(path), {"recurse": _word(recurse)})
    return Call(method="DELETE", path=wanted, headers=_only_if(etag), read=nothing_of)


def move_userdata(path: str, to: str, *, overwrite: bool, etag: str | None) -> Call[UserEntry]:
    """Give a file or a folder another name."""
    return send(
        "POST", "/api/v1/userdata/move", FileMove(path, to, overwrite), json_of(UserEntry), headers=_only_if(etag)
    )


def make_userdata_folder(path: str) -> Call[UserEntry]:
    """Make a folder, and those above it."""
    return send("POST", "/api/v1/userdata/folders", NewFolder(path), json_of(UserEntry), repeatable=True)


def list_versions(path: str) -> Call[VersionList]:
    """The former contents of a workflow."""
    return get(f"/api/v1/userdata/versions/{parts(path)}", VersionList)


def restore_version(path: str, version: int, *, etag: str | None) -> Call[UserFile]:
    """Make a former content the present one."""
    return send("POST", "/api/v1/userdata/restore", Restore(path, version), json_of(UserFile), headers=_only_if(etag))


def list_deleted() -> Call[DeletedList]:
    """Workflows that are gone and can be restored."""
    return get("/api/v1/userdata/deleted", DeletedList)


# ---- settings ----


class StoredSettings(NamedTuple):
    """All settings. ``etag`` stands for them as they are now."""

    values: Settings
    etag: str


def get_settings() -> Call[StoredSettings]:
    """All settings."""
    return Call(method="GET", path="/api/v1/settings", read=_settings, repeatable=True)


def change_settings(changes: Settings, *, etag: str | None) -> Call[StoredSettings]:
    """Merge changes into the settings; null removes."""
    return send("PATCH", "/api/v1/settings", changes, _settings, headers=_only_if(etag), repeatable=etag is None)


def _file(path: str) -> str:
    return f"/api/v1/userdata/files/{parts(path)}"


def _only_if(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _word(value: bool) -> str:
    return "true" if value else "false"


def _stored(response: httpx2.Response) -> StoredFile:
    return StoredFile(response.content, response.headers.get("ETag", ""))


def _settings(response: httpx2.Response) -> StoredSettings:
    return StoredSettings(json_of(Settings)(response), response.headers.get("ETag", ""))
