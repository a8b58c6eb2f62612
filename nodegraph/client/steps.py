"""What a client does, told apart from how it does it: steps are generators that ask for one effect at a time.

The logic of the client (when to try again, how to come back after a lost connection) is written here and in
:mod:`nodegraph.client.following`, once; :mod:`nodegraph.client.blocking` and :mod:`nodegraph.client.asynchronous` carry
the effects out, each in its own way. Nothing here opens a connection or sleeps.
"""

import random
import time
from collections.abc import Generator
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import httpx2
import msgspec

from nodegraph.client.call import Call
from nodegraph.client.errors import ClientError, ServerGoneError, UnexpectedAnswerError, error_of

T = TypeVar("T")


class LostError(Exception):
    """A connection could not be made, or broke. ``sent``: the server may have got what was sent to it."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


# ---- effects ----


class Exchange(NamedTuple):
    """Send a request and read the answer whole: a ``Response``."""

    call: Call[Any]


class Sleep(NamedTuple):
    """Wait."""

    seconds: float


class Connect(NamedTuple):
    """Open the WebSocket, in place of the one there was, within ``seconds`` if an exchange may take longer."""

    seconds: float | None


class Say(NamedTuple):
    """Send a message on the WebSocket."""

    message: bytes


class Hear(NamedTuple):
    """The next message on the WebSocket, as ``bytes``; None if there is none within ``seconds``."""

    seconds: float | None


class Emit(NamedTuple, Generic[T]):
    """Give something to whoever iterates."""

    item: T


Effect = Exchange | Sleep | Connect | Say | Hear
"""What steps ask for. Each is answered with what it says, or with an error as a value."""

Steps: TypeAlias = Generator[Effect, Any, T]
"""Steps that lead to a ``T``."""

Stream: TypeAlias = Generator[Effect | Emit[T], Any, None]
"""Steps that give any number of ``T`` on the way."""


def effect(wanted: Effect) -> Steps[Any]:
    """Ask for an effect. Raises the error that it is answered with."""
    answer = yield wanted
    if isinstance(answer, Exception):
        raise answer
    return answer


def silently(stream: Stream[Any]) -> Steps[None]:
    """A stream to its end, without what it gives."""
    answer = None
    while True:
        try:
            wanted = stream.send(answer)
        except StopIteration:
            return
        answer = None if isinstance(wanted, Emit) else (yield wanted)


def given(steps: Steps[T]) -> Stream[T]:
    """A stream of one: what the steps lead to."""
    yield Emit((yield from steps))


# ---- trying again ----

TIMEOUT = 30.0
"""Seconds that one exchange may take, if nothing else is said."""

PATIENCE = 60.0
"""Seconds for which a server that is away or busy is tried again, if nothing else is said."""


class Patience:
    """Waits longer each time, and gives up ``seconds`` after the first time."""

    SHORTEST, LONGEST = 0.1, 5.0

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pause = self.SHORTEST
        self._end: float | None = None

    def wait(self, error: ClientError, *, at_least: float = 0.0) -> Steps[None]:
        """Wait before the next try; raise ``error`` if that would take too long."""
        pause = max(at_least, self._pause * random.uniform(0.5, 1.0))
        self._pause = min(2 * self._pause, self.LONGEST)
        now = time.monotonic()
        if self._end is None:
            self._end = now + self._seconds
        if now + pause > self._end:
            raise error
        yield from effect(Sleep(pause))


def ask(call: Call[T], seconds: float) -> Steps[T]:
    """Make a call until it is answered, for some ``seconds``.

    A server that is not there is tried again, and so is one that says when to come back. A call that the server may
    have got before the connection broke is made again only if that does no harm.
    """
    patience = Patience(seconds)
    while True:
        try:
            response: httpx2.Response = yield from effect(Exchange(call))
        except LostError as lost:
            gone = ServerGoneError(f"{call.asked}: {lost}")
            if lost.sent and not call.repeatable:
                raise gone from lost
            yield from patience.wait(gone)
            continue
        if response.is_success:
            try:
                return call.read(response)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise UnexpectedAnswerError(f"The answer to {call.asked} cannot be read: {error}.") from error
        refusal = error_of(response.status_code, response.headers, response.content, asked=call.asked)
        if refusal.retry_after is None:
            raise refusal
        yield from patience.wait(refusal, at_least=refusal.retry_after)
