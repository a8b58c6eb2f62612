"""The model that comes with the package: what its files are and say, and that they are opened as any others."""

import json
from pathlib import Path

import numpy as np
import pytest

from nodegraph import starter
from nodegraph.settings import Settings
from nodegraph.training.evaluation.evaluate import PARTS
from nodegraph.training.evaluation.prompts import captions, renderings, seen_scenes
from nodegraph.training.image_encoder import load_clip
from nodegraph.training.plan import STAGES
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.header import read_header
from nodegraph.weights.recognise import recognise_checkpoint

FILES = (starter.CHECKPOINT, starter.IMAGE_ENCODER)


def test_both_files_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES) <= 32_000_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_what_it_is_how_it_was_made_and_how_well_it_does(path: Path) -> None:
    said = read_header(path).metadata
    assert said["modelspec.title"].startswith("nodegraph starter")
    assert said["modelspec.license"] == "Apache-2.0"
    assert said["modelspec.resolution"] == "128x128"
    stages = json.loads(said["nodegraph.recipe"])["stages"]
    assert list(stages) == list(STAGES)
    assert all(stage["steps"] > 100 for stage in stages.values())
    evaluation = json.loads(said["nodegraph.evaluation"])
    assert evaluation["quick"] is False
    assert set(PARTS) <= set(evaluation)


def test_it_is_a_checkpoint_in_every_list_of_one_who_has_brought_none(tmp_path: Path) -> None:
    folders = ModelFolders.of(Settings.under(tmp_path, bundled_models_dir=str(starter.FOLDER)))
    assert folders.list("checkpoints") == [starter.CHECKPOINT.name]
    assert folders.list("clip_vision") == [starter.IMAGE_ENCODER.name]
    assert recognise_checkpoint(read_header(starter.CHECKPOINT)).unet.config.context_width == 128


def test_its_clip_knows_which_caption_is_whose() -> None:
    scenes = seen_scenes(32)
    clip = load_clip(*FILES)
    alike = clip.encode_images(renderings(scenes)) @ clip.encode_texts(captions(scenes)).T
    assert (alike.argmax(axis=1) == np.arange(len(scenes))).mean() > 0.4
