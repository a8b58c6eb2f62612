"""``/api/v1/jobs/{job}/files`` and ``/result``: what came of a job, as files or in one answer; and uploads."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec
from aiohttp import StreamReader, web

from nodegraph.access.identity import Identity
from nodegraph.errors import MissingFileError
from nodegraph.media.folders import DataFolders
from nodegraph.server import files
from nodegraph.server.api_v1.file_messages import JobFile, JobFiles, JobResult, ResultQuery, Uploaded, UploadQuery
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.api_v1.results import result_of
from nodegraph.server.forms import Form, received
from nodegraph.server.jobs import NotEndedError
from nodegraph.server.permitted import find_job
from nodegraph.server.replies import InvalidRequestError
from nodegraph.server.state import DECODING, FOLDERS, STORE
from nodegraph.userdata.folder import TooLargeError

operations = Operations("Files")

INLINE_LIMIT = 32 * 1024 * 1024
"""Bytes of files that one answer may hold."""


@operations.get("/api/v1/jobs/{job}/result", errors=(404, 409, 413, 507))
async def get_job_result(app: web.Application, who: Identity, job: str, query: ResultQuery) -> JobResult:
    """What came of a job that has ended.

    With `inline`, the files are in it, up to 32 MiB in all; what has more is refused with 413.
    """
    result, listed, folders = await _result(app, who, job)
    if query.inline:
        listed = await asyncio.to_thread(lambda: list(_with_content(folders, listed)))
    return JobResult(job, result.outcome, listed, result.outputs, result.error)


@operations.get("/api/v1/jobs/{job}/files", errors=(404, 409, 507))
async def list_job_files(app: web.Application, who: Identity, job: str) -> JobFiles:
    """List the files that a job which has ended saved or shows."""
    _, listed, _ = await _result(app, who, job)
    return JobFiles(listed)


@operations.get(
    "/api/v1/jobs/{job}/files/{index}",
    status=(200, 206, 304),
    errors=(404, 409, 412, 416, 507),
    produces="*/*",
    sends=("ETag",),
)
async def get_job_file(app: web.Application, who: Identity, job: str, index: str) -> web.StreamResponse:
    """The content of a file of a job, by its `index` in the list."""
    _, listed, folders = await _result(app, who, job)
    wanted = next((file for file in listed if str(file.index) == index), None)
    if wanted is None:
        raise MissingFileError(f"Job {job!r} has no file {index!r}; it has {len(listed)}, counted from 0.")
    found = await asyncio.to_thread(_served, folders, wanted)
    if found is None:
        raise MissingFileError(f"The file {wanted.filename!r} of job {job!r} is no longer there.")
    return files.file_response(found.path)


@operations.post(
    "/api/v1/uploads",
    status=(201, 200),
    errors=(507,),
    consumes=("application/octet-stream", "multipart/form-data"),
)
async def upload_file(
    app: web.Application, request: web.Request, who: Identity, body: StreamReader, query: UploadQuery
) -> Reply[Uploaded]:
    """Put a picture into the input folder, for nodes that load it.

    The body is the file as it is, up to 100 MiB; or a form with the file in its field `file`, and what the query has in
    fields of that name, where the query has it not. The same content under the same name is kept once (200, `existed`).
    """
    folders = app[FOLDERS].of(who.owner)
    if request.content_type.startswith("multipart/"):
        async with received(request, folders.temp, file="file") as form:
            completed = _completed(query, form)
            return await _take(app, form.temporary, completed, _destination(folders, completed))
    if not query.name:
        raise InvalidRequestError("The query cannot be read: it has no 'name', which the file is to have.")
    destination = _destination(folders, query)
    temporary = await files.receive(body, folders.temp)
    try:
        return await _take(app, temporary, query, destination)
    finally:
        temporary.unlink(missing_ok=True)


def _completed(query: UploadQuery, form: Form) -> UploadQuery:
    """The query, and what it leaves to the fields of the form. Raises :class:`InvalidRequestError`."""
    unknown = sorted(form.fields.keys() - {field.name for field in msgspec.structs.fields(UploadQuery)})
    if unknown:
        raise InvalidRequestError(f"The form has a field that is not known here: {unknown[0]!r}.")
    usual = UploadQuery()
    given = {name: value for name, value in msgspec.structs.asdict(query).items() if value != getattr(usual, name)}
    try:
        completed = msgspec.convert({**form.fields, **given}, UploadQuery, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidRequestError(f"The form cannot be read: {error}.") from error
    return completed if completed.name else msgspec.structs.replace(completed, name=form.filename)


def _destination(folders: DataFolders, query: UploadQuery) -> Path:
    if files.base_name(query.name) != query.name:
        raise files.UploadError(f"The name {query.name!r} has folders in it: give them as subfolder.")
    return files.place(folders, query.type, query.subfolder, query.name)


async def _take(app: web.Application, temporary: Path, query: UploadQuery, destination: Path) -> Reply[Uploaded]:
    """Look at what was received, and give it its place."""
    async with app[DECODING]:
        await asyncio.to_thread(files.check_image, temporary, query.name)
    size, digest = await asyncio.to_thread(_measured, temporary)
    stored = await asyncio.to_thread(files.keep, temporary, destination, overwrite=query.overwrite)
    name = f"{query.subfolder}/{stored.name}" if query.subfolder else stored.name
    uploaded = Uploaded(
        name=stored.name,
        subfolder=query.subfolder,
        type=query.type,
        value=name if query.type == "input" else f"{name} [{query.type}]",
        size=size,
        sha256=digest,
        existed=stored.existed,
        media_type=files.media_type(stored.name),
    )
    return Reply(uploaded, 200 if stored.existed else 201)


async def _result(app: web.Application, who: Identity, job: str) -> tuple[JobResult, list[JobFile], DataFolders]:
    """What came of a job, its files as they are now, and the folders they are in: those of its owner."""
    row = await find_job(app[STORE], job, who)
    result = result_of(row)
    if result is None:
        raise NotEndedError(f"Job {job!r} has not ended. Wait for it, and ask again.")
    plain = JobResult(job, result.outcome, outputs=result.outputs, error=result.error)
    listed = [
        JobFile(
            index=index,
            node=file.node,
            kind=file.kind,
            filename=file.filename,
            subfolder=file.subfolder,
            type=file.type,
            media_type=files.media_type(file.filename),
            url=f"/api/v1/jobs/{quote(job, safe='')}/files/{index}",
        )
        for index, file in enumerate(result.files)
    ]
    folders = app[FOLDERS].of(row.ticket.owner)
    return plain, await asyncio.to_thread(lambda: list(_with_sizes(folders, listed))), folders


def _with_sizes(folders: DataFolders, listed: Sequence[JobFile]) -> Iterator[JobFile]:
    for file in listed:
        found = _served(folders, file)
        yield file if found is None else msgspec.structs.replace(file, size=found.size)


def _with_content(folders: DataFolders, listed: Sequence[JobFile]) -> Iterator[JobFile]:
    total = sum(file.size or 0 for file in listed)
    if total > INLINE_LIMIT:
        raise TooLargeError(
            f"The files have {total} bytes; one answer takes {INLINE_LIMIT}. Leave inline out and fetch each by itself."
        )
    for file in listed:
        found = _served(folders, file)
        yield file if found is None else msgspec.structs.replace(file, content=found.path.read_bytes())


def _served(folders: DataFolders, file: JobFile) -> files.ServedFile | None:
    return files.served_file(folders, file.type, file.subfolder, file.filename)


def _measured(path: Path) -> tuple[int, str]:
    """The size of a file and its SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
