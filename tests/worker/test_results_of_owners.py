"""What a worker keeps of one owner's results it gives to no other, from memory or from disk."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from live_worker import LiveWorker, toy
from PIL import Image

from nodegraph.execution.events import AnyEvent, Kept, NodeOutput, NodesCached, NodeStarted
from nodegraph.media.owners import OwnerFolders
from nodegraph.settings import Settings

ALICE, BOB = "aaaaaaaaaaaa", "bbbbbbbbbbbb"

SLOW: dict[str, Any] = {
    "slow": {"class_type": "ToySlow", "inputs": {"seconds": 0.25}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["slow", 0], "filename_prefix": "slow"}},
}


def run(worker: LiveWorker, owner: str, prompt: dict[str, Any], *outputs: str) -> list[AnyEvent]:
    return worker.until_finished(worker.submit(prompt, *outputs, owner=owner))


def kept(events: list[AnyEvent]) -> dict[str, Kept]:
    return next(event.kept for event in events if isinstance(event, NodesCached))


def started(events: list[AnyEvent]) -> list[str]:
    return [event.node for event in events if isinstance(event, NodeStarted)]


def shown(events: list[AnyEvent], kind: str) -> Sequence[Any]:
    return next(event.ui[kind] for event in events if isinstance(event, NodeOutput))


def test_equal_names_are_the_files_of_whoever_runs_the_job(tmp_path: Path) -> None:
    folders = OwnerFolders.of_settings(Settings.under(tmp_path))
    for size, owner in enumerate(("", ALICE, BOB), 1):
        folders.of(owner).input.mkdir(parents=True)
        (folders.of(owner).input / "a.png").write_bytes(b"a" * size)
    with LiveWorker(tmp_path, device="cpu") as worker:
        for size, owner in enumerate(("", ALICE, BOB), 1):
            for _ in range(2):  # the second time from memory
                assert shown(run(worker, owner, toy("ToyRead", image="a.png")), "size") == [size]


def test_equal_pictures_under_equal_names_are_read_by_everybody_for_themselves(tmp_path: Path) -> None:
    """So that nobody learns from the quick answer that another has the same picture."""
    folders = OwnerFolders.of_settings(Settings.under(tmp_path))
    for owner in (ALICE, BOB):
        folders.of(owner).input.mkdir(parents=True)
        Image.new("RGB", (4, 4), "red").save(folders.of(owner).input / "a.png")
    prompt = {
        "load": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "show": {"class_type": "PreviewImage", "inputs": {"images": ["load", 0]}},
    }
    with LiveWorker(tmp_path, device="cpu") as worker:
        for owner in (ALICE, BOB):
            assert started(run(worker, owner, prompt, "show")) == ["load", "show"]
            (picture,) = folders.of(owner).temp.iterdir()
            assert run(worker, owner, prompt, "show")
            assert list(folders.of(owner).temp.iterdir()) == [picture]
    assert not (tmp_path / "temp").exists()


def test_results_in_memory_and_on_disk_are_of_one_owner(tmp_path: Path) -> None:
    folders = OwnerFolders.of_settings(Settings.under(tmp_path))
    cache = tmp_path / "user" / "cache"
    with LiveWorker(tmp_path, device="cpu") as worker:
        assert started(run(worker, ALICE, SLOW, "save")) == ["slow", "save"]
        assert kept(run(worker, ALICE, SLOW, "save")) == {"slow": Kept.RAM, "save": Kept.RAM}
        (picture,) = folders.of(ALICE).output.iterdir()
        events = run(worker, BOB, SLOW, "save")
        assert kept(events) == {}
        assert started(events) == ["slow", "save"]
        (own,) = folders.of(BOB).output.iterdir()
        assert own.name == picture.name  # it does not even count on from the other's
        end = time.monotonic() + 60
        while len(list(cache.rglob("*.result"))) < 2 and time.monotonic() < end:  # written after the jobs have ended
            time.sleep(0.01)
    with LiveWorker(tmp_path, device="cpu") as worker:
        assert kept(run(worker, "", SLOW, "save")) == {}
        assert kept(run(worker, BOB, SLOW, "save")) == {"slow": Kept.DISK}
    assert len(list(folders.of(ALICE).output.iterdir())) == 1
