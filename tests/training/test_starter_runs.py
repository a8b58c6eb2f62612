"""A file of the starter model's layout, found among the bundled models, paints through the real runtime."""

import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from support.random_starter import LATENT_SCALE, write_random_starter

from nodegraph.diffusion.autoencoder import encode_image
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.sample import ksampler
from nodegraph.execution.events import Event, NodePreview, Outcome
from nodegraph.graph.spec import FileList
from nodegraph.settings import Settings
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.header import read_header, replace_metadata
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency
from nodegraph.worker.file_fingerprints import FileFingerprints
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

STEPS = 3


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundled")
    write_random_starter(folder / "checkpoints" / "starter.safetensors")
    return folder


def prompt(**sampler: Any) -> dict[str, Any]:
    """Text to a picture of 128 × 128 pixels."""
    return {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "starter.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red ball, zebra", "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128, "batch_size": 1}},
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["3", 0],
                "latent_image": ["4", 0],
                "seed": 1,
                "steps": STEPS,
                "cfg": 4.0,
                "sampler_name": "ddim",
                "scheduler": "normal",
                "denoise": 1.0,
                **sampler,
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "starter"}},
    }


def test_text_to_image_on_a_bundled_model(bundled: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in bundled.rglob("*"))
    runtime = Runtime(Settings.under(tmp_path, device="cpu", precision="fp32", bundled_models_dir=str(bundled)))
    events: list[Event] = []
    finished = runtime.run(Submit("job", prompt(), ["7"], {}), events.append, JobGate(Turnstile()))
    assert finished.failure is None
    assert finished.outcome is Outcome.DONE
    (saved,) = (tmp_path / "output").iterdir()
    with Image.open(saved) as picture:
        assert picture.size == (128, 128)
        darkest, brightest = picture.convert("L").getextrema()
        assert darkest < brightest
    previews = [event for event in events if isinstance(event, NodePreview)]
    assert len(previews) == STEPS
    assert Image.open(BytesIO(previews[-1].image)).size == (512, 512)
    assert sorted(path.name for path in bundled.rglob("*")) == before


def test_a_bundled_file_that_changes_is_another_file(bundled: Path, tmp_path: Path) -> None:
    runtime = Runtime(Settings.under(tmp_path, device="cpu", bundled_models_dir=str(bundled)))
    fingerprint = FileFingerprints(runtime.folders, runtime.models)
    listing, name = FileList("checkpoints"), "starter.safetensors"
    first = fingerprint("", listing, name)
    assert fingerprint("", listing, name) == first
    mine = tmp_path / "models" / "checkpoints" / name
    mine.parent.mkdir(parents=True)
    time.sleep(0.02)
    mine.write_bytes((bundled / "checkpoints" / name).read_bytes())
    assert fingerprint("", listing, name) != first
    assert ModelFolders(tmp_path / "models", bundled=bundled).find("checkpoints", name) == mine


def test_the_latent_scale_of_the_file_is_used_both_ways(bundled: Path, tmp_path: Path) -> None:
    """Twice the scale: half the latent goes in for the same input of the network, and half of it comes out."""
    path = bundled / "checkpoints" / "starter.safetensors"
    doubled = tmp_path / "doubled.safetensors"
    metadata = {**read_header(path).metadata, "nodegraph.latent_scale": str(2 * LATENT_SCALE)}
    doubled.write_bytes(replace_metadata(path.read_bytes(), metadata))
    weights = Residency(device="cpu", precision="fp32")
    opened = [open_checkpoint(file) for file in (path, doubled)]
    usual, double = (weights.diffusion(model) for model, _, _ in opened)
    assert double.latent == replace(usual.latent, scale=2 * usual.latent.scale)
    pixels = torch.rand(1, 128, 128, 3, generator=torch.Generator().manual_seed(0))
    latents = [encode_image(weights.vae(vae), pixels, gate=open_gate) for _, _, vae in opened]
    assert torch.equal(*latents), "latents travel as the autoencoder wrote them"
    words, _ = weights.clip(opened[0][1]).encode("a red ball", gate=open_gate)

    def sampled(model: Any, samples: torch.Tensor) -> torch.Tensor:
        run = ksampler(
            model,
            gate=open_gate,
            latent={"samples": samples},
            positive=[(words, {})],
            negative=[(torch.zeros_like(words), {})],
            cfg=4.0,
            sampler_name="ddim",
            scheduler="normal",
            steps=STEPS,
            seed=0,
            denoise=0.6,
        )
        *_, last = run.steps
        result = run.finish(last)["samples"]
        assert isinstance(result, torch.Tensor)
        return result

    torch.testing.assert_close(sampled(double, latents[0] / 2), sampled(usual, latents[0]) / 2)
    assert (sampled(double, latents[0]) - sampled(usual, latents[0])).abs().max() > 0.1
