"""What can go wrong for a client, one class for each thing a program may want to do about it. Knows no connections."""

from collections.abc import Mapping

import msgspec

from nodegraph.errors import UserError
from nodegraph.execution.events import Outcome
from nodegraph.graph.problems import NodeProblems, Problem
from nodegraph.server.api_v1.messages import Result


class ClientError(UserError):
    """Base of everything that the client raises."""


class ServerGoneError(ClientError, ConnectionError):
    """The server could not be reached, or the connection broke, for longer than the client's patience."""


class WaitTimeoutError(ClientError, TimeoutError):
    """A job did not end within the time given. It goes on; wait for it again, or cancel it."""


class UnexpectedAnswerError(ClientError):
    """What answers there is no nodegraph server, or one of another version."""


class JobFailedError(ClientError):
    """A job ran and failed. ``result`` has the reason in ``error``, and what the other outputs have to show."""

    def __init__(self, result: Result) -> None:
        failure = result.error
        if failure is None:
            reason = "the server does not tell why"
        else:
            where = f"at node {failure.node} ({failure.class_id}): " if failure.node else ""
            reason = f"{where}{failure.message}"
        super().__init__(f"Job {result.job} failed, {reason}")
        self.result = result


class JobCancelledError(ClientError):
    """A job was cancelled before it ended."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"Job {result.job} was cancelled.")
        self.result = result


class AnswerError(ClientError):
    """The server said no, with this HTTP ``status`` and for the reason in ``problem``."""

    def __init__(self, status: int, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(str(problem))
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        """Seconds after which to try again, if the server named any."""


class RejectedError(AnswerError):
    """A workflow that cannot run. ``problems``: what is wrong with each node, by its id."""

    def __init__(self, problem: Problem, problems: Mapping[str, NodeProblems]) -> None:
        super().__init__(400, problem)
        self.problems = dict(problems)

    def __str__(self) -> str:
        lines = [
            f"  node {node} ({found.class_type}): {problem}"
            for node, found in self.problems.items()
            for problem in found.errors
        ]
        return "\n".join([f"{self.problem.message}:", *lines]) if lines else str(self.problem)


class UnauthorizedError(AnswerError):
    """The server needs an access token, and got none that is good."""


class NotAllowedError(AnswerError):
    """The access token does not allow this."""


class TooManyRequestsError(AnswerError):
    """The access token asks more often than it may, and did for longer than the client's patience."""


class NotFoundError(AnswerError):
    """There is no such job, file or example."""


class ConflictError(AnswerError):
    """What was asked does not fit how things stand: a job that no longer waits, a key used for another workflow."""


class ChangedError(AnswerError):
    """A file was changed since the version this client knows; read it again before writing it."""


class TooLargeError(AnswerError):
    """What was sent is larger than the server takes."""


class QueueFullError(AnswerError):
    """The queue takes no more jobs, and did not for longer than the client's patience."""


class UnavailableError(AnswerError):
    """The server cannot do it now: it has no worker, for the reason told."""


class NotStoredError(AnswerError):
    """The server's disk does not take what was sent."""


_KINDS: dict[int, type[AnswerError]] = {
    401: UnauthorizedError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    412: ChangedError,
    413: TooLargeError,
    429: QueueFullError,
    503: UnavailableError,
    507: NotStoredError,
}


_UNREADABLE = ("invalid_request", "bad_request", "http_error")
"""Types of a 400 that is about the request itself, not about the workflow in it."""


class _Refusal(msgspec.Struct):
    """The body of an answer that says no."""

    error: Problem
    node_errors: dict[str, NodeProblems] = {}


def error_of(status: int, headers: Mapping[str, str], body: bytes, *, asked: str) -> AnswerError:
    """The error that an answer tells of. ``asked`` says what was asked for, should the answer say nothing itself."""
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        words = body[:200].decode(errors="replace").strip()
        refusal = _Refusal(Problem("http_error", f"{asked} was answered with status {status}", words))
    if status == 400 and refusal.error.type not in _UNREADABLE:
        return RejectedError(refusal.error, refusal.node_errors)
    kind = TooManyRequestsError if refusal.error.type == "too_many_requests" else _KINDS.get(status, AnswerError)
    return kind(status, refusal.error, _seconds(headers.get("Retry-After")))


def _seconds(text: str | None) -> float | None:
    """``Retry-After`` in seconds; its other form, a date, is not what this server sends."""
    return float(text) if text is not None and text.isdecimal() else None


def job_error(result: Result) -> ClientError | None:
    """Why there are no pictures, or None if the job is done."""
    match result.outcome:
        case Outcome.FAILED:
            return JobFailedError(result)
        case Outcome.CANCELLED:
            return JobCancelledError(result)
        case Outcome.DONE:
            return None
