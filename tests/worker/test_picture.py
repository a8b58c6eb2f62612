"""Text to picture through a real worker, on a small checkpoint in the genuine layout."""

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from live_worker import LiveWorker
from PIL import Image
from support import tiny_checkpoint

from nodegraph.execution.events import JobFinished, NodePreview, NodeProgress, Outcome
from nodegraph.worker.protocol import Cancel, Free, Status

STEPS = 4


def text_to_image(*, seed: int = 1, steps: int = STEPS) -> dict[str, Any]:
    return {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "tiny.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 96, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a (red:1.2) house", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["4", 0],
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
                "seed": seed,
                "steps": steps,
                "cfg": 7.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1.0,
            },
        },
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "picture"}},
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("base")
    (base / "models" / "checkpoints").mkdir(parents=True)
    tiny_checkpoint.write(base / "models" / "checkpoints" / "tiny.safetensors")
    return base


@pytest.fixture(scope="module")
def worker(base: Path) -> Iterator[LiveWorker]:
    with LiveWorker(base, device="cpu", precision="fp32") as live:
        yield live


def test_a_picture_with_progress_and_a_preview_at_each_step(worker: LiveWorker, base: Path) -> None:
    events = worker.run(text_to_image(), "9")
    last = events[-1]
    assert isinstance(last, JobFinished)
    assert last.failure is None
    assert set(last.executed) == set(text_to_image())
    progress = [event for event in events if isinstance(event, NodeProgress) and event.node == "3"]
    assert [(event.value, event.total) for event in progress] == [(i, STEPS) for i in range(1, STEPS + 1)]
    previews = [event for event in events if isinstance(event, NodePreview)]
    assert [event.node for event in previews] == ["3"] * STEPS
    picture = Image.open(BytesIO(previews[-1].image))
    assert picture.format == "JPEG"
    assert picture.width < picture.height
    (saved,) = (base / "output").glob("picture_*.png")
    with Image.open(saved) as image:
        assert image.size == (64, 96)
        assert "prompt" in image.info


def test_a_new_seed_runs_the_sampler_and_what_follows_only(worker: LiveWorker) -> None:
    worker.run(text_to_image(seed=5), "9")
    last = worker.run(text_to_image(seed=6), "9")[-1]
    assert isinstance(last, JobFinished)
    assert last.executed == ["3", "8", "9"]


def test_weights_that_were_freed_are_loaded_again(worker: LiveWorker) -> None:
    worker.send(Free(weights=True, results=True))
    assert isinstance(worker.read(), Status)
    last = worker.run(text_to_image(seed=7), "9")[-1]
    assert isinstance(last, JobFinished)
    assert last.outcome is Outcome.DONE


def test_cancel_acts_between_two_steps(worker: LiveWorker) -> None:
    job = worker.submit(text_to_image(seed=8, steps=1000), "9")
    while not any(isinstance(event, NodeProgress) for event in getattr(worker.read(), "events", ())):
        pass
    worker.send(Cancel(job))
    sent = time.monotonic()
    last = worker.until_finished(job)[-1]
    assert time.monotonic() - sent < 3
    assert isinstance(last, JobFinished)
    assert (last.outcome, last.node) == (Outcome.CANCELLED, "3")


def test_a_preempted_picture_is_the_same_bit_for_bit(worker: LiveWorker, base: Path) -> None:
    def pictures() -> list[bytes]:
        found = []
        for path in sorted((base / "output").glob("picture_*.png")):
            with Image.open(path) as image:
                found.append(image.tobytes())
        return found

    low, high = text_to_image(seed=21, steps=12), text_to_image(seed=22, steps=3)
    high["3"]["inputs"]["sampler_name"] = "dpmpp_2m_sde"
    before = len(pictures())
    worker.run(low, "9")
    worker.run(high, "9")
    worker.send(Free(weights=True, results=True))
    assert isinstance(worker.read(), Status)

    preempted = worker.submit(low, "9")
    worker.until_events(lambda event: isinstance(event, NodeProgress) and event.value == 4)
    urgent = worker.submit(high, "9", priority=1)
    events = worker.until_finished(preempted, urgent)
    assert [event.job for event in events if isinstance(event, JobFinished)] == [urgent, preempted]
    alone_low, alone_high, again_high, again_low = pictures()[before:]
    assert again_high == alone_high
    assert again_low == alone_low
    assert alone_low != alone_high
