"""Whatever breaks the connection, and whenever: events come once, in order, and none is missing without a word.

The server is the real event log, and its answers those of the real socket; only the wire between them is made up.
"""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.client.errors import NotFoundError, ServerGoneError, UnexpectedAnswerError, WaitTimeoutError
from nodegraph.client.following import Following
from nodegraph.client.steps import Connect, Emit, Exchange, Hear, LostError, Say, Sleep, Stream
from nodegraph.execution.events import JobFinished, NodeProgress, Outcome
from nodegraph.server.api_v1.messages import (
    ClientMessage,
    Gap,
    Hello,
    JobView,
    Malformed,
    Result,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
)
from nodegraph.server.events import EventLog, Happened, JobQueued, ServerEvent
from nodegraph.server.records import JobState

PATIENCE = 60.0


class Breakage:
    """A wire to a server that does what it is told to, a step before each message that the client waits for.

    ``script``: a publication of an event, or ``None`` where the connection breaks.
    """

    def __init__(self, log: EventLog, script: list[ServerEvent | None]) -> None:
        self._log = log
        self._script = script
        self._outgoing: list[Any] = []
        self._subscribed: int | None = None
        self._job: str | None = None

    def take(self, stream: Stream[Any]) -> Iterator[Any]:
        answer: Any = None
        while True:
            try:
                effect = stream.send(answer)
            except StopIteration:
                return
            answer = None
            match effect:
                case Emit(item):
                    yield item
                case Connect(_):
                    self._outgoing, self._subscribed = [Hello("0", self._log.last)], None
                case Say(message):
                    self._hear(msgspec.json.decode(message, type=ClientMessage))
                case Hear():
                    answer = self._next()
                case Exchange():
                    answer = self._view()
                case Sleep():
                    pass

    def _hear(self, message: Any) -> None:
        match message:
            case Subscribe(after):
                self._job = message.job
                replay = self._log.after(after, limit=0)
                if replay.gap:
                    self._outgoing.append(Gap(after, replay.first))
                    after = replay.first - 1
                self._subscribed = after
                self._outgoing.append(Subscribed(after))
            case Unsubscribe():
                self._bring_up_to_date()
                self._outgoing.append(Unsubscribed())

    def _next(self) -> bytes | LostError:
        self._bring_up_to_date()
        while not self._outgoing:
            event = self._script.pop(0)
            if event is None:
                return LostError("broke", sent=True)
            self._log.publish(event)
            self._bring_up_to_date()
        return msgspec.json.encode(self._outgoing.pop(0))

    def _bring_up_to_date(self) -> None:
        if self._subscribed is not None and self._subscribed != self._log.last:
            replay = self._log.after(self._subscribed, job=self._job)
            self._outgoing += [msgspec.Raw(payload) for _, payload in replay.entries]
            self._subscribed = replay.last

    def _view(self) -> httpx2.Response:
        ended = not any(isinstance(event, JobFinished) and event.job == "mine" for event in self._script)
        result = Result("mine", Outcome.DONE) if ended else None
        return httpx2.Response(
            200,
            content=msgspec.json.encode(
                JobView("mine", JobState.RUNNING, number=0, created=0, attempts=1, result=result)
            ),
        )


def story(job: str, steps: int) -> list[ServerEvent]:
    progress = [NodeProgress(job, "n", value, steps) for value in range(steps)]
    return [JobQueued(job, number=0), *progress, JobFinished(job, Outcome.DONE, at=0)]


@st.composite
def scripts(draw: st.DrawFn) -> list[ServerEvent | None]:
    """What happens to two jobs and to the connection, in any order that can be. The job followed ends."""
    lanes: list[list[ServerEvent | None]] = [
        list(story("mine", draw(st.integers(0, 6)))),
        list(story("other", draw(st.integers(0, 6)))),
        [None] * draw(st.integers(0, 4)),
    ]
    script: list[ServerEvent | None] = []
    while any(lanes):
        lane = draw(st.sampled_from([lane for lane in lanes if lane]))
        script.append(lane.pop(0))
    return script


@given(scripts())
def test_breaks_lose_nothing_and_repeat_nothing(script: list[ServerEvent | None]) -> None:
    log = EventLog()
    expected = [event for event in script if event is not None and event.job == "mine"]
    following = Following(PATIENCE, job="mine", after=log.last)
    assert list(Breakage(log, list(script)).take(following.one_job())) == expected


