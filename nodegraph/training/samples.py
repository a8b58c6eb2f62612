"""A sheet of what a checkpoint paints, for whoever watches a training: some prompts, one picture each."""

from pathlib import Path

from nodegraph.training.evaluation.pipeline import Pipeline, Recipe
from nodegraph.training.evaluation.prompts import captions, held_out_scenes, pair_scenes, seen_scenes
from nodegraph.training.evaluation.sheets import Cell, contact_sheet

_OF_EACH_KIND = 8


def sample_sheet(checkpoint: Path, path: Path, *, device: str = "auto") -> None:
    """Rows of pairs seen in training, of pairs never seen and of two objects, as a PNG at ``path``."""
    scenes = [scene for choose in (seen_scenes, held_out_scenes, pair_scenes) for scene in choose(_OF_EACH_KIND)]
    prompts = captions(scenes)
    pictures = Pipeline(checkpoint, device).paint(prompts, recipe=Recipe(), seed=0)
    cells = [Cell(picture, prompt) for picture, prompt in zip(pictures, prompts, strict=True)]
    contact_sheet(cells, columns=_OF_EACH_KIND).save(path)
