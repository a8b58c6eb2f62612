"""The files of the starter model, on networks of its real widths with random weights."""

import hashlib
import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from support.random_starter import LATENT_SCALE, NOTES, networks, random_image_encoder, write_random_starter
from support.tiny_checkpoint import Sizes, layout

from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.tokenizer import VOCABULARY_SIZE
from nodegraph.training import recipe
from nodegraph.training.export import ExportError, with_notes, write_checkpoint, write_image_encoder
from nodegraph.training.latent_colours import fit_latent_rgb
from nodegraph.weights.header import read_header
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.recognise import METADATA, recognise_checkpoint
from nodegraph.weights.residency import Residency

SIZES = Sizes(
    width=recipe.UNET.model_channels,
    mult=recipe.UNET.channel_mult,
    res_blocks=recipe.UNET.res_blocks[0],
    attention=tuple(depth > 0 for depth in recipe.UNET.transformer_depth),
    context=recipe.TEXT_ENCODER.width,
    text_layers=recipe.TEXT_ENCODER.layers,
    text_hidden=recipe.TEXT_ENCODER.inner_width,
    vae_width=recipe.AUTOENCODER.base_channels,
    vae_mult=recipe.AUTOENCODER.channel_mult,
    vae_res_blocks=recipe.AUTOENCODER.res_blocks,
)
TABLE = "cond_stage_model.transformer.text_model.embeddings.token_embedding"


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    return networks()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, parts: dict[str, Any]) -> Path:
    path = tmp_path_factory.mktemp("written") / "starter.safetensors"
    write_checkpoint(path, **parts, latent_scale=LATENT_SCALE, notes=NOTES)
    return path


@pytest.fixture
def starter(written: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copy(written, tmp_path))


def test_the_file_has_the_genuine_layout_but_for_the_token_rows(starter: Path, parts: dict[str, Any]) -> None:
    tensors = read_header(starter).tensors
    rows = len(parts["rows"])
    expected = {key: tuple(shape) for key, shape in layout(SIZES).items()}
    assert expected.pop(f"{TABLE}.weight") == (VOCABULARY_SIZE, recipe.TEXT_ENCODER.width)
    stored = {f"{TABLE}.weight": (rows, recipe.TEXT_ENCODER.width), f"{TABLE}.rows": (rows,)}
    assert {key: tensor.shape for key, tensor in tensors.items()} == expected | stored
    whole = {key for key, tensor in tensors.items() if tensor.dtype != "F16"}
    assert whole == {f"{TABLE}.rows", "cond_stage_model.transformer.text_model.embeddings.position_ids"}


def test_it_is_recognised_as_what_was_trained(starter: Path) -> None:
    found = recognise_checkpoint(read_header(starter))
    assert found.unet.config == recipe.UNET
    assert found.autoencoder.config == recipe.AUTOENCODER
    assert found.text_encoder.config == recipe.TEXT_ENCODER
    assert (found.prediction, found.latent.scale) == ("eps", LATENT_SCALE)


def test_weights_come_back_rounded_to_float16(starter: Path, parts: dict[str, Any]) -> None:
    model, clip, vae = open_checkpoint(starter)
    weights = Residency(device="cpu", precision="fp32")
    loaded = (weights.diffusion(model).network, weights.vae(vae), weights.clip(clip)._network)
    for network, name in zip(loaded, ("unet", "autoencoder", "text_encoder"), strict=True):
        trained = parts[name].state_dict()
        for key, tensor in network.state_dict().items():
            if key == "embeddings.token_embedding.weight":
                tensor = tensor[[*parts["rows"].tolist(), 0]]  # no caption has token 0, so that its row is zero
            assert torch.equal(tensor, trained[key].half().float()), f"{name} {key}"


def test_equal_weights_and_notes_give_equal_bytes_with_the_standards_hash(starter: Path, tmp_path: Path) -> None:
    again = write_random_starter(tmp_path / "again.safetensors")
    content = starter.read_bytes()
    assert again.read_bytes() == content
    data = content[8 + int.from_bytes(content[:8], "little") :]
    assert read_header(again).metadata["modelspec.hash_sha256"] == f"0x{hashlib.sha256(data).hexdigest()}"


def test_what_a_file_says_of_itself(starter: Path) -> None:
    said = read_header(starter).metadata
    elsewhere = {"nodegraph.vision.heads", "nodegraph.vision.activation"}
    assert set(METADATA) - set(said) - elsewhere == {"nodegraph.latent_rgb"}
    assert {key: said[key] for key in NOTES} == NOTES
    assert said["modelspec.prediction_type"] == "epsilon"
    assert {"modelspec.sai_model_spec", "modelspec.architecture", "modelspec.implementation", "format"} <= set(said)


