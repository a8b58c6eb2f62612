"""From events to the messages of the field, without a server: what a run on a real one seldom brings."""

from itertools import pairwise
from typing import Any

import msgspec

from nodegraph.execution.events import JobStarted, NodeFinished, NodePreview, NodeProgress, NodeStarted
from nodegraph.server.compat import messages
from nodegraph.server.compat.messages import Counts, Message, Picture
from nodegraph.server.compat.translator import INTERVAL, Outgoing, Translator
from nodegraph.server.events import Entry, JobRemoved, JobRequeued, JobTaken, ServerEvent


def told(out: list[Outgoing], type: str) -> list[dict[str, Any]]:
    """What the messages of this type say, as it is sent."""
    return [
        msgspec.json.decode(messages.encode(message.type, message.data))["data"]
        for message in out
        if isinstance(message, Message) and message.type == type
    ]


def entries(*events: ServerEvent) -> list[Entry]:
    return [Entry(0, event, b"", "me") for event in events]


def started() -> Translator:
    translator = Translator()
    events = entries(JobTaken("job", 1, "page"), JobStarted("job", 0), NodeStarted("job", "n", "n"))
    assert told(translator.feed(events, 0), "executing")[0]["node"] == "n"
    return translator


def test_a_job_cancelled_while_it_waits_for_its_second_attempt_has_an_end() -> None:
    translator = started()
    assert translator.current("me", "page") == "n"
    assert translator.current("another", "page") is None
    translator.feed(entries(JobRequeued("job", "the worker was lost")), 1)
    assert translator.current("me", "page") is None
    assert told(translator.feed(entries(JobRemoved("job")), 2), "executing") == [{"node": None, "prompt_id": "job"}]
    assert not translator.holding
    assert told(translator.feed(entries(JobRemoved("job")), 3), "executing") == []


def test_a_cleared_queue_is_told_once() -> None:
    assert Translator().feed(entries(*(JobRemoved(f"job {n}") for n in range(100))), 0) == [Counts("me")]


def test_states_are_thinned_out_and_the_last_is_told() -> None:
    translator = started()
    times = [i * INTERVAL / 10 for i in range(1, 101)]
    step = entries(NodeProgress("job", "n", 1.0, 2.0))
    sent = [time for time in times if told(translator.feed(step, time), "progress_state")]
    assert 9 <= len(sent) <= 10
    assert all(later - earlier >= INTERVAL * 0.999 for earlier, later in pairwise(sent))
    translator.feed(entries(NodeFinished("job", "n", 0.1)), times[-1])
    (last,) = told(translator.overdue(times[-1] + INTERVAL), "progress_state")
    assert last["nodes"]["n"]["state"] == "finished"


def test_a_step_is_told_as_state_picture_and_progress() -> None:
    translator = started()
    step = entries(NodePreview("job", "n", "n", "image/png", b"x"), NodeProgress("job", "n", 1.0, 2.0))
    told = translator.feed(step, INTERVAL)
    assert [one.plain if isinstance(one, Picture) else one.type for one in told if not isinstance(one, Counts)] == [
        "progress_state",
        False,
        "progress",
        True,
    ]


def test_plain_previews_are_left_out_where_nobody_asked_for_them() -> None:
    taken = [JobTaken("job", 1, "me"), JobStarted("job", 0), NodeStarted("job", "n", "n")]
    shown = [NodePreview("job", "n", "n", "image/png", b"x"), NodeProgress("job", "n", 1.0, 2.0)]
    last = [NodePreview("job", "n", "n", "image/png", b"y"), NodeFinished("job", "n", 0.1)]
    for plain in (True, False):
        out = Translator(plain=plain).feed(entries(*taken, *shown, *last), 0)
        pictures = [message.plain for message in out if isinstance(message, Picture)]
        assert pictures == ([False, True] * 2 if plain else [False] * 2)