@given(scripts(), st.integers(1, 3))
def test_what_the_server_no_longer_keeps_is_told(script: list[ServerEvent | None], kept: int) -> None:
    log = EventLog(capacity=kept)
    before = log.last
    for event in script[: len(script) // 2]:  # all this happens before the client comes
        if event is not None:
            log.publish(event)
    rest = script[len(script) // 2 :]
    items = list(Breakage(log, rest).take(Following(PATIENCE, job="mine", after=before).one_job()))
    expected = [event for event in script if event is not None and event.job == "mine"]
    heard = [item for item in items if not isinstance(item, Gap)]
    assert heard == expected[len(expected) - len(heard) :]
    if not any(isinstance(item, Gap) for item in items):
        assert heard == expected


@given(scripts())
def test_a_job_of_others_is_followed_from_what_is_kept(script: list[ServerEvent | None]) -> None:
    log = EventLog()
    middle = len(script) // 2
    for event in script[:middle]:
        if event is not None:
            log.publish(event)
    expected = [event for event in script if event is not None and event.job == "mine"]
    assert list(Breakage(log, script[middle:]).take(Following(PATIENCE, job="mine").one_job())) == expected


@given(scripts())
def test_all_jobs_are_followed_with_their_numbers(script: list[ServerEvent | None]) -> None:
    log = EventLog()
    first, expected = log.last + 1, [event for event in script if event is not None]
    stream = Breakage(log, [*script, story("last", 0)[0]]).take(Following(PATIENCE, after=log.last).all_jobs())
    heard = [next(stream) for _ in expected]
    assert heard == [Happened(first + index, event) for index, event in enumerate(expected)]


def driven(following: Following, answers: list[Any]) -> list[Any]:
    """What a followed job gives if the wire answers like this."""
    items, answer, stream = [], None, following.one_job()
    while True:
        try:
            effect = stream.send(answer)
        except StopIteration:
            return items
        if isinstance(effect, Emit):
            items.append(effect.item)
            answer = None
        else:
            answer = answers.pop(0)


def frame(message: Any) -> bytes:
    return msgspec.json.encode(message)


def test_a_server_that_stays_away_is_given_up() -> None:
    with pytest.raises(ServerGoneError, match="broke"):
        driven(Following(0.0, job="mine"), [LostError("broke", sent=True)])


def test_a_connection_that_held_for_long_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Following(PATIENCE, job="mine", after=4).one_job()
    assert isinstance(next(stream), Connect)
    assert isinstance(stream.send(None), Hear)
    assert isinstance(stream.send(frame(Hello("0", 5))), Say)
    assert isinstance(stream.send(None), Hear)
    later = time.monotonic() + 100 * PATIENCE
    monkeypatch.setattr("nodegraph.client.steps.time.monotonic", lambda: later)
    assert isinstance(stream.send(LostError("broke", sent=True)), Sleep)
    assert isinstance(stream.send(None), Connect)


def test_nothing_between_two_first_connections_is_lost() -> None:
    stream = Following(PATIENCE).all_jobs()
    answers = [None, frame(Hello("0", 5)), None, LostError("broke", sent=True), None, None, frame(Hello("0", 9))]
    effects = [next(stream), *(stream.send(answer) for answer in answers)]
    said = [msgspec.json.decode(one.message, type=Subscribe) for one in effects if isinstance(one, Say)]
    assert [message.after for message in said] == [5, 5]


def test_waiting_ends_at_the_deadline() -> None:
    late = Following(PATIENCE, job="mine", deadline=time.monotonic() + 60)
    with pytest.raises(WaitTimeoutError, match="mine"):
        driven(late, [None, frame(Hello("0", 5)), None, None])
    with pytest.raises(WaitTimeoutError):
        driven(Following(PATIENCE, job="mine", deadline=time.monotonic() - 1), [None])


def test_a_job_that_is_gone_is_said() -> None:
    gone = httpx2.Response(404, json={"error": {"type": "not_found", "message": "There is no job"}})
    with pytest.raises(NotFoundError, match="no job"):
        driven(Following(PATIENCE, job="mine"), [None, frame(Hello("0", 5)), None, frame(Gap(0, 6)), gone])


@pytest.mark.parametrize(
    "message",
    [b"{}", b'{"type": "novel"}', b"\xff", b'{"type": "error", "message": "\xff"}', frame(Malformed("what?"))],
)
def test_a_server_that_speaks_otherwise_is_said(message: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError):
        driven(Following(PATIENCE, job="mine"), [None, message])
    with pytest.raises(UnexpectedAnswerError):
        driven(Following(PATIENCE, job="mine"), [None, frame(Hello("0", 5)), None, message])
