"""A sheet of what a checkpoint paints, for whoever watches a training: some prompts, one picture each."""

from pathlib import Path

from nodegraph.training.evaluation.pipeline import Pipeline, Recipe
from nodegraph.training.evaluation.prompts import captions, held_out_scenes, pair_scenes, seen_scenes
from nodegraph.training.evaluation.sheets import Cell, contact_sheet


def sample_sheet(checkpoint: Path, path: Path, *, of_each_kind: int, device: str = "auto") -> None:
    """Rows of pairs seen in training, of pairs never seen and of two objects, as a PNG at ``path``."""
    scenes = [scene for choose in (seen_scenes, held_out_scenes, pair_scenes) for scene in choose(of_each_kind)]
    prompts = captions(scenes)
    pictures = Pipeline(checkpoint, device).paint(prompts, recipe=Recipe(), seed=0)
    cells = [Cell(picture, prompt) for picture, prompt in zip(pictures, prompts, strict=True)]
    contact_sheet(cells, columns=of_each_kind).save(path)
