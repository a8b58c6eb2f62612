"""Who hears what of the event log, without a server: clients that come, go, read slowly or not at all."""

import asyncio
from itertools import cycle, islice
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.execution.events import NodeOutput, NodePreview
from nodegraph.server import outlet
from nodegraph.server.api_v1 import audience
from nodegraph.server.api_v1.audience import Audience, Subscriber
from nodegraph.server.api_v1.messages import Gap
from nodegraph.server.events import Entry, EventLog, Happened, QueuePaused
from nodegraph.server.outlet import BACKLOG_LIMIT, PREVIEW_BACKLOG, Outlet, Rounds


class Wire(asyncio.WriteTransport):
    """A connection in memory: what was written waits until it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.waiting = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))
        self.waiting += bytes(data)

    def get_write_buffer_size(self) -> int:
        return len(self.waiting)

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True

    def read(self) -> list[Happened | Gap]:
        """The messages that have come since the last time."""
        data, self.waiting = self.waiting, b""
        messages: list[Happened | Gap] = []
        while data:
            size, start = data[1], 2
            if size > 125:
                start = 4 if size == 126 else 10
                size = int.from_bytes(data[2:start], "big")
            messages.append(msgspec.json.decode(data[start : start + size], type=Happened | Gap))
            data = data[start + size :]
        return messages


class Client:
    """One that remembers the last number it saw, and connects again with it."""

    def __init__(self, log: EventLog, sound: Audience, job: str | None = None, owner: str | None = None) -> None:
        self._audience = sound
        self._job = job
        self._owner = owner
        self.seen = log.last
        self.heard: list[int] = []
        self.gaps = 0
        self.connect()

    wire: Wire
    _subscriber: Subscriber

    def connect(self) -> None:
        self.wire = Wire()
        self._subscriber = self._audience.subscribe(
            Outlet(self.wire, Rounds()), after=self.seen, previews=True, job=self._job, owner=self._owner
        )

    def lose(self) -> None:
        """The connection breaks; what has not been read is lost."""
        self._audience.unsubscribe(self._subscriber)

    def read(self) -> None:
        for message in self.wire.read():
            if isinstance(message, Gap):
                assert message.after == self.seen if self._job is self._owner is None else message.after >= self.seen
                assert message.next > self.seen + 1
                self.gaps += 1
                self.seen = message.next - 1
            elif message.number:
                if self._job is self._owner is None:
                    assert message.number == self.seen + 1, "nothing is left out and nothing told twice"
                else:
                    assert message.number > self.seen, "nothing is told twice"
                    assert self._job in (None, message.event.job)
                    assert self._owner is None or OWNERS[message.event.job] in (None, self._owner)
                self.seen = message.number
                self.heard.append(message.number)


OWNERS = {"one": "a", "two": "b", "": None}
"""Of the jobs there are in some tests; what is of no job concerns everybody."""


def output(size: int) -> NodeOutput:
    return NodeOutput("job", "n", "n", {"text": ["x" * size]})


def preview(picture: bytes) -> NodePreview:
    return NodePreview("job", "n", "n", "image/png", picture)


async def settle() -> None:
    """Let every timer of length zero run."""
    for _ in range(20):
        await asyncio.sleep(0)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 6)),
        st.tuples(st.just("preview"), st.just(0)),
        st.tuples(st.sampled_from(["read", "reconnect", "wait"]), st.integers(0, 5)),
    ),
    max_size=40,
)


@pytest.mark.parametrize("capacity", [1000, 5])
@given(STEPS)
def test_whoever_comes_back_with_the_last_number_misses_nothing(capacity: int, steps: list[tuple[str, int]]) -> None:
    async def run() -> None:
        log = EventLog(capacity=capacity)
        sound = Audience(log, Rounds())
        parts = [(None, None), ("one", None), ("two", None), (None, "a"), (None, "b"), ("one", "a")]
        clients = {part: Client(log, sound, *part) for part in parts}
        several = list(clients.values())
        published: list[tuple[int, str]] = []

        def publish(count: int) -> None:
            jobs = list(islice(cycle(["one", "two", ""]), count))
            numbers = range(log.last + 1, log.last + 1 + count)
            for job in jobs:
                log.publish(NodeOutput(job, "n", "n", {"text": ["x" * (PREVIEW_BACKLOG // 4)]}), owner=OWNERS[job])
            published.extend(zip(numbers, jobs, strict=True))

        for step, number in steps:
            if step == "publish":
                publish(number)
            elif step == "preview":
                log.publish(NodePreview("one", "n", "n", "image/png", b"picture"), owner="a")
            elif step == "read":
                several[number].read()
            elif step == "reconnect":
                several[number].lose()
                several[number].connect()
            else:
                await settle()
        publish(2)
        for (job, owner), client in clients.items():
            wanted = [
                number
                for number, of in published
                if job in (None, of) and (owner is None or OWNERS[of] in (None, owner))
            ]
            while client.seen != wanted[-1]:
                await settle()
                client.read()
            assert capacity == 5 or client.gaps == 0
            if client.gaps == 0:
                assert client.heard == wanted

    with patch.object(audience, "_RETRY", 0.0), patch.object(outlet, "GATHERING", 0.0):
        asyncio.run(run())


async def test_clients_that_are_up_to_date_share_one_object_a_window() -> None:
    log = EventLog()
    sound = Audience(log, Rounds())
    clients = [Client(log, sound) for _ in range(100)]
    for _ in range(10):
        log.publish(output(10))
    await asyncio.sleep(4 * outlet.GATHERING)
    assert len({id(client.wire.writes[0]) for client in clients}) == 1
    assert {len(client.wire.writes) for client in clients} == {1}


async def test_what_waits_for_a_client_that_never_reads_is_bounded() -> None:
    log = EventLog()
    with patch.object(audience, "_RETRY", 0.0), patch.object(outlet, "GATHERING", 0.0):
        deaf, quick = (Client(log, Audience(log, Rounds())) for _ in range(2))
        for _ in range(200):
            log.publish(output(100_000), preview(b"x" * 100_000))
            while quick.seen != log.last:
                await settle()
                quick.read()
        assert len(quick.heard) == 200
        assert len(deaf.wire.waiting) < 2 * PREVIEW_BACKLOG
        assert not deaf.wire.closed
        while deaf.seen != log.last:
            deaf.read()
            await settle()
        assert deaf.gaps == 1
        assert len(deaf.heard) < 200


async def test_a_window_has_the_last_preview_of_each_node_for_those_who_want_it() -> None:
    log = EventLog()
    sound = Audience(log, Rounds())
    plain = Wire()
    wants = Client(log, sound)
    sound.subscribe(Outlet(plain, Rounds()), after=log.last, previews=False)
    log.publish(
        preview(b"first"), output(1), preview(b"second"), NodePreview("job", "other", "n", "image/png", b"third")
    )
    await asyncio.sleep(4 * outlet.GATHERING)
    got = [message.event for message in wants.wire.read() if isinstance(message, Happened)]
    assert [event.image if isinstance(event, NodePreview) else None for event in got] == [None, b"second", b"third"]
    assert [type(message.event) for message in plain.read() if isinstance(message, Happened)] == [NodeOutput]


async def test_followers_hear_their_job_and_no_other() -> None:
    log = EventLog()
    sound = Audience(log, Rounds())
    heard: list[Entry] = []
    sound.follow("mine", heard.append)
    log.publish(output(1), NodeOutput("mine", "n", "n", {}))
    sound.unfollow("mine", heard.append)
    log.publish(NodeOutput("mine", "n", "n", {}))
    assert [(entry.number, entry.event.job) for entry in heard] == [(log.last - 1, "mine")]


async def test_pictures_that_are_results_are_all_told_and_to_nobody_who_wants_no_pictures() -> None:
    log = EventLog()
    sound = Audience(log, Rounds())
    wires = {True: Wire(), False: Wire()}
    for previews, wire in wires.items():
        sound.subscribe(Outlet(wire, Rounds()), after=log.last, previews=previews, owner=None)
    log.publish(*(NodePreview("job", "n", "n", "image/png", b"", result=True) for _ in range(3)))
    await asyncio.sleep(4 * outlet.GATHERING)
    assert [wires[True].waiting.count(b"node_preview"), wires[False].waiting] == [3, b""]


async def test_more_than_the_limit_disconnects() -> None:
    wire = Wire()
    sending = Outlet(wire, Rounds())
    for _ in range(BACKLOG_LIMIT // 1_000_000 + 1):
        sending.send(b"x" * 1_000_000)
        await settle()
    assert not wire.closed
    sending.send_preview(b"p" * 1000)
    sending.send(b"x" * 1_000_000)
    assert wire.closed
    assert b"p" not in wire.waiting
    sending.send(b"more")
    await settle()
    assert b"more" not in wire.waiting


async def test_one_message_may_be_as_large_as_it_is() -> None:
    """Such as a large picture. Only who has not read what was sent before is too slow."""
    wire = Wire()
    sending = Outlet(wire, Rounds())
    sending.send(b"x" * 2 * BACKLOG_LIMIT)
    await settle()
    assert not wire.closed
    sending.send(b"more")
    assert wire.closed


async def test_one_round_writes_for_all_what_was_sent_along_and_what_is_awaited_takes_it_with_it() -> None:
    rounds = Rounds()
    wires = [Wire() for _ in range(3)]
    outlets = [Outlet(wire, rounds) for wire in wires]
    for text in (b"one ", b"two "):
        for each in outlets:
            each.send_along(text)
        await settle()
    assert [wire.writes for wire in wires] == [[], [], []]
    outlets[0].send(b"now")
    await settle()
    assert [wire.writes for wire in wires] == [[b"one two now"], [], []]
    await asyncio.sleep(4 * outlet.GATHERING)
    assert [wire.writes for wire in wires] == [[b"one two now"], [b"one two "], [b"one two "]]
    outlets[0].send_along(b"later")
    await asyncio.sleep(4 * outlet.GATHERING)
    assert wires[0].writes == [b"one two now", b"later"]


async def test_who_wants_one_job_is_not_written_to_for_others() -> None:
    log = EventLog()
    sound = Audience(log, Rounds())
    mine, other = Client(log, sound, "job"), Client(log, sound, "other")
    log.publish(preview(b"picture"), output(1))
    await asyncio.sleep(4 * outlet.GATHERING)
    assert [type(message.event) for message in mine.wire.read() if isinstance(message, Happened)] == [
        NodePreview,
        NodeOutput,
    ]
    assert other.wire.writes == []


async def test_the_jobs_of_one_owner_cost_the_sockets_of_another_nothing() -> None:
    log = EventLog()
    sound = Audience(log, Rounds())
    theirs = [Client(log, sound, owner="a") for _ in range(100)]
    other, prying, admin = Client(log, sound, owner="b"), Client(log, sound, "job", owner="b"), Client(log, sound)
    log.publish(preview(b"picture"), output(1), owner="a")
    log.publish(NodeOutput("another", "n", "n", {}), owner="")
    await asyncio.sleep(4 * outlet.GATHERING)
    assert len({id(client.wire.writes[0]) for client in theirs}) == 1
    assert {len(client.wire.writes) for client in theirs} == {1}
    assert [type(message.event) for message in theirs[0].wire.read() if isinstance(message, Happened)] == [
        NodePreview,
        NodeOutput,
    ]
    assert other.wire.writes == prying.wire.writes == []
    assert len(admin.wire.read()) == 3
    log.publish(QueuePaused(""), owner=None)
    await asyncio.sleep(4 * outlet.GATHERING)
    assert len(other.wire.read()) == len(theirs[0].wire.read()) == 1
