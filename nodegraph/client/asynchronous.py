"""The client for asyncio: the methods are those of :mod:`nodegraph.client.blocking`, awaited, and described there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from nodegraph.client import calls, file_calls
from nodegraph.client.call import Call
from nodegraph.client.file_calls import StoredFile, StoredSettings
from nodegraph.client.following import Following, deadline_after, result_of
from nodegraph.client.listing import all_jobs
from nodegraph.client.saving import named_content, save
from nodegraph.client.steps import PATIENCE, TIMEOUT, ask
from nodegraph.client.submission import (
    LOCAL,
    Options,
    Place,
    Wanted,
    Workflow,
    conversion,
    job_query,
    new_key,
    submission,
)
from nodegraph.client.wires import AsyncWire
from nodegraph.graph.formats import Format
from nodegraph.graph.spec import NodeSpec
from nodegraph.server.api_v1.catalog_messages import Model, ModelFolder
from nodegraph.server.api_v1.convert_messages import ConvertAnswer
from nodegraph.server.api_v1.file_messages import JobFile, JobResult, Uploaded
from nodegraph.server.api_v1.messages import (
    AskedFor,
    Gap,
    JobAccepted,
    JobStatus,
    JobView,
    OutputFile,
    QueueView,
    Result,
    ServerStatus,
)
from nodegraph.server.api_v1.tokens_messages import TokensOfText
from nodegraph.server.api_v1.webhook_messages import WebhookView
from nodegraph.server.events import Happened, ServerEvent
from nodegraph.server.records import Move
from nodegraph.userdata.entries import Gone, UserEntry, UserFile
from nodegraph.userdata.retention import Version

T = TypeVar("T")


class AsyncClient:
    """A nodegraph server, for one event loop. Close it, or use it in an ``async with`` statement.

    ``token``: an access token, where the server needs one; if left out, what the environment has as
    ``NODEGRAPH_TOKEN``. ``timeout``: how many seconds one exchange may take. ``patience``: how many seconds a method
    tries again while the server is not there or says that it is busy.
    """

    def __init__(
        self,
        server: str = LOCAL,
        *,
        token: str | None = None,
        timeout: float = TIMEOUT,
        patience: float = PATIENCE,
    ) -> None:
        self._wire = AsyncWire(server, timeout, token)
        self._patience = patience

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._wire.close()

    # ---- jobs ----

    async def run(self, workflow: Workflow, *, timeout: float | None = None, **options: Unpack[Options]) -> Result:  # noqa: ASYNC109
        return await (await self.submit(workflow, **options)).result(timeout)

    async def submit(self, workflow: Workflow, **options: Unpack[Options]) -> "AsyncJob":
        return self._job(await self._ask(submission(workflow, options)))

    def job(self, id: str) -> "AsyncJob":
        return AsyncJob(self, id)

    def jobs(self, *, page: int = 100, **wanted: Unpack[Wanted]) -> AsyncIterator[JobView]:
        return self._wire.stream(all_jobs(job_query(wanted, page), self._patience))

    def events(self, *, after: int | None = None, previews: bool = False) -> AsyncIterator[Happened | Gap]:
        return self._wire.stream(Following(self._patience, after=after, previews=previews).all_jobs())

    # ---- the queue ----

    async def queue(self) -> QueueView:
        return await self._ask(calls.get_queue())

    async def pause(self, *, running: bool = False) -> QueueView:
        return await self._ask(calls.pause_queue(running=running))

    async def resume(self) -> QueueView:
        return await self._ask(calls.resume_queue())

    async def clear(self) -> list[str]:
        return (await self._ask(calls.clear_queue())).jobs

    # ---- the server ----

    async def status(self) -> ServerStatus:
        return await self._ask(calls.get_status())

    async def examples(self) -> list[str]:
        return await self._ask(calls.list_examples())

    async def example(self, name: str) -> dict[str, Any]:
        return await self._ask(calls.get_example(name))

    async def example_thumbnail(self, name: str) -> bytes | None:
        return await self._ask(calls.get_example_thumbnail(name))

    async def nodes(self) -> list[NodeSpec]:
        return (await self._ask(calls.list_nodes())).nodes

    async def node(self, name: str) -> NodeSpec:
        return await self._ask(calls.get_node(name))

    async def model_folders(self) -> list[ModelFolder]:
        return (await self._ask(calls.list_model_folders())).folders

    async def models(self, folder: str) -> list[Model]:
        return (await self._ask(calls.list_models(folder))).models

    async def convert(self, workflow: Workflow, to: Format, *, settle: bool = False) -> ConvertAnswer:
        return await self._ask(conversion(workflow, to, settle=settle))

    async def count_tokens(self, texts: Sequence[str]) -> list[TokensOfText]:
        return (await self._ask(calls.count_tokens(texts))).counts

    async def openapi(self) -> dict[str, Any]:
        return await self._ask(calls.get_openapi())

    # ---- pictures ----

    async def download(self, file: OutputFile) -> bytes:
        return await self._ask(file_calls.view(file))

    async def save(self, file: OutputFile, folder: str | PathLike[str], *, overwrite: bool = False) -> Path:
        content = await self.download(file)
        return await asyncio.to_thread(save, file, content, folder, overwrite=overwrite)

    async def upload(
        self,
        picture: str | PathLike[str] | bytes,
        *,
        name: str | None = None,
        subfolder: str = "",
        overwrite: bool = False,
    ) -> Uploaded:
        known_as, content = await asyncio.to_thread(named_content, picture, name)
        return await self._ask(file_calls.upload_file(known_as, content, subfolder=subfolder, overwrite=overwrite))

    # ---- the user's files and settings ----

    async def list_files(self, folder: str = "", *, recurse: bool = False) -> list[UserEntry]:
        return (await self._ask(file_calls.list_userdata(folder, recurse=recurse))).entries

    async def read_file(self, path: str, *, version: int | None = None) -> StoredFile:
        return await self._ask(file_calls.get_userdata_file(path, version=version))

    async def write_file(self, path: str, content: bytes, *, etag: str | None = None, new: bool = False) -> UserFile:
        return await self._ask(file_calls.put_userdata_file(path, content, etag=etag, new=new))

    async def delete_file(self, path: str, *, etag: str | None = None, recurse: bool = False) -> None:
        await self._ask(file_calls.delete_userdata_file(path, etag=etag, recurse=recurse))

    async def move_file(self, path: str, to: str, *, overwrite: bool = False, etag: str | None = None) -> UserEntry:
        return await self._ask(file_calls.move_userdata(path, to, overwrite=overwrite, etag=etag))

    async def make_folder(self, path: str) -> UserEntry:
        return await self._ask(file_calls.make_userdata_folder(path))

    async def versions(self, path: str) -> list[Version]:
        return (await self._ask(file_calls.list_versions(path))).versions

    async def restore(self, path: str, version: int, *, etag: str | None = None) -> UserFile:
        return await self._ask(file_calls.restore_version(path, version, etag=etag))

    async def deleted_files(self) -> list[Gone]:
        return (await self._ask(file_calls.list_deleted())).files

    async def settings(self) -> StoredSettings:
        return await self._ask(file_calls.get_settings())

    async def change_settings(self, changes: dict[str, Any], *, etag: str | None = None) -> StoredSettings:
        return await self._ask(file_calls.change_settings(changes, etag=etag))

    # ---- how it is done ----

    async def _ask(self, call: Call[T]) -> T:
        return await self._wire.run(ask(call, self._patience))

    def _job(self, accepted: JobAccepted) -> "AsyncJob":
        return AsyncJob(self, accepted.job, accepted)


class AsyncJob:
    """A job on the server, by its id."""

    def __init__(self, client: AsyncClient, id: str, accepted: JobAccepted | None = None) -> None:
        self.id = id
        self.accepted = accepted
        """If this client queued it: its place, and what is wrong with outputs that were left out."""
        self._client = client

    def __repr__(self) -> str:
        return f"AsyncJob({self.id!r})"

    def events(self, *, previews: bool = False) -> AsyncIterator[ServerEvent | Gap]:
        return self._client._wire.stream(self._following(previews=previews).one_job())

    async def result(self, timeout: float | None = None) -> Result:  # noqa: ASYNC109
        following = self._following(deadline=deadline_after(timeout))
        return await self._client._wire.run(result_of(following, self.id, self._client._patience))

    async def view(self) -> JobView:
        return await self._client._ask(calls.get_job(self.id))

    async def status(self) -> JobStatus:
        return await self._client._ask(calls.get_job_status(self.id))

    async def wait(self, timeout: float = 30.0) -> JobView:  # noqa: ASYNC109
        return await self._client._ask(calls.wait_for_job(self.id, timeout=timeout))

    async def outcome(self, *, inline: bool = False) -> JobResult:
        return await self._client._ask(file_calls.get_job_result(self.id, inline=inline))

    async def files(self) -> list[JobFile]:
        return (await self._client._ask(file_calls.list_job_files(self.id))).files

    async def file(self, index: int) -> bytes:
        return await self._client._ask(file_calls.get_job_file(self.id, str(index)))

    async def webhook(self) -> WebhookView:
        return await self._client._ask(calls.get_webhook(self.id))

    async def request(self) -> AskedFor:
        return await self._client._ask(calls.get_job_request(self.id))

    async def cancel(self) -> bool:
        return (await self._client._ask(calls.cancel_job(self.id))).found

    async def retry(self) -> "AsyncJob":
        return self._client._job(await self._client._ask(calls.retry_job(self.id, key=new_key())))

    async def move(self, **place: Unpack[Place]) -> JobView:
        return await self._client._ask(calls.move_job(self.id, Move(**place)))

    async def delete(self) -> None:
        await self._client._ask(calls.delete_job(self.id))

    def _following(self, *, previews: bool = False, deadline: float | None = None) -> Following:
        after = None if self.accepted is None or self.accepted.existed else self.accepted.after
        return Following(self._client._patience, job=self.id, after=after, previews=previews, deadline=deadline)