def test_notes_are_added_later_without_touching_a_tensor(starter: Path) -> None:
    before, tensors = read_header(starter).metadata, load_file(starter)
    evaluation = json.dumps({"held out": {"colour": 0.94}})
    with_notes(starter, {"nodegraph.evaluation": evaluation, "modelspec.title": "Better named"})
    assert read_header(starter).metadata == {
        **before,
        "nodegraph.evaluation": evaluation,
        "modelspec.title": "Better named",
    }
    after = load_file(starter)
    assert after.keys() == tensors.keys()
    assert all(torch.equal(after[key], tensors[key]) for key in tensors)
    assert [path.name for path in starter.parent.iterdir()] == [starter.name]


@pytest.mark.parametrize("key", ["nodegraph.unet.heads", "nodegraph.latent_rgb"])
def test_notes_cannot_contradict_the_networks(starter: Path, key: str, parts: dict[str, Any]) -> None:
    content = starter.read_bytes()
    with pytest.raises(ExportError, match=key):
        with_notes(starter, {key: "2"})
    with pytest.raises(ExportError, match=key):
        write_checkpoint(starter, **parts, latent_scale=1.0, notes={**NOTES, key: "2"})
    assert starter.read_bytes() == content


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"notes": {}}, "'modelspec.title' is missing"),
        ({"rows": torch.tensor([1, 2])}, "one id for each row but the last"),
        ({"rows": "twice"}, "differ from one another"),
        ({"rows": "beyond"}, "lie in 0 … 49407"),
    ],
)
def test_what_cannot_be_written_is_refused(
    changes: dict[str, Any], words: str, parts: dict[str, Any], tmp_path: Path
) -> None:
    rows = parts["rows"].clone()
    if changes.get("rows") == "twice":
        changes = {"rows": rows.index_fill(0, torch.tensor([0]), int(rows[1]))}
    elif changes.get("rows") == "beyond":
        changes = {"rows": rows.index_fill(0, torch.tensor([0]), VOCABULARY_SIZE)}
    given = {**parts, "latent_scale": 1.0, "notes": NOTES, **changes}
    with pytest.raises(ExportError, match=words):
        write_checkpoint(tmp_path / "starter.safetensors", **given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "words"), [(1e5, r"'first_stage_model.*up to 100000, .*65504"), (float("nan"), "up to nan")]
)
def test_weights_that_float16_cannot_hold_are_refused(
    value: float, words: str, parts: dict[str, Any], tmp_path: Path
) -> None:
    parts = deepcopy(parts)
    with torch.no_grad():
        parts["autoencoder"].quant_conv.weight[0, 0] = value
    with pytest.raises(ExportError, match=words):
        write_checkpoint(tmp_path / "starter.safetensors", **parts, latent_scale=1.0, notes=NOTES)


def test_a_row_for_unknown_tokens_that_is_not_zero_is_refused(parts: dict[str, Any], tmp_path: Path) -> None:
    parts = deepcopy(parts)
    with torch.no_grad():
        parts["text_encoder"].embeddings.token_embedding.weight[-1, 3] = 1
    with pytest.raises(ExportError, match="must be zero"):
        write_checkpoint(tmp_path / "starter.safetensors", **parts, latent_scale=1.0, notes=NOTES)


def test_the_image_encoder_has_the_names_of_transformers(tmp_path: Path) -> None:
    from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

    encoder = random_image_encoder()
    path = tmp_path / "clip.safetensors"
    write_image_encoder(path, **encoder, notes=NOTES)
    tensors = load_file(path)
    assert tensors.pop("text_projection.weight").dtype is torch.float16
    assert float(tensors.pop("logit_scale")) == pytest.approx(float(encoder["logit_scale"]), rel=1e-3)
    config = encoder["vision"].config
    config.projection_dim = recipe.IMAGE_ENCODER.projection
    network = CLIPVisionModelWithProjection(config)
    network.load_state_dict({key: tensor.float() for key, tensor in tensors.items()})
    said = read_header(path).metadata
    assert said["nodegraph.vision.heads"] == str(recipe.IMAGE_ENCODER.heads)
    assert said["nodegraph.vision.activation"] == "quick_gelu"


def test_colours_of_previews_are_those_of_the_pictures(parts: dict[str, Any], tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(6, 4, 16, 16, generator=generator)
    true = torch.rand(5, 3, generator=generator) - 0.5
    cells = torch.einsum("bchw,cr->brhw", latents, true[:4]) + true[4].view(3, 1, 1)
    pictures = torch.nn.functional.interpolate(cells, scale_factor=8, mode="nearest")
    fitted = fit_latent_rgb(latents, pictures)
    torch.testing.assert_close(fitted, true, atol=1e-4, rtol=0)
    path = tmp_path / "starter.safetensors"
    write_checkpoint(path, **parts, latent_scale=1.0, notes=NOTES, latent_rgb=fitted)
    model, _, _ = open_checkpoint(path)
    shown = Residency(device="cpu", precision="fp32").diffusion(model).latent.preview(latents)
    assert shown.shape == (16, 16, 3)
    expected = ((cells[0].permute(1, 2, 0) + 1) * 127.5).clamp(0, 255)
    assert (shown.float() - expected).abs().max() < 2
    assert (SD15.preview(latents).float() - expected).abs().max() > 20
