"""Pictures made with whatever results are left of other jobs, beside the same made from nothing.

The engine by itself is tried with many more graphs in ``tests/execution/test_engine.py``; here the nodes are real.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import tiny_checkpoint

from nodegraph.execution.events import Event, Outcome
from nodegraph.settings import Settings
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

SAMPLERS = ("euler", "euler_ancestral", "dpmpp_2m_sde", "uni_pc", "dpmpp_sde", "dpm_adaptive")


def latents(sampler: str, *, seed: int, text: str, batch: int, own_seeds: bool) -> dict[str, Any]:
    """Two samplers in a row, whose latents are kept in a file."""

    def sampled(latent: list[object], **changes: object) -> dict[str, Any]:
        inputs = {
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": latent,
            "seed": 1,
            "steps": 2,
            "cfg": 7.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
        }
        return {"class_type": "KSampler", "inputs": {**inputs, **changes}}

    return {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "tiny.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": batch}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
        "1": {"class_type": "SeedPerLatent", "inputs": {"samples": ["5", 0], "enabled": own_seeds}},
        "2": sampled(["1", 0]),
        "3": sampled(["2", 0], seed=seed, sampler_name=sampler, denoise=0.6),
        "9": {"class_type": "SaveLatent", "inputs": {"samples": ["3", 0], "filename_prefix": "kept"}},
    }


JOBS = st.builds(
    latents,
    st.sampled_from(SAMPLERS),
    seed=st.integers(0, 1),
    text=st.sampled_from(["a house", "a tree"]),
    batch=st.integers(1, 2),
    own_seeds=st.booleans(),
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("base")
    (base / "models" / "checkpoints").mkdir(parents=True)
    tiny_checkpoint.write(base / "models" / "checkpoints" / "tiny.safetensors")
    return base


@pytest.fixture(scope="module")
def runtime(base: Path) -> Runtime:
    return Runtime(Settings.under(base, device="cpu", precision="fp32", preview_method="none"))


def made(runtime: Runtime, base: Path, job: dict[str, Any]) -> bytes:
    """The file of a job, which is taken away: a later job must write its own."""
    events: list[Event] = []
    finished = runtime.run(Submit("job", job, ["9"]), events.append, JobGate(Turnstile()))
    assert finished.outcome is Outcome.DONE
    (path,) = (base / "output").rglob("*.latent")
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.mark.slow
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(JOBS, min_size=2, max_size=3, unique_by=repr))
def test_what_is_left_of_other_jobs_changes_no_bit(runtime: Runtime, base: Path, jobs: list[dict[str, Any]]) -> None:
    runtime.free(weights=False, results=True)
    with_results = [made(runtime, base, job) for job in jobs]
    for job, expected in zip(jobs, with_results, strict=True):
        runtime.free(weights=False, results=True)
        assert made(runtime, base, job) == expected
