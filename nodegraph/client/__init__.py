"""A typed client of nodegraph's server: :class:`Client` for programs that wait, :class:`AsyncClient` for asyncio.

Speaks ``/api/v1`` in the server's own structures. Imports neither the server nor the engine, and no torch.
"""

from nodegraph.client.asynchronous import AsyncClient, AsyncJob
from nodegraph.client.blocking import Client, Job
from nodegraph.client.errors import (
    AnswerError,
    ChangedError,
    ClientError,
    ConflictError,
    JobCancelledError,
    JobFailedError,
    NotAllowedError,
    NotFoundError,
    NotStoredError,
    QueueFullError,
    RejectedError,
    ServerGoneError,
    TooLargeError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    WaitTimeoutError,
)
from nodegraph.client.saving import FileThereError, UnreadableError
from nodegraph.client.submission import Options, Place, Wanted, Workflow
from nodegraph.client.wires import AddressError
from nodegraph.server.api_v1.file_messages import JobFile, JobResult, Uploaded
from nodegraph.server.api_v1.messages import (
    Gap,
    JobStatus,
    JobView,
    OutputFile,
    QueueView,
    Result,
    ServerStatus,
    Standing,
)
from nodegraph.server.records import Webhook

__all__ = [
    "AddressError",
    "AnswerError",
    "AsyncClient",
    "AsyncJob",
    "ChangedError",
    "Client",
    "ClientError",
    "ConflictError",
    "FileThereError",
    "Gap",
    "Job",
    "JobCancelledError",
    "JobFailedError",
    "JobFile",
    "JobResult",
    "JobStatus",
    "JobView",
    "NotAllowedError",
    "NotFoundError",
    "NotStoredError",
    "Options",
    "OutputFile",
    "Place",
    "QueueFullError",
    "QueueView",
    "RejectedError",
    "Result",
    "ServerGoneError",
    "ServerStatus",
    "Standing",
    "TooLargeError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreadableError",
    "Uploaded",
    "WaitTimeoutError",
    "Wanted",
    "Webhook",
    "Workflow",
]
