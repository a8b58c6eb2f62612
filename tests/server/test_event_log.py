"""The numbered log of events: what is kept for those who come back."""

from collections.abc import Sequence

from nodegraph.execution.events import NodeOutput, NodePreview
from nodegraph.server.events import Entry, EventLog


def output(text: str) -> NodeOutput:
    return NodeOutput("job", "n", "n", {"text": [text]})


def test_replays_what_came_after_a_number() -> None:
    log = EventLog()
    start = log.last
    log.publish(output("a"), NodePreview("job", "n", "n", "image/png", b""), output("b"))
    replay = log.after(start)
    assert not replay.gap
    assert replay.entries == (Entry(start + 1, output("a")), Entry(start + 2, output("b")))
    assert log.after(start + 1).entries == replay.entries[1:]
    assert log.after(start + 2).entries == ()
    assert log.after(start - 1).gap
    assert log.after(start + 3).gap


def test_keeps_so_many_events() -> None:
    log = EventLog(capacity=3)
    start = log.last
    log.publish(*(output(str(i)) for i in range(5)))
    assert log.after(start).gap
    assert [entry.number - start for entry in log.after(start + 2).entries] == [3, 4, 5]


def test_keeps_so_many_bytes() -> None:
    log = EventLog(limit=10_000)
    start = log.last
    log.publish(*(output(str(i) * 3000) for i in range(8)))
    replay = log.after(start)
    assert replay.gap
    assert [entry.number - start for entry in replay.entries] == [6, 7, 8]
    log.publish(output("x" * 20_000))  # larger than all that may be kept: told, not kept
    assert log.after(start + 8) == ((), True)
    log.publish(output("y"))
    assert [entry.number - start for entry in log.after(start + 9).entries] == [10]


def test_listeners_hear_everything_whatever_is_kept() -> None:
    log, heard = EventLog(limit=10), list[Sequence[Entry]]()
    forget = log.listen(heard.append)
    log.publish(output("x" * 100), output("y"))
    forget()
    log.publish(output("z"))
    assert [[entry.event for entry in entries] for entries in heard] == [[output("x" * 100), output("y")]]
