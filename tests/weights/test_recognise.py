import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from support.tiny_checkpoint import GENUINE, TINY, Sizes, layout, state_dict, write

from nodegraph.diffusion.autoencoder import Autoencoder, AutoencoderConfig
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.text_encoder import TextEncoderConfig, build_network
from nodegraph.diffusion.unet import UNet, UNetConfig
from nodegraph.errors import MissingFileError
from nodegraph.weights.describe import FileKind, look
from nodegraph.weights.header import BrokenFileError, Header, TensorInfo, read_header
from nodegraph.weights.open import open_checkpoint, open_vae
from nodegraph.weights.recognise import METADATA, UnrecognisedFileError, recognise_checkpoint
from nodegraph.weights.residency import Residency

LAYOUTS = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "reference" / "checkpoint-layouts.json.gz").read_bytes())
)


def header(shapes: dict[str, list[int]], **metadata: str) -> Header:
    tensors = {key: TensorInfo("F16", tuple(shape), 0) for key, shape in shapes.items()}
    return Header(path=Path("model.safetensors"), tensors=tensors, metadata=metadata)


def genuine(kind: str) -> dict[str, list[int]]:
    return {key: shape for part in LAYOUTS["files"][kind] for key, shape in LAYOUTS[part].items()}


def test_sd15_is_recognised_and_every_key_and_shape_matches() -> None:
    shapes = genuine("SD 1.5")
    found = recognise_checkpoint(header(shapes))
    assert found.unet.config == UNetConfig()
    assert found.autoencoder.config == AutoencoderConfig()
    assert found.text_encoder.config == TextEncoderConfig()
    assert found.prediction == "eps"
    with torch.device("meta"):
        networks = [
            (UNet(found.unet.config), found.unet.keys),
            (Autoencoder(found.autoencoder.config), found.autoencoder.keys),
            (build_network(found.text_encoder.config), found.text_encoder.keys),
        ]
    ours = {keys[name]: list(tensor.shape) for net, keys in networks for name, tensor in net.state_dict().items()}
    position_ids = "cond_stage_model.transformer.text_model.embeddings.position_ids"  # counts from 0, in no network
    assert ours == {key: shape for key, shape in shapes.items() if key != position_ids}


def test_a_genuine_inpainting_checkpoint_has_nine_input_channels() -> None:
    found = recognise_checkpoint(header(genuine("SD 1.5 inpainting")))
    assert found.unet.config == UNetConfig(in_channels=9)
    assert look(header(genuine("SD 1.5 inpainting"))).what == "a checkpoint of Stable Diffusion 1.x for inpainting"
    ours = layout(replace(GENUINE, inpainting=True))
    assert ours["model.diffusion_model.input_blocks.0.0.weight"] == [320, 9, 3, 3]


def test_a_u_net_with_other_channels_beside_the_latent_is_refused() -> None:
    shapes = {**layout(TINY), "model.diffusion_model.input_blocks.0.0.weight": [32, 7, 3, 3]}
    with pytest.raises(UnrecognisedFileError, match="7 input and 4 output channels"):
        recognise_checkpoint(header(shapes))


def test_latents_of_other_channels_are_refused() -> None:
    shapes = layout(replace(TINY, latent=8))
    with pytest.raises(UnrecognisedFileError, match="8 channels"):
        recognise_checkpoint(header(shapes))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("SD 2.1", "Stable Diffusion 2"),
        ("SDXL base", "SDXL"),
        ("ControlNet SD 1.5", "ControlNet"),
    ],
)
def test_other_genuine_files_are_named_for_what_they_are(kind: str, words: str) -> None:
    with pytest.raises(UnrecognisedFileError, match=words):
        recognise_checkpoint(header(genuine(kind)))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["lora_unet_down_blocks_0.lora_down.weight"], "a LoRA"),
        (["first_stage_model.decoder.conv_in.weight"], "an autoencoder alone"),
        (["text_model.encoder.layers.0.mlp.fc1.weight"], "a text encoder alone"),
        (
            ["vision_model.encoder.layers.0.mlp.fc1.weight"],
            r"a CLIP image encoder \(it belongs in models/clip_vision\)",
        ),
        (["down_blocks.0.resnets.0.conv1.weight"], "diffusers folder"),
        (["emb_params"], "textual-inversion"),
        (["w0", "w1", "w2", "w3"], r"4 tensors: w0, w1, w2, \.\.\."),
        ([], "no tensors"),
    ],
)
def test_mislabelled_files_are_named_for_what_they_look_like(keys: list[str], words: str) -> None:
    with pytest.raises(UnrecognisedFileError, match=words):
        recognise_checkpoint(header({key: [4, 4] for key in keys}))


