"""The client for programs that wait: every method returns when it is done."""

from collections.abc import Iterator, Sequence
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
from nodegraph.client.wires import Wire
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


class Client:
    """A nodegraph server. May be used by several threads; close it, or use it in a ``with`` statement.

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
        self._wire = Wire(server, timeout, token)
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections. Jobs go on."""
        self._wire.close()

    # ---- jobs ----

    def run(self, workflow: Workflow, *, timeout: float | None = None, **options: Unpack[Options]) -> Result:
        """Queue a workflow and wait for what comes of it; see :meth:`submit` and :meth:`Job.result`."""
        return self.submit(workflow, **options).result(timeout)

    def submit(self, workflow: Workflow, **options: Unpack[Options]) -> "Job":
        """Queue a workflow, in API or canvas format. It is on the server's disk when this returns, and is there once,
        even if the connection broke and it was sent again.

        Raises:
            RejectedError: it cannot run; the error tells what is wrong with each node.
            QueueFullError, ConflictError: see there.
        """
        return self._job(self._ask(submission(workflow, options)))

    def job(self, id: str) -> "Job":
        """A job that was queued before, or by others."""
        return Job(self, id)

    def jobs(self, *, page: int = 100, **wanted: Unpack[Wanted]) -> Iterator[JobView]:
        """The jobs there are, latest first, fetched ``page`` at a time; all, or those that are wanted."""
        return self._wire.stream(all_jobs(job_query(wanted, page), self._patience))

    def events(self, *, after: int | None = None, previews: bool = False) -> Iterator[Happened | Gap]:
        """What happens to all jobs, with the number of each event; from now on, or ``after`` a number.

        A lost connection is made again, and nothing is left out; where the server no longer keeps what was missed, a
        :class:`Gap` says so.
        """
        return self._wire.stream(Following(self._patience, after=after, previews=previews).all_jobs())

    # ---- the queue ----

    def queue(self) -> QueueView:
        """What runs and what waits."""
        return self._ask(calls.get_queue())

    def pause(self, *, running: bool = False) -> QueueView:
        """Begin no more jobs; with ``running``, hold those that run at their next step too."""
        return self._ask(calls.pause_queue(running=running))

    def resume(self) -> QueueView:
        """Go on after a pause."""
        return self._ask(calls.resume_queue())

    def clear(self) -> list[str]:
        """Cancel all jobs that wait; their ids."""
        return self._ask(calls.clear_queue()).jobs

    # ---- the server ----

    def status(self) -> ServerStatus:
        """The server at a glance."""
        return self._ask(calls.get_status())

    def examples(self) -> list[str]:
        """The names of the example workflows."""
        return self._ask(calls.list_examples())

    def example(self, name: str) -> dict[str, Any]:
        """An example workflow, in canvas format."""
        return self._ask(calls.get_example(name))

    def example_thumbnail(self, name: str) -> bytes | None:
        """A small WebP picture of what an example workflow paints; None if it has none."""
        return self._ask(calls.get_example_thumbnail(name))

    def nodes(self) -> list[NodeSpec]:
        """The node classes there are, each with its inputs and outputs."""
        return (self._ask(calls.list_nodes())).nodes

    def node(self, name: str) -> NodeSpec:
        """One node class."""
        return self._ask(calls.get_node(name))

    def model_folders(self) -> list[ModelFolder]:
        """The folders of models, one for each kind."""
        return (self._ask(calls.list_model_folders())).folders

    def models(self, folder: str) -> list[Model]:
        """The files in one of them, and what each is."""
        return (self._ask(calls.list_models(folder))).models

    def convert(self, workflow: Workflow, to: Format, *, settle: bool = False) -> ConvertAnswer:
        """A workflow in the other format, and what was lost; ``settle`` takes one alternative of each ``{a|b}``."""
        return self._ask(conversion(workflow, to, settle=settle))

    def count_tokens(self, texts: Sequence[str]) -> list[TokensOfText]:
        """How many tokens each prompt has, and how many chunks of 77 they take; weights count for nothing."""
        return self._ask(calls.count_tokens(texts)).counts

    def openapi(self) -> dict[str, Any]:
        """The description of the server's API."""
        return self._ask(calls.get_openapi())

    # ---- pictures ----

    def download(self, file: OutputFile) -> bytes:
        """The content of a file that a job saved or shows."""
        return self._ask(file_calls.view(file))

    def save(self, file: OutputFile, folder: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Download a file into ``folder``, under the server's name for it and never outside. Returns where it is."""
        return save(file, self.download(file), folder, overwrite=overwrite)

    def upload(
        self,
        picture: str | PathLike[str] | bytes,
        *,
        name: str | None = None,
        subfolder: str = "",
        overwrite: bool = False,
    ) -> Uploaded:
        """Put a picture, a file or its content, where LoadImage finds it; ``str()`` of the answer is its value there.

        Another picture of that name stays, and this one is called differently, unless ``overwrite``.
        """
        known_as, content = named_content(picture, name)
        return self._ask(file_calls.upload_file(known_as, content, subfolder=subfolder, overwrite=overwrite))

    # ---- the user's files and settings ----

    def list_files(self, folder: str = "", *, recurse: bool = False) -> list[UserEntry]:
        """What a folder of the user's files holds, and with ``recurse`` what the folders in it do."""
        return self._ask(file_calls.list_userdata(folder, recurse=recurse)).entries

    def read_file(self, path: str, *, version: int | None = None) -> StoredFile:
        """A file's content, or a former one."""
        return self._ask(file_calls.get_userdata_file(path, version=version))

    def write_file(self, path: str, content: bytes, *, etag: str | None = None, new: bool = False) -> UserFile:
        """Write a file, making the folders it needs.

        ``etag``: only if it is still as it was read; ``new``: only if there is none. Raises :class:`ChangedError`.
        """
        return self._ask(file_calls.put_userdata_file(path, content, etag=etag, new=new))

    def delete_file(self, path: str, *, etag: str | None = None, recurse: bool = False) -> None:
        """Delete a file, or a folder: an empty one, or with ``recurse`` what it holds too."""
        self._ask(file_calls.delete_userdata_file(path, etag=etag, recurse=recurse))

    def move_file(self, path: str, to: str, *, overwrite: bool = False, etag: str | None = None) -> UserEntry:
        """Give a file or a folder another name. Former contents follow."""
        return self._ask(file_calls.move_userdata(path, to, overwrite=overwrite, etag=etag))

    def make_folder(self, path: str) -> UserEntry:
        """Make a folder, and those above it."""
        return self._ask(file_calls.make_userdata_folder(path))

    def versions(self, path: str) -> list[Version]:
        """The former contents of a workflow, latest first."""
        return self._ask(file_calls.list_versions(path)).versions

    def restore(self, path: str, version: int, *, etag: str | None = None) -> UserFile:
        """Make a former content of a workflow the present one."""
        return self._ask(file_calls.restore_version(path, version, etag=etag))

    def deleted_files(self) -> list[Gone]:
        """Workflows that were deleted and can be restored."""
        return self._ask(file_calls.list_deleted()).files

    def settings(self) -> StoredSettings:
        """All settings."""
        return self._ask(file_calls.get_settings())

    def change_settings(self, changes: dict[str, Any], *, etag: str | None = None) -> StoredSettings:
        """Merge ``changes`` into the settings, of which None removes one; all settings as they are then."""
        return self._ask(file_calls.change_settings(changes, etag=etag))

    # ---- how it is done ----

    def _ask(self, call: Call[T]) -> T:
        return self._wire.run(ask(call, self._patience))

    def _job(self, accepted: JobAccepted) -> "Job":
        return Job(self, accepted.job, accepted)


class Job:
    """A job on the server, by its id."""

    def __init__(self, client: Client, id: str, accepted: JobAccepted | None = None) -> None:
        self.id = id
        self.accepted = accepted
        """If this client queued it: its place, and what is wrong with outputs that were left out."""
        self._client = client

    def __repr__(self) -> str:
        return f"Job({self.id!r})"

    def events(self, *, previews: bool = False) -> Iterator[ServerEvent | Gap]:
        """What happens to it, from the queue to its end; for a job that others queued, what the server still keeps.

        A lost connection is made again, and nothing is left out; where the server no longer keeps what was missed, a
        :class:`Gap` says so.
        """
        return self._client._wire.stream(self._following(previews=previews).one_job())

    def result(self, timeout: float | None = None) -> Result:
        """Wait until it is done: the files it made, and all that its nodes show.

        Raises:
            JobFailedError, JobCancelledError: it came to another end.
            WaitTimeoutError: it has not ended within ``timeout`` seconds. It goes on.
        """
        following = self._following(deadline=deadline_after(timeout))
        return self._client._wire.run(result_of(following, self.id, self._client._patience))

    def view(self) -> JobView:
        """How it stands."""
        return self._client._ask(calls.get_job(self.id))

    def status(self) -> JobStatus:
        """How it stands, in short; of one that the server does not know, that it is unknown."""
        return self._client._ask(calls.get_job_status(self.id))

    def wait(self, timeout: float = 30.0) -> JobView:
        """How it stands once it has ended, in whatever way, or after so many seconds (600 at most)."""
        return self._client._ask(calls.wait_for_job(self.id, timeout=timeout))

    def outcome(self, *, inline: bool = False) -> JobResult:
        """What came of it, well or badly, once it has ended; with the content of its files, if ``inline``."""
        return self._client._ask(file_calls.get_job_result(self.id, inline=inline))

    def files(self) -> list[JobFile]:
        """The files it saved or shows, once it has ended; see :meth:`file`."""
        return (self._client._ask(file_calls.list_job_files(self.id))).files

    def file(self, index: int) -> bytes:
        """The content of one of its files."""
        return self._client._ask(file_calls.get_job_file(self.id, str(index)))

    def webhook(self) -> WebhookView:
        """What became of the calls of its webhook."""
        return self._client._ask(calls.get_webhook(self.id))

    def request(self) -> AskedFor:
        """What was asked for: the prompt in API format, its outputs, and what came with it."""
        return self._client._ask(calls.get_job_request(self.id))

    def cancel(self) -> bool:
        """Stop it, be it waiting or running; asked again while it runs, its worker is replaced at once.

        Returns whether it was either.
        """
        return self._client._ask(calls.cancel_job(self.id)).found

    def retry(self) -> "Job":
        """Queue what it asked for once more, after it has ended. What its nodes had computed need not be done again."""
        return self._client._job(self._client._ask(calls.retry_job(self.id, key=new_key())))

    def move(self, **place: Unpack[Place]) -> JobView:
        """Give it another place in the queue, where it must wait still."""
        return self._client._ask(calls.move_job(self.id, Move(**place)))

    def delete(self) -> None:
        """Forget it, after it has ended. Its files stay."""
        self._client._ask(calls.delete_job(self.id))

    def _following(self, *, previews: bool = False, deadline: float | None = None) -> Following:
        after = None if self.accepted is None or self.accepted.existed else self.accepted.after
        return Following(self._client._patience, job=self.id, after=after, previews=previews, deadline=deadline)
