"""The runtime without a process around it, as ``nodegraph run`` uses it."""

from pathlib import Path

import pytest

from nodegraph.execution.events import Event, JobFinished, NodeStarted, Outcome
from nodegraph.graph.problems import PromptError
from nodegraph.settings import Settings
from nodegraph.weights.devices import DeviceError
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

PICTURE = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 32, "height": 16, "batch_size": 1, "color": 0xFF8000}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "made"}},
}


def settings(base: Path, **changes: object) -> Settings:
    return Settings.under(base, **{"device": "cpu", **changes})


def test_runs_on_the_calling_thread(tmp_path: Path) -> None:
    runtime = Runtime(settings(tmp_path, precision="fp32"))
    assert runtime.ready().precision == "float32"
    events: list[Event] = []
    finished = runtime.run(Submit("job", PICTURE, ["3"]), events.append, JobGate(Turnstile()))
    assert finished is events[-1]
    assert finished.outcome is Outcome.DONE
    assert [path.name for path in (tmp_path / "output").iterdir()] == ["made_00001_.png"]

    cancelled = JobGate(Turnstile())
    cancelled.cancel()
    runtime.free(weights=True, results=True)
    events.clear()
    assert runtime.run(Submit("job", PICTURE, ["3"]), events.append, cancelled).outcome is Outcome.CANCELLED
    assert not any(isinstance(event, NodeStarted) for event in events)
    assert isinstance(events[-1], JobFinished)

    with pytest.raises(PromptError):
        runtime.run(Submit("job", {"1": {}}, ["1"]), events.append, JobGate(Turnstile()))


def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="cuda:99"):
        Runtime(settings(tmp_path, device="cuda:99"))