@pytest.mark.parametrize(
    ("kind", "what", "folder"),
    [
        ("SD 1.5", "a checkpoint of Stable Diffusion 1.x", "checkpoints"),
        ("SD 2.1", "a checkpoint of Stable Diffusion 2.x, which cannot be run yet", "checkpoints"),
        ("SDXL base", "a checkpoint of SDXL, which cannot be run yet", "checkpoints"),
        ("ControlNet SD 1.5", "a ControlNet", "controlnet"),
    ],
)
def test_what_genuine_files_look_like(kind: str, what: str, folder: str) -> None:
    assert look(header(genuine(kind))) == FileKind(what, folder)


def test_a_whole_checkpoint_that_does_not_fit_together_is_called_one() -> None:
    shapes = {**layout(TINY), "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": [100, 64]}
    with pytest.raises(UnrecognisedFileError, match=r"like a checkpoint of Stable Diffusion 1\.x, but .* 100 tokens"):
        recognise_checkpoint(header(shapes))


def test_prediction_follows_metadata_or_the_marker_tensor() -> None:
    shapes = layout(TINY)
    assert recognise_checkpoint(header({**shapes, "v_pred": [0]})).prediction == "v"
    assert recognise_checkpoint(header(shapes, **{"nodegraph.prediction": "v"})).prediction == "v"
    with pytest.raises(UnrecognisedFileError, match="'flow', expected one of eps, v"):
        recognise_checkpoint(header(shapes, **{"nodegraph.prediction": "flow"}))


def test_metadata_says_what_shapes_cannot() -> None:
    metadata = {
        "nodegraph.unet.heads": "4",
        "nodegraph.unet.groups": "16",
        "nodegraph.vae.groups": "8",
        "nodegraph.text.heads": "2",
        "nodegraph.text.activation": "gelu",
        "nodegraph.latent_scale": "0.5",
    }
    found = recognise_checkpoint(header(layout(TINY), **metadata))
    assert (found.unet.config.heads, found.unet.config.groups) == (4, 16)
    assert found.autoencoder.config.groups == 8
    assert (found.text_encoder.config.heads, found.text_encoder.config.activation) == (2, "gelu")
    assert found.latent == replace(SD15, scale=0.5)


def test_metadata_says_what_previews_show() -> None:
    colours = [[0.1, 0.2, 0.3], [0, 0, 1], [0, 1, 0], [1, 0, 0], [-0.5, 0.0, 0.5]]
    latent = recognise_checkpoint(header(layout(TINY), **{"nodegraph.latent_rgb": json.dumps(colours)})).latent
    assert [*map(list, latent.rgb_factors), list(latent.rgb_bias)] == colours
    assert latent.scale == SD15.scale


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("nodegraph.latent_scale", "0", "expected a number above 0"),
        ("nodegraph.latent_scale", "nan", "expected a number above 0"),
        ("nodegraph.latent_scale", "inf", "expected a number above 0"),
        ("nodegraph.latent_scale", "much", "'much'"),
        ("nodegraph.latent_rgb", "[[1, 2, 3]]", "for each of 4 channels"),
        ("nodegraph.latent_rgb", "[[1], [2], [3], [4], [5]]", "for each of 4 channels"),
        ("nodegraph.latent_rgb", "[]", "for each of 4 channels"),
        ("nodegraph.latent_rgb", "red", "for each of 4 channels"),
    ],
)
def test_metadata_of_latents_that_cannot_be_is_refused(key: str, value: str, words: str) -> None:
    with pytest.raises(UnrecognisedFileError, match=words):
        recognise_checkpoint(header(layout(TINY), **{key: value}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nodegraph.unet.heads", "0"),
        ("nodegraph.unet.heads", "7"),
        ("nodegraph.unet.groups", "64"),
        ("nodegraph.vae.groups", "-1"),
        ("nodegraph.text.heads", "5"),
    ],
)
def test_metadata_that_cannot_be_is_refused(key: str, value: str) -> None:
    with pytest.raises(UnrecognisedFileError, match=f"divided by {value} .*{key}"):
        recognise_checkpoint(header(layout(TINY), **{key: value}))


