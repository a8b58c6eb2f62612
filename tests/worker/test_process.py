"""The worker process: a real one, shared by all tests of this file."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live_worker import TOYS, LiveWorker, toy

from nodegraph.execution.events import (
    JobFinished,
    JobStarted,
    NodeFinished,
    NodeOutput,
    NodePreview,
    NodeProgress,
    NodesCached,
    NodeStarted,
    Outcome,
)
from nodegraph.packs.digest import digest_of_packs
from nodegraph.worker.protocol import Cancel, Free, Happened, Hold, Status

PICTURE = {
    "1": {"class_type": "SolidMask", "inputs": {"value": 0.25, "width": 64, "height": 32}},
    "2": {"class_type": "InvertMask", "inputs": {"mask": ["1", 0]}},
    "3": {"class_type": "MaskToImage", "inputs": {"mask": ["2", 0]}},
    "4": {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}},
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("base")


@pytest.fixture(scope="module")
def worker(base: Path) -> Iterator[LiveWorker]:
    with LiveWorker(base) as live:
        yield live


def end(events: list) -> JobFinished:  # type: ignore[type-arg]
    assert isinstance(events[-1], JobFinished)
    return events[-1]


def test_ready_is_complete(worker: LiveWorker) -> None:
    ready = worker.ready
    assert ready.failures == []
    classes = {spec.class_id for spec in ready.specs}
    assert {"KSampler", "CheckpointLoaderSimple", "SaveImage", "ToyCalls"} <= classes
    assert ready.digest == digest_of_packs([TOYS])
    (device,) = ready.devices
    assert 0 < device.memory_free <= device.memory_total
    assert ready.torch_version
    assert ready.precision in ("float32", "bfloat16", "float16")


def test_the_builtin_pack_makes_a_picture_and_remembers_it(worker: LiveWorker, base: Path) -> None:
    events = worker.run(PICTURE, "4")
    assert [type(event) for event in events] == [
        JobStarted,
        NodesCached,
        *(NodeStarted, NodeFinished) * 3,
        *(NodeStarted, NodeOutput, NodeFinished),
        JobFinished,
    ]
    assert end(events).outcome is Outcome.DONE
    assert end(events).executed == ["1", "2", "3", "4"]
    shown = next(event for event in events if isinstance(event, NodeOutput))
    (image,) = shown.ui["images"]
    assert image["type"] == "temp"
    assert (base / "temp" / image["subfolder"] / image["filename"]).read_bytes().startswith(b"\x89PNG")

    again = worker.run(PICTURE, "4")
    assert [type(event) for event in again] == [JobStarted, NodesCached, NodeOutput, JobFinished]
    assert end(again).executed == []
    changed = {**PICTURE, "2": {"class_type": "MaskToImage", "inputs": {"mask": ["1", 0]}}}
    changed["4"] = {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}
    del changed["3"]
    assert end(worker.run(changed, "4")).executed == ["2", "4"]


def test_freeing_results_makes_them_be_computed_again(worker: LiveWorker) -> None:
    worker.run(PICTURE, "4")
    worker.send(Free(weights=True, results=True))
    assert isinstance(worker.read(), Status)
    assert end(worker.run(PICTURE, "4")).executed == ["1", "2", "3", "4"]


def test_jobs_run_in_the_order_of_their_submission(worker: LiveWorker) -> None:
    jobs = [worker.submit(toy("ToyCalls", count=2, seconds=0.001)) for _ in range(5)]
    events = worker.until_finished(*jobs)
    assert [event.job for event in events if isinstance(event, JobStarted)] == jobs
    assert [event.job for event in events] == sorted((event.job for event in events), key=jobs.index)


def test_cancel_acts_at_the_next_network_call(worker: LiveWorker) -> None:
    job = worker.submit(toy("ToyCalls", count=100_000, seconds=0.001))
    while not any(isinstance(e, NodeProgress) for e in getattr(worker.read(), "events", ())):
        pass
    worker.send(Cancel(job))
    sent = time.monotonic()
    finished = end(worker.until_finished(job))
    assert time.monotonic() - sent < 2
    assert (finished.outcome, finished.node, finished.class_id) == (Outcome.CANCELLED, "1", "ToyCalls")


def test_cancel_acts_on_a_job_that_waits_and_on_no_other(worker: LiveWorker) -> None:
    first, second, third = (worker.submit(toy("ToyCalls", count=20)) for _ in range(3))
    worker.send(Cancel(second))
    worker.send(Cancel("no such job"))
    events = worker.until_finished(first, second, third)
    outcomes = {event.job: event.outcome for event in events if isinstance(event, JobFinished)}
    assert outcomes == {first: Outcome.DONE, second: Outcome.CANCELLED, third: Outcome.DONE}
    assert not any(isinstance(event, NodeStarted) and event.job == second for event in events)


def until_step(worker: LiveWorker, job: str) -> None:
    """Read on to a step of ``job``."""
    worker.until_events(lambda event: isinstance(event, NodeProgress) and event.job == job)


def test_a_more_urgent_job_begins_at_once_and_the_other_continues_afterwards(worker: LiveWorker) -> None:
    low = worker.submit(toy("ToyCalls", count=30))
    until_step(worker, low)
    same = worker.submit(toy("ToyCalls", count=1))
    high = worker.submit(toy("ToyCalls", count=30), priority=5)
    higher = worker.submit(toy("ToyCalls", count=3), priority=6)
    events = worker.until_finished(low, same, high, higher)
    ends = [event for event in events if isinstance(event, JobFinished)]
    assert [event.job for event in ends] == [higher, high, low, same]
    assert {event.outcome for event in ends} == {Outcome.DONE}
    steps = [event.job for event in events if isinstance(event, NodeProgress)]
    began = steps.index(high)
    assert low not in steps[began + 1 : len(steps) - steps[::-1].index(high)]  # one call may have been under way
    assert steps.count(low) < 30  # some came before


@contextmanager
def held(worker: LiveWorker) -> Iterator[None]:
    """Within, and whatever fails there no longer: the worker serves other tests too."""
    worker.send(Hold(True))
    try:
        yield
    finally:
        worker.send(Hold(False))


def test_held_jobs_halt_between_nodes_too_and_hear_of_being_cancelled(worker: LiveWorker) -> None:
    first = worker.submit(toy("ToyCalls", count=100_000, seconds=0.001))
    until_step(worker, first)
    with held(worker):
        urgent = {**PICTURE, "1": {"class_type": "SolidMask", "inputs": {"value": 0.77}}}
        second = worker.submit(urgent, "4", priority=1)
        worker.send(Cancel(first))
        events = worker.until_events(lambda event: isinstance(event, JobFinished))
        # The beginning of the second may have come with the end of the first.
        assert [event.job for event in events if isinstance(event, JobFinished)] == [first]
        assert not any(isinstance(event, NodeStarted) and event.job == second for event in events)
    assert end(worker.until_finished(second)).outcome is Outcome.DONE


def test_memory_is_freed_when_no_job_runs(worker: LiveWorker) -> None:
    worker.run(PICTURE, "4")
    low = worker.submit(toy("ToyCalls", count=23))
    until_step(worker, low)
    worker.send(Free(weights=True, results=True))
    high = worker.submit(PICTURE, "4", priority=1)
    cached = [event for event in worker.until_finished(low, high) if isinstance(event, NodesCached)]
    assert [event.nodes for event in cached if event.job == high] == [["1", "2", "3", "4"]]
    assert isinstance(worker.read(), Status)
    assert end(worker.run(PICTURE, "4")).executed == ["1", "2", "3", "4"]


def test_nan_names_the_node_and_nothing_is_saved(worker: LiveWorker, base: Path) -> None:
    prompt = toy("ToyNotANumber")
    prompt["2"] = {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "black"}}
    failure = end(worker.run(prompt, "2")).failure
    assert failure is not None
    assert (failure.node, failure.class_id, failure.user_error) == ("1", "ToyNotANumber", True)
    assert "NaN" in failure.message
    assert "fp32" in failure.message
    assert not list((base / "output").glob("black*"))


def test_running_out_of_memory_is_said_clearly(worker: LiveWorker) -> None:
    failure = end(worker.run(toy("ToyHuge"))).failure
    assert failure is not None
    assert failure.kind.endswith("OutOfMemoryError")
    assert failure.user_error
    assert "ran out of memory in ToyHuge" in failure.message
    assert end(worker.run(PICTURE, "4")).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("what", "kind"),
    [("an object", "TypeError"), ("a key", "msgspec.ValidationError"), ("progress", "msgspec.ValidationError")],
)
def test_what_cannot_be_sent_is_the_failure_of_its_node(worker: LiveWorker, what: str, kind: str) -> None:
    failure = end(worker.run(toy("ToyUnsendable", what=what))).failure
    assert failure is not None
    assert failure.node == "1"
    assert failure.kind == kind


def test_a_prompt_that_is_none_ends_its_job_only(worker: LiveWorker) -> None:
    job = worker.submit({"1": {"inputs": {}}})
    failure = end(worker.until_finished(job)).failure
    assert failure is not None
    assert "class_type" in failure.message
    missing = end(worker.run(toy("ToyRead", image="gone.png"))).failure
    assert missing is not None
    assert missing.node == "1"
    assert "gone.png" in missing.message


def test_a_changed_input_file_runs_again(worker: LiveWorker, base: Path) -> None:
    (base / "input").mkdir(exist_ok=True)
    picture = base / "input" / "a.png"
    picture.write_bytes(b"12")
    assert end(worker.run(toy("ToyRead", image="a.png"))).executed == ["1"]
    assert end(worker.run(toy("ToyRead", image="a.png"))).executed == []
    picture.write_bytes(b"123")
    events = worker.run(toy("ToyRead", image="a.png"))
    assert end(events).executed == ["1"]
    assert [event.ui for event in events if isinstance(event, NodeOutput)] == [{"size": [3]}]


def test_hidden_inputs_and_inference_mode(worker: LiveWorker) -> None:
    prompt = toy("ToyHidden")
    events = worker.run(prompt, extra_data={"extra_pnginfo": {"workflow": {"version": 1}}})
    (shown,) = (event.ui for event in events if isinstance(event, NodeOutput))
    assert shown == {"prompt": [prompt], "extra": [{"workflow": {"version": 1}}], "inference": [True]}


def test_previews_come_when_they_are_wanted(worker: LiveWorker) -> None:
    prompt = toy("ToyPreviews", count=3, size=10)
    events = worker.run(prompt)
    assert [type(e) for e in events if isinstance(e, NodePreview | NodeProgress)] == [NodePreview, NodeProgress] * 3
    assert not [e for e in worker.run(prompt, previews=False) if isinstance(e, NodePreview)]


def test_a_slow_reader_loses_previews_and_nothing_else(worker: LiveWorker) -> None:
    """The job ends, far ahead of its reader: 200 MB of previews were neither waited for nor kept."""
    count = 1000
    job = worker.submit(toy("ToyPreviews", count=count, size=200_000))
    time.sleep(1)
    began = time.monotonic()
    events = worker.until_finished(job)
    assert time.monotonic() - began < 10
    previews = [event for event in events if isinstance(event, NodePreview)]
    assert 0 < len(previews) < count / 2
    assert [event.value for event in events if isinstance(event, NodeProgress)] == list(range(1, count + 1))
    assert end(events).outcome is Outcome.DONE


def test_it_exits_at_once_when_the_connection_closes_while_a_node_computes(base: Path) -> None:
    live = LiveWorker(base)
    live.submit(toy("ToyForever"))
    while not any(isinstance(e, NodeProgress) for e in getattr(live.read(), "events", ())):
        pass
    live.socket.close()
    closed = time.monotonic()
    assert live.process.wait(5) == 0
    assert time.monotonic() - closed < 1


def test_a_device_that_fails_between_two_jobs_ends_the_process(base: Path) -> None:
    live = LiveWorker(base)
    live.submit(toy("ToyDeviceFails"))
    assert end(live.until_events(lambda event: isinstance(event, JobFinished))).outcome is Outcome.DONE
    assert live.process.wait(30) == 1
    live.socket.close()


def test_events_of_many_cheap_nodes_share_frames(worker: LiveWorker) -> None:
    chain = {"0": {"class_type": "SolidMask", "inputs": {"value": 0.5, "width": 8, "height": 8}}}
    for i in range(1, 200):
        chain[str(i)] = {"class_type": "InvertMask", "inputs": {"mask": [str(i - 1), 0]}}
    chain["end"] = {"class_type": "MaskToImage", "inputs": {"mask": ["199", 0]}}
    job = worker.submit(chain, "end")
    frames, events = 0, 0
    while not isinstance(report := worker.read(), Status):
        assert isinstance(report, Happened)
        frames += 1
        events += len(report.events)
    assert job
    assert events == 2 * 201 + 3
    assert frames < events / 4
