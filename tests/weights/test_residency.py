import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from support.tiny_checkpoint import TINY, write

import nodegraph.weights.residency as residency_module
from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.diffusion.seamless import SeamlessTiling
from nodegraph.weights.devices import DeviceError, choose_device, compute_dtype
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import ChangedFileError, Residency

SMALL = replace(TINY, mult=(1, 2), attention=(True, False), vae_mult=(1, 2))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("models") / "small.safetensors", SMALL)


@pytest.fixture
def residency() -> Residency:
    return Residency(device="cpu", precision="fp32")


def test_opening_reads_no_tensor_and_handles_compare_by_file(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodegraph.weights.load.safe_open", None)
    assert open_checkpoint(checkpoint) == open_checkpoint(checkpoint)
    assert open_checkpoint(str(checkpoint)) == open_checkpoint(checkpoint)


def test_many_who_ask_share_one_load(checkpoint: Path, residency: Residency, monkeypatch: pytest.MonkeyPatch) -> None:
    loads, load = [], residency_module.load_unet
    everyone_is_here = threading.Barrier(8)

    def counting(*args, **kwargs):
        loads.append(args)
        return load(*args, **kwargs)

    def ask(_: int):
        everyone_is_here.wait()
        return residency.diffusion(model)

    monkeypatch.setattr(residency_module, "load_unet", counting)
    model, _, _ = open_checkpoint(checkpoint)
    with ThreadPoolExecutor(8) as pool:
        networks = {id(found.network) for found in pool.map(ask, range(8))}
    assert len(networks) == len(loads) == 1


def test_options_of_the_handle_travel_without_a_second_load(checkpoint: Path, residency: Residency) -> None:
    model, _, _ = open_checkpoint(checkpoint)
    patched = residency.diffusion(replace(model, options=(RescaledGuidance(0.7),)))
    assert patched.options == (RescaledGuidance(0.7),)
    assert residency.diffusion(model).options == ()
    assert residency.diffusion(model).network is patched.network


def test_networks_without_an_edge_share_the_weights_of_those_with_one(checkpoint: Path, residency: Residency) -> None:
    model, _, vae = open_checkpoint(checkpoint)
    network = residency.diffusion(model).network
    wrapping = residency.diffusion(replace(model, options=(SeamlessTiling("x"),))).network
    assert wrapping is not network
    assert {id(weight) for weight in wrapping.parameters()} == {id(weight) for weight in network.parameters()}

    latent = torch.randn(1, 4, 4, 8, generator=torch.Generator().manual_seed(0))
    tiling = residency.vae(replace(vae, seamless="x"))
    rolled = tiling.decode(latent.roll(3, 3))
    torch.testing.assert_close(rolled, tiling.decode(latent).roll(3 * tiling.config.downscale, 3), rtol=0, atol=1e-4)
    plain = residency.vae(vae)
    assert not torch.allclose(plain.decode(latent.roll(3, 3)), plain.decode(latent).roll(6, 3), rtol=0, atol=1e-3)


def test_a_failed_load_is_tried_again(checkpoint: Path, residency: Residency, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _, _ = open_checkpoint(checkpoint)
    with monkeypatch.context() as patch:
        patch.setattr(residency_module, "load_unet", None)
        with pytest.raises(TypeError):
            residency.diffusion(model)
    assert residency.diffusion(model).network is not None


def test_free_drops_everything(checkpoint: Path, residency: Residency) -> None:
    model, clip, vae = open_checkpoint(checkpoint)
    before = residency.diffusion(model).network, residency.clip(clip), residency.vae(vae)
    residency.free()
    after = residency.diffusion(model).network, residency.clip(clip), residency.vae(vae)
    assert not {id(network) for network in before} & {id(network) for network in after}


def test_a_changed_file_is_noticed_and_its_old_weights_are_dropped(residency: Residency, tmp_path: Path) -> None:
    path = write(tmp_path / "model.safetensors", SMALL)
    old, _, _ = open_checkpoint(path)
    old_network = residency.diffusion(old).network
    write(path, replace(SMALL, width=64))
    new, _, _ = open_checkpoint(path)
    assert new != old
    assert residency.diffusion(new).network is not old_network
    with pytest.raises(ChangedFileError, match="has changed"):
        residency.diffusion(old)


def test_room_is_made_by_dropping_what_was_used_longest_ago(residency: Residency, tmp_path: Path) -> None:
    free = 10**12
    residency._free_memory = lambda: free
    models = [open_checkpoint(write(tmp_path / f"{name}.safetensors", SMALL))[0] for name in "abc"]
    first, second = residency.diffusion(models[0]).network, residency.diffusion(models[1]).network
    residency.diffusion(models[0])
    answers = iter([0, 10**12])
    residency._free_memory = lambda: next(answers)
    residency.diffusion(models[2])
    residency._free_memory = lambda: 10**12
    assert residency.diffusion(models[0]).network is first
    assert residency.diffusion(models[1]).network is not second


def test_weights_need_no_gradient_and_have_the_layout_convolutions_like(checkpoint: Path, residency: Residency) -> None:
    model, _, _ = open_checkpoint(checkpoint)
    for parameter in residency.diffusion(model).network.parameters():
        assert not parameter.requires_grad
        assert parameter.ndim != 4 or parameter.is_contiguous(memory_format=torch.channels_last)


MEASURE = """
import re, sys, threading, time
import torch
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency

def anonymous():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024

residency = Residency(device="cpu", precision=sys.argv[2])
model, clip, vae = open_checkpoint(sys.argv[1])
from transformers.models.clip.modeling_clip import CLIPTextModel
from nodegraph.diffusion.tokenizer import Tokenizer
tokenizer = Tokenizer()
tokenizer("warm")
before, peak, done = anonymous(), 0, False

def watch():
    global peak
    while not done:
        peak = max(peak, anonymous())
        time.sleep(0.001)

watcher = threading.Thread(target=watch)
watcher.start()
loaded = [residency.diffusion(model).network, residency.clip(clip)._network, residency.vae(vae)]
done = True
watcher.join()
weights = sum(p.numel() * p.element_size() for network in loaded for p in network.parameters())
print(weights, peak - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_peak_memory_of_a_load_is_the_weights(precision: str, tmp_path: Path) -> None:
    """At most a tenth above what stays; the file is fp16, so every tensor is converted."""
    path = write(tmp_path / "model.safetensors", replace(TINY, width=96, vae_width=64))
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), precision],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    weights, peak = map(int, result.stdout.split())
    assert weights > 200e6
    assert peak <= 1.1 * weights + 16e6  # the tokenizer, and the objects that hold the tensors


def test_devices_are_chosen_by_name() -> None:
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("auto").type in ("cuda", "mps", "cpu")
    for name in ("cuda:99", "abacus"):
        with pytest.raises(DeviceError, match="here there are"):
            choose_device(name)


def test_precision_by_name_and_by_device() -> None:
    cpu = torch.device("cpu")
    assert compute_dtype(cpu, "fp32") == torch.float32
    assert compute_dtype(cpu, "fp16") == torch.float16
    assert compute_dtype(cpu) in (torch.bfloat16, torch.float32)
    assert compute_dtype(torch.device("mps")) == torch.float16
