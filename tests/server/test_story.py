"""Events are told in their order, and an end only when it is recorded."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from nodegraph.execution.events import JobFinished, JobStarted, Outcome
from nodegraph.server.events import EventLog
from nodegraph.server.story import Ending, Story


@given(st.lists(st.sampled_from(["tell", "end", "record"]), max_size=30), st.randoms())
def test_the_order_is_that_of_the_telling_whenever_records_reach_the_disk(steps: list[str], random: Random) -> None:
    events = EventLog()
    heard: list[object] = []
    events.listen(lambda entries: heard.extend(entry.event for entry in entries))
    story = Story(events)
    told: list[object] = []
    unrecorded: list[Ending] = []

    def record() -> None:
        ending = unrecorded.pop(random.randrange(len(unrecorded)))
        story.recorded(ending)

    for number, step in enumerate(steps):
        if step == "tell":
            told.append(JobStarted(f"job {number}", 0.0))
            story.tell(told[-1], owner=random.choice("ab"))  # type: ignore[arg-type]
        elif step == "end":
            told.append(JobFinished(f"job {number}", Outcome.DONE, 0.0))
            unrecorded.append(story.end(told[-1], owner=random.choice("ab")))  # type: ignore[arg-type]
        elif unrecorded:
            record()
        first = min((told.index(ending.event) for ending in unrecorded), default=None)
        assert heard == told[:first]
    while unrecorded:
        record()
    assert heard == told
