"""The latents of ComfyUI v0.3.64, recomputed by the whole engine from the same graphs and the same weights.

Needs the 2.1 GB checkpoint that ``make_checkpoint.py`` writes: into the folder that the environment variable
``NODEGRAPH_REFERENCE_CHECKPOINT`` names, or else into pytest's cache.
"""

import json
import os
import runpy
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nodegraph.execution.events import AnyEvent, NodeOutput, Outcome
from nodegraph.settings import Settings
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

HERE = Path(__file__).parent
CASES: dict[str, dict[str, object]] = json.loads((HERE / "cases.json").read_text())
CHECKPOINT = "sd15_random.safetensors"
TOLERANCE = 1e-3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkpoints(request: pytest.FixtureRequest) -> Path:
    """A folder with the checkpoint in it."""
    given = os.environ.get("NODEGRAPH_REFERENCE_CHECKPOINT")
    folder = Path(given) if given else request.config.cache.mkdir("reference-checkpoint")
    path = folder / CHECKPOINT
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        arguments, sys.argv = sys.argv, ["make_checkpoint.py", str(part)]
        try:
            runpy.run_path(str(HERE / "make_checkpoint.py"), run_name="__main__")
        finally:
            sys.argv = arguments
        part.rename(path)
    return folder


@pytest.fixture(scope="module")
def runtime(checkpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    base = tmp_path_factory.mktemp("reference")
    (base / "models").mkdir()
    (base / "models" / "checkpoints").symlink_to(checkpoints.resolve())
    return Runtime(Settings.under(base, device="cpu", precision="fp32", preview_method="none"))


@pytest.mark.parametrize("case", CASES)
def test_latent_agrees_with_the_reference(case: str, runtime: Runtime) -> None:
    events: list[AnyEvent] = []
    finished = runtime.run(Submit(case, CASES[case], ["9"]), events.append, JobGate(Turnstile()))
    assert finished.outcome is Outcome.DONE, finished.failure

    saved = next(event.ui["latents"][0] for event in events if isinstance(event, NodeOutput))
    path = runtime.folders.own.resolve(saved["type"], saved["subfolder"], saved["filename"])
    latent = load_file(path)["latent_tensor"]
    reference = load_file(HERE / "latents" / f"{case}.safetensors")["latent"]
    assert latent.shape == reference.shape
    assert torch.linalg.norm(latent - reference) <= TOLERANCE * torch.linalg.norm(reference)
