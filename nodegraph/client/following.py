"""Following what happens: events in order, none twice and none left out, however often the connection breaks."""

import time
from typing import Any

import msgspec

from nodegraph.client import calls
from nodegraph.client.errors import ServerGoneError, UnexpectedAnswerError, WaitTimeoutError, job_error
from nodegraph.client.steps import (
    Connect,
    Emit,
    Hear,
    LostError,
    Patience,
    Say,
    Steps,
    Stream,
    ask,
    effect,
    silently,
)
from nodegraph.execution.events import JobFinished
from nodegraph.server.api_v1.messages import (
    Gap,
    Hello,
    Malformed,
    Result,
    ServerMessage,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
)
from nodegraph.server.events import Happened, JobRemoved, ServerEvent

_decode = msgspec.json.Decoder(ServerMessage).decode


class Following:
    """The events of all jobs, or of one ``job`` to its end.

    ``after``: begin with the event after this number. Without one, those of all jobs begin now, and those of one job
    with the earliest that the server still keeps. ``deadline``, in the monotonic clock's seconds, ends the waiting.
    """

    def __init__(
        self,
        patience: float,
        *,
        job: str | None = None,
        after: int | None = None,
        previews: bool = False,
        deadline: float | None = None,
    ) -> None:
        self._patience = patience
        self._job = job
        self._after = after
        self._previews = previews
        self._deadline = deadline

    @property
    def from_the_past(self) -> bool:
        """Whether it is a job that may have begun, or ended, at any time before."""
        return self._job is not None and self._after is None

    def all_jobs(self) -> Stream[Happened | Gap]:
        """Everything, with its numbers. Has no end."""
        assert self._job is None
        return self._follow()

    def one_job(self) -> Stream[ServerEvent | Gap]:
        """What happens to the job; the last is that it finished, or was removed from the queue."""
        assert self._job is not None
        return self._follow()

    def _follow(self) -> Stream[Any]:
        patience = Patience(self._patience)
        while True:
            try:
                yield from effect(Connect(self._left()))
                hello = yield from self._hear()
                if not isinstance(hello, Hello):
                    raise UnexpectedAnswerError(f"A server greets with 'hello', not {type(hello).__name__}.")
                patience = Patience(self._patience)
                yield from self._subscribe(hello)
                yield from self._listen()
                return
            except LostError as lost:
                self._check_deadline()
                yield from patience.wait(ServerGoneError(f"Following events: {lost}"))

    def _subscribe(self, hello: Hello) -> Steps[None]:
        if self._job is None and self._after is None:
            self._after = hello.last
        after = 0 if self._after is None else self._after  # no number of an event is that low
        yield from effect(Say(msgspec.json.encode(Subscribe(after, previews=self._previews, job=self._job))))

    def _listen(self) -> Stream[Any]:
        while True:
            message = yield from self._hear()
            match message:
                case Subscribed(after):
                    self._after = after
                case Happened():
                    yield from self._take(message)
                    if self._job is not None and isinstance(message.event, JobFinished | JobRemoved):
                        return
                case Gap():
                    yield from self._skip(message)
                case Unsubscribed():
                    return
                case Malformed():
                    raise UnexpectedAnswerError(message.message)
                case _:
                    pass

    def _take(self, happened: Happened) -> Stream[Any]:
        if happened.number:
            self._after = happened.number
        yield Emit(happened if self._job is None else happened.event)

    def _skip(self, gap: Gap) -> Stream[Any]:
        """Events are lost, perhaps the last one of the job among them."""
        if self._after is not None:
            yield Emit(gap)
        self._after = gap.next - 1
        if self._job is not None:
            view = yield from ask(calls.get_job(self._job), self._patience)
            if view.result is not None:  # What is still kept of it comes before the answer to this.
                yield from effect(Say(msgspec.json.encode(Unsubscribe())))

    def _hear(self) -> Steps[ServerMessage]:
        self._check_deadline()
        text = yield from effect(Hear(self._left()))
        if text is None:
            raise self._late()
        try:
            message: ServerMessage = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnexpectedAnswerError(f"A message of the server cannot be read: {error}.") from error
        return message

    def _left(self) -> float | None:
        """Seconds until the deadline."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _check_deadline(self) -> None:
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise self._late()

    def _late(self) -> WaitTimeoutError:
        return WaitTimeoutError(f"Job {self._job} has not ended in time. It goes on: wait again, or cancel it.")


def result_of(following: Following, job: str, patience: float) -> Steps[Result]:
    """What came of a followed job, once it has ended. Raises what :func:`~nodegraph.client.errors.job_error` tells."""
    view = (yield from ask(calls.get_job(job), patience)) if following.from_the_past else None
    if view is None or view.result is None:
        yield from silently(following.one_job())
        view = yield from ask(calls.get_job(job), patience)
    if view.result is None:
        raise UnexpectedAnswerError(f"Job {job} has ended, but the server has no result of it.")
    error = job_error(view.result)
    if error is not None:
        raise error
    return view.result


def deadline_after(seconds: float | None) -> float | None:
    """The monotonic clock's time in so many seconds."""
    return None if seconds is None else time.monotonic() + seconds
