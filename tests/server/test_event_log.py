"""The numbered log of events: what is kept for those who come back."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.execution.events import NodeOutput, NodePreview
from nodegraph.server.events import Entry, EventLog, Happened, Replay

PREVIEW = NodePreview("job", "n", "n", "image/png", b"")


def output(text: str) -> NodeOutput:
    return NodeOutput("job", "n", "n", {"text": [text]})


def happened(replay: Replay) -> list[Happened]:
    return [msgspec.json.decode(payload, type=Happened) for _, payload in replay.entries]


def told(replay: Replay) -> list[tuple[int, str]]:
    """The numbers and texts of what is replayed, as a client reads them."""
    events = happened(replay)
    assert [event.number for event in events] == list(range(replay.first, replay.last + 1))
    return [(event.number, event.event.ui["text"][0]) for event in events if isinstance(event.event, NodeOutput)]


def test_replays_what_came_after_a_number() -> None:
    log = EventLog()
    start = log.last
    log.publish(output("a"), PREVIEW, output("b"))
    assert not log.after(start).gap
    assert told(log.after(start)) == [(start + 1, "a"), (start + 2, "b")]
    assert told(log.after(start + 1)) == [(start + 2, "b")]
    assert log.after(start + 2) == (start + 3, start + 2, [], False)
    assert log.after(start - 1).gap
    assert log.after(start + 3).gap


def test_keeps_so_many_events() -> None:
    log = EventLog(capacity=3)
    start = log.last
    log.publish(*(output(str(i)) for i in range(5)))
    assert log.after(start).gap
    assert log.after(start).first == start + 3
    assert told(log.after(start + 2)) == [(start + 3, "2"), (start + 4, "3"), (start + 5, "4")]


def test_keeps_so_many_bytes() -> None:
    log = EventLog(limit=10_000)
    start = log.last
    log.publish(*(output(str(i) * 3000) for i in range(8)))
    replay = log.after(start)
    assert replay.gap
    assert [number - start for number, _ in told(replay)] == [6, 7, 8]
    log.publish(output("x" * 20_000))  # larger than all that may be kept: told, not kept
    assert log.after(start + 8) == (start + 10, start + 9, [], True)
    log.publish(output("y"))
    assert told(log.after(start + 9)) == [(start + 10, "y")]


def test_listeners_hear_everything_whatever_is_kept() -> None:
    log, heard = EventLog(limit=10), list[Sequence[Entry]]()
    forget = log.listen(heard.append)
    log.publish(output("x" * 100), PREVIEW, output("y"))
    forget()
    log.publish(output("z"))
    assert [[entry.event for entry in entries] for entries in heard] == [[output("x" * 100), PREVIEW, output("y")]]
    ((first, preview, _),) = heard
    assert msgspec.json.decode(first.payload, type=Happened) == Happened(first.number, first.event)
    assert (preview.number, preview.payload) == (0, b"")


@given(st.lists(st.integers(0, 300)), st.integers(0, 40), st.integers(0, 1000))
def test_chunks_make_up_the_whole_replay(sizes: list[int], skipped: int, limit: int) -> None:
    log = EventLog()
    start = log.last
    log.publish(*(output("x" * size) for size in sizes))
    number = start + min(skipped, len(sizes))
    whole = told(log.after(number))
    chunks: list[tuple[int, str]] = []
    while number != log.last:
        chunk = log.after(number, limit=limit)
        assert len(chunk.entries) == 1 or sum(len(payload) for _, payload in chunk.entries) <= limit
        chunks += told(chunk)
        number = chunk.last
    assert chunks == whole


@given(
    st.lists(st.tuples(st.sampled_from(["mine", "other", ""]), st.integers(0, 300))),
    st.integers(1, 30),
    st.integers(0, 1000),
)
def test_chunks_of_one_job_make_up_what_is_kept_of_it(
    stories: list[tuple[str, int]], capacity: int, limit: int
) -> None:
    log = EventLog(capacity=capacity)
    number = log.last
    log.publish(*(NodeOutput(job, "n", "n", {"text": ["x" * size]}) for job, size in stories))
    whole = log.after(number)
    gap, heard = log.after(number, job="mine").gap, list[Happened]()
    assert gap == whole.gap
    while number != log.last:
        chunk = log.after(number, limit=limit, job="mine")
        assert chunk.last > number
        heard += happened(chunk)
        number = chunk.last
    assert heard == [event for event in happened(whole) if event.event.job == "mine"]


def test_what_is_replayed_to_an_owner_is_theirs_or_everybodys() -> None:
    log = EventLog()
    start = log.last
    for text, owner in (("a", "a"), ("b", "b"), ("own", ""), ("all", None), ("a again", "a")):
        log.publish(output(text), owner=owner)

    def texts(replay: Replay) -> list[str]:
        return [one.event.ui["text"][0] for one in happened(replay) if isinstance(one.event, NodeOutput)]

    assert texts(log.after(start, owner="a")) == ["a", "all", "a again"]
    assert texts(log.after(start, owner="b")) == ["b", "all"]
    assert texts(log.after(start, owner="b", job="other")) == []
    assert texts(log.after(start)) == ["a", "b", "own", "all", "a again"]
    assert log.after(start, owner="c").last == log.last
