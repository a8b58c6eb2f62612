"""What every part of an evaluation works with, and what it gives back. Knows none of the parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from nodegraph.training.attributes import Judge, Look
from nodegraph.training.evaluation.agreement import wrong
from nodegraph.training.evaluation.pipeline import Pictures, Pipeline, Recipe
from nodegraph.training.evaluation.prompts import captions
from nodegraph.training.evaluation.sheets import Cell
from nodegraph.training.scenes import Scene

Figures = Mapping[str, Any]
"""Numbers by name, perhaps in groups: what is written as JSON."""


@dataclass(frozen=True)
class Size:
    """How many pictures each part makes."""

    prompts: int = 256
    swept: int = 128
    guidance: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
    negatives: int = 48
    sources: int = 48
    painted_over: int = 64
    sampler_set: int = 32
    sampler_sets: int = 8
    ddpm_steps: int = 1000
    restored: int = 256
    timed: int = 7
    quick: bool = False


QUICK = Size(
    quick=True,
    prompts=32,
    swept=16,
    guidance=(1.0, 2.0, 4.0, 8.0),
    negatives=8,
    sources=8,
    painted_over=16,
    sampler_set=8,
    sampler_sets=4,
    ddpm_steps=100,
    restored=64,
    timed=3,
)
"""Enough to see that everything works; too few for figures to be quoted."""

_SAMPLER_SET_ON_GPU = 256


def size_of(*, quick: bool, device: str, sampler_set: int | None) -> Size:
    """The size of an evaluation on a kind of device; ``sampler_set`` overrides how many pictures compare samplers."""
    size = QUICK if quick else Size()
    if sampler_set is None:
        sampler_set = _SAMPLER_SET_ON_GPU if device == "cuda" and not quick else size.sampler_set
    return replace(size, sampler_set=sampler_set)


@dataclass
class Bench:
    """A model, a judge who has never seen its pictures, and how much there is to be done.

    ``find_judge`` is asked for the judge when the first part needs one: teaching one takes minutes.
    """

    pipeline: Pipeline
    find_judge: Callable[[], Judge]
    recipe: Recipe
    size: Size = field(default_factory=Size)
    image_encoder: Path | None = None

    @cached_property
    def judge(self) -> Judge:
        """Who says what a picture shows."""
        return self.find_judge()


@dataclass(frozen=True)
class Outcome:
    """What one part found, and a contact sheet of what it made."""

    figures: Figures
    sheet: Image.Image | None = None


def judged_cells(pictures: Pictures, looks: Sequence[Look], scenes: Sequence[Scene], count: int) -> list[Cell]:
    """The first ``count`` pictures with their prompts, and what the judge found wrong."""
    faults = [", ".join(wrong(look, scene)) for look, scene in zip(looks[:count], scenes[:count], strict=True)]
    asked = captions(scenes[:count])
    return [
        Cell(picture, text, f"wrong: {fault}" if fault else "")
        for picture, text, fault in zip(pictures[:count], asked, faults, strict=True)
    ]
