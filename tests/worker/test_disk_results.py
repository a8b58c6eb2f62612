"""Results on disk under a real worker: they outlive it, and are forgotten when it is told to."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from live_worker import LiveWorker

from nodegraph.execution.events import AnyEvent, Kept, NodesCached, NodeStarted
from nodegraph.worker.protocol import Free, Status

SLOW: dict[str, Any] = {
    "slow": {"class_type": "ToySlow", "inputs": {"seconds": 0.25}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["slow", 0], "filename_prefix": "slow"}},
}


def eventually(check: Callable[[], object], wanted: object) -> None:
    end = time.monotonic() + 60
    while (found := check()) != wanted and time.monotonic() < end:
        time.sleep(0.01)
    assert found == wanted


def results(base: Path) -> int:
    return len(list((base / "user" / "cache").rglob("*.result")))


def kept(events: list[AnyEvent]) -> dict[str, Kept]:
    return next(event.kept for event in events if isinstance(event, NodesCached))


def started(events: list[AnyEvent]) -> list[str]:
    return [event.node for event in events if isinstance(event, NodeStarted)]


def test_a_worker_that_follows_finds_what_took_long_and_saves_the_picture_anew(tmp_path: Path) -> None:
    with LiveWorker(tmp_path, device="cpu") as worker:
        assert started(worker.run(SLOW, "save")) == ["slow", "save"]
        eventually(lambda: results(tmp_path), 1)  # it is written after the job has ended
    (picture,) = (tmp_path / "output").iterdir()
    content = picture.read_bytes()
    picture.unlink()
    with LiveWorker(tmp_path, device="cpu") as worker:
        events = worker.run(SLOW, "save")
        assert kept(events) == {"slow": Kept.DISK}
        assert started(events) == ["save"]
        assert kept(worker.run(SLOW, "save")) == {"slow": Kept.RAM, "save": Kept.RAM}
    assert picture.read_bytes() == content


def test_another_precision_finds_nothing(tmp_path: Path) -> None:
    with LiveWorker(tmp_path, device="cpu", precision="fp32") as worker:
        worker.run(SLOW, "save")
        eventually(lambda: results(tmp_path), 1)
    with LiveWorker(tmp_path, device="cpu", precision="bf16") as worker:
        assert started(worker.run(SLOW, "save")) == ["slow", "save"]


def test_freed_results_are_gone_from_memory_and_disk(tmp_path: Path) -> None:
    with LiveWorker(tmp_path, device="cpu") as worker:
        worker.run(SLOW, "save")
        eventually(lambda: results(tmp_path), 1)
        worker.send(Free(weights=True, results=False))
        assert isinstance(worker.read(), Status)
        assert kept(worker.run(SLOW, "save")) == {"slow": Kept.RAM, "save": Kept.RAM}
        worker.send(Free(weights=True, results=True))
        assert isinstance(worker.read(), Status)
        assert results(tmp_path) == 0
        assert started(worker.run(SLOW, "save")) == ["slow", "save"]


def test_a_worker_without_the_cache_leaves_no_trace(tmp_path: Path) -> None:
    with LiveWorker(tmp_path, device="cpu", cache_disk=0) as worker:
        worker.run(SLOW, "save")
    assert not (tmp_path / "user" / "cache").exists()