SIZES = {
    "width 32, multipliers 1 2": replace(TINY, mult=(1, 2), attention=(True, False)),
    "width 32, multipliers 1 2 4": replace(TINY, mult=(1, 2, 4), attention=(True, True, False)),
    "width 48, multipliers 1 2": replace(TINY, width=48, mult=(1, 2), attention=(True, False), vae_mult=(1, 2)),
    "width 48, multipliers 1 3 3": replace(TINY, width=48, mult=(1, 3, 3), attention=(False, True, True), res_blocks=1),
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
def test_checkpoints_of_other_sizes_load_and_run(sizes: Sizes, tmp_path: Path) -> None:
    model, clip, vae = open_checkpoint(write(tmp_path / "small.safetensors", sizes))
    residency = Residency(device="cpu", precision="fp32")
    conditioning, _ = residency.clip(clip).encode("a (cat:1.2)", gate=open_gate)
    network = residency.diffusion(model).network
    assert network.config.channel_mult == sizes.mult
    prediction = network(torch.randn(1, 4, 8, 8), torch.tensor([500.0]), conditioning)
    pixels = residency.vae(vae).decode(prediction)
    scale = 2 ** (len(sizes.vae_mult) - 1)
    assert pixels.shape == (1, 3, 8 * scale, 8 * scale)
    assert pixels.isfinite().all()


def test_tensors_arrive_where_they_belong(tmp_path: Path) -> None:
    tensors = state_dict(TINY)
    path = tmp_path / "tiny.safetensors"
    save_file(tensors, path)
    model, _, _ = open_checkpoint(path)
    loaded = Residency(device="cpu", precision="bf16").diffusion(model).network.state_dict()
    for name, tensor in loaded.items():
        assert torch.equal(tensor, tensors[f"model.diffusion_model.{name}"].bfloat16()), name


@pytest.mark.parametrize("prefix", ["", "first_stage_model."])
def test_an_autoencoder_alone_loads_with_its_prefix_or_without(prefix: str, tmp_path: Path) -> None:
    whole = {key: tensor for key, tensor in state_dict(TINY).items() if key.startswith("first_stage_model.")}
    alone = {prefix + key.removeprefix("first_stage_model."): tensor for key, tensor in whole.items()}
    # Some files hold the attention's 1x1 convolutions as matrices.
    alone = {key: t.flatten(1).clone() if ".attn_1." in key and t.ndim == 4 else t for key, t in alone.items()}
    path = tmp_path / "vae.safetensors"
    save_file(alone, path)
    vae = Residency(device="cpu", precision="fp32").vae(open_vae(path))
    for name, tensor in vae.state_dict().items():
        assert torch.equal(tensor, whole[f"first_stage_model.{name}"].float()), name
    with pytest.raises(UnrecognisedFileError, match="autoencoder alone"):
        open_checkpoint(path)


def test_a_checkpoint_serves_as_a_vae_file(tmp_path: Path) -> None:
    path = write(tmp_path / "tiny.safetensors")
    assert open_vae(path) == open_checkpoint(path)[2]


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    tensors = state_dict(TINY)
    del tensors["model.diffusion_model.input_blocks.2.0.in_layers.0.weight"]
    path = tmp_path / "holes.safetensors"
    save_file(tensors, path)
    model, _, _ = open_checkpoint(path)
    with pytest.raises(UnrecognisedFileError, match=r"lacks 1 of .* 'input_blocks.2.0.in_layers.0.weight'"):
        Residency(device="cpu", precision="fp32").diffusion(model)


def test_a_tensor_of_the_wrong_shape_is_named(tmp_path: Path) -> None:
    tensors = state_dict(TINY)
    tensors["model.diffusion_model.time_embed.2.bias"] = torch.zeros(7)
    path = tmp_path / "odd.safetensors"
    save_file(tensors, path)
    model, _, _ = open_checkpoint(path)
    with pytest.raises(UnrecognisedFileError, match=r"time_embed.2.bias' has the shape \[7\], expected \[128\]"):
        Residency(device="cpu", precision="fp32").diffusion(model)


@pytest.mark.parametrize("kept", [0.99, 0.5, 0.001])
def test_truncated_files_are_refused_when_opened(kept: float, tmp_path: Path) -> None:
    path = write(tmp_path / "tiny.safetensors")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(int(size * kept))
    with pytest.raises(BrokenFileError, match="truncated"):
        open_checkpoint(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"abc", "truncated"),
        (b"PK\x03\x04" + b"\0" * 60, "pickle"),
        (b"\x80\x02}q\x00." + b"\0" * 60, "pickle"),
        (b"<!DOCTYPE html><html>sign in</html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        (b"GGUF" + b"\0" * 60, "GGUF"),
        (b"\x08\0\0\0\0\0\0\0not json", "does not read as safetensors"),
        (b"\x02\0\0\0\0\0\0\0[]", "does not read as safetensors"),
        (b"\x15\0\0\0\0\0\0\0" + b'{"a":{"dtype":"F32"}}', "does not read as safetensors"),
        (b"\xff" * 64, "not a safetensors file"),
    ],
)
def test_files_of_other_formats_are_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(BrokenFileError, match=words):
        read_header(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="gone"):
        open_checkpoint(tmp_path / "gone.safetensors")
    with pytest.raises(BrokenFileError, match="folder"):
        read_header(tmp_path)


def test_the_writer_describes_the_genuine_layout() -> None:
    assert layout(GENUINE) == genuine("SD 1.5")


def test_every_metadata_key_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "checkpoints.md").read_text(encoding="utf-8")
    assert [key for key in METADATA if f"`{key}`" not in document] == []
