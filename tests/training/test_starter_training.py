"""All stages on a handful of pictures, a step or two each: the files they end in are opened by the code of real use."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from nodegraph.cli.main import cli
from nodegraph.training.image_encoder import load_clip
from nodegraph.training.plan import STAGES
from nodegraph.training.starter import StageOrderError, Starter
from nodegraph.weights.header import read_header
from nodegraph.weights.recognise import recognise_checkpoint

BRIEFLY = 1e-6
"""Minutes: the first step of a stage is its last."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    folder = tmp_path_factory.mktemp("training")
    starter = Starter(folder, torch.device("cpu"), pictures=6, test_pictures=4, samples=1)
    with pytest.MonkeyPatch.context() as patch:
        for module, batch in (("autoencoder", "_CROPS"), ("clip", "_BATCH"), ("diffusion", "_BATCH")):
            patch.setattr(f"nodegraph.training.{module}.{batch}", 4)
        for stage in STAGES:
            starter.train(stage, minutes=BRIEFLY)
        yield starter


def test_the_files_are_those_of_a_checkpoint(trained: Starter, tmp_path: Path) -> None:
    checkpoint, image_encoder = trained.write(tmp_path, trained.notes())
    header = read_header(checkpoint)
    known = recognise_checkpoint(header)
    assert known.unet.config.model_channels == 64
    assert header.metadata["modelspec.license"] == "Apache-2.0"
    stages = json.loads(header.metadata["nodegraph.recipe"])["stages"]
    assert {name: (stage["steps"], stage["device"]) for name, stage in stages.items()} == dict.fromkeys(
        STAGES, (1, "cpu")
    )
    clip = load_clip(checkpoint, image_encoder)
    images = clip.encode_images(trained.test_data.pictures)
    texts = clip.encode_texts(["a red ball", "a blue box at night"])
    assert np.allclose(np.linalg.norm(images, axis=1), 1, atol=1e-5)
    assert (images @ texts.T).shape == (4, 2)
    assert checkpoint.stat().st_size + image_encoder.stat().st_size <= 32_000_000


def test_the_vectors_of_the_files_are_those_of_the_training(trained: Starter, tmp_path: Path) -> None:
    clip = load_clip(*trained.write(tmp_path, trained.notes()))
    network = trained._clip("image-encoder")
    tokens = trained.vocabulary.encode(["two red boxes"], length=77)
    assert np.allclose(clip.encode_texts(["two red boxes"]), network.encode_text(tokens).numpy(), atol=2e-2)


def test_the_last_stage_left_the_text_encoder_alone(trained: Starter) -> None:
    guided, clip = trained._guided().text_model.state_dict(), trained._clip("image-encoder").text_model.state_dict()
    assert all(torch.equal(guided[name], clip[name]) for name in guided)


def test_stages_that_do_not_fit_together_are_not_written(trained: Starter, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(trained.folder, folder)
    lines: list[str] = []
    copy = Starter(folder, torch.device("cpu"), lines.append, pictures=6, test_pictures=4, samples=1)
    assert copy.unready() is None
    copy.train("diffusion", minutes=1.02 * copy.record("diffusion").minutes)  # just enough for the stage to go on
    with pytest.raises(StageOrderError, match=r"image-encoder was trained upon 1 steps of diffusion.*--folder .*copy"):
        copy.write(tmp_path, copy.notes())
    assert copy.record("image-encoder").steps == 1
    copy.train("image-encoder", minutes=BRIEFLY)
    assert copy.unready() is None
    guided, clip = copy._guided().text_model.state_dict(), copy._clip("image-encoder").text_model.state_dict()
    assert all(torch.equal(guided[name], clip[name]) for name in guided)


def test_unknown_words_are_zero_in_the_file(trained: Starter, tmp_path: Path) -> None:
    checkpoint, _ = trained.write(tmp_path, trained.notes())
    table = load_file(checkpoint)["cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"]
    assert len(table) == trained.vocabulary.unknown
    assert not trained._guided().text_model.embeddings.token_embedding.weight[-1].any()


def test_there_is_something_to_look_at(trained: Starter) -> None:
    made = {path.name for path in trained.folder.iterdir()}
    assert {"losses.png", "autoencoder.png", "samples.png"} <= made


def test_a_stage_needs_those_before_it(tmp_path: Path) -> None:
    starter = Starter(tmp_path, torch.device("cpu"))
    with pytest.raises(StageOrderError, match=r"builds upon autoencoder.*--stage autoencoder"):
        starter.train("diffusion", minutes=1.0)
    outcome = CliRunner().invoke(cli, ["train-starter", "--folder", str(tmp_path), "--stage", "image-encoder"])
    assert outcome.exit_code == 1
    assert "builds upon clip" in outcome.output
