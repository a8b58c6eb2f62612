"""Scenes, their pictures, and somebody who knows the scene of every picture: what tests of judging and asking need."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nodegraph.training.attributes import CHANNELS, GRID, Look, SeenThing, split_cells
from nodegraph.training.attributes_training import labels_of
from nodegraph.training.captions import full_caption
from nodegraph.training.evaluation.pipeline import Pictures
from nodegraph.training.evaluation.prompts import renderings
from nodegraph.training.scenes import Scene, sample_scene


def scenes(count: int, *, two: float = 0.35, seed: int = 0) -> list[Scene]:
    """Scenes by chance."""
    rng = np.random.default_rng(seed)
    return [sample_scene(rng, two=two) for _ in range(count)]


def painted(asked: Sequence[Scene]) -> Pictures:
    """Their pictures."""
    return np.asarray(renderings(asked))


def look_at(scene: Scene) -> Look:
    """What a judge who is never wrong says."""
    return Look(
        scene.background,
        tuple(SeenThing(thing.object, thing.color, thing.x, thing.y, thing.side) for thing in scene.things),
    )


def answers_to(asked: Sequence[Scene]) -> tuple[Tensor, Tensor]:
    """What a network that knows everything answers: the grid's cells and the backgrounds' scores."""
    labels = labels_of(asked)
    cells = torch.zeros(len(asked), sum(CHANNELS.values()), GRID, GRID)
    answers = split_cells(cells)
    middles = (torch.arange(GRID) + 0.5) / GRID
    answers["heat"].fill_(-9)
    for row, column in torch.nonzero(labels.there).tolist():
        x, y, side = labels.box[row, column].tolist()
        across, down = (x - middles)[None, :].expand(GRID, GRID), (y - middles)[:, None].expand(GRID, GRID)
        distance = GRID**2 * (across**2 + down**2)
        near = distance < 2
        heat = torch.exp(-distance / (2 * 0.6**2)).clamp(1e-4, 1 - 1e-4).logit()
        answers["heat"][row, 0] = torch.where(near, heat, answers["heat"][row, 0])
        answers["at"][row, 0][near], answers["at"][row, 1][near] = GRID * across[near], GRID * down[near]
        answers["side"][row, 0][near] = side
        answers["object"][row, int(labels.object[row, column])][near] = 9
        answers["color"][row, int(labels.color[row, column])][near] = 9
    return cells, 9 * torch.nn.functional.one_hot(labels.background, 20).float()


class KnowingJudge:
    """Recognises the pictures of scenes it was told of; any other shows nothing."""

    def __init__(self) -> None:
        self._known: dict[bytes, Look] = {}

    def learn(self, asked: Sequence[Scene]) -> Pictures:
        """Be told of scenes; the answer is their pictures."""
        pictures = painted(asked)
        for picture, scene in zip(pictures, asked, strict=True):
            self._known[picture.tobytes()] = look_at(scene)
        return pictures

    def look(self, pictures: Pictures) -> list[Look]:
        return [self._known.get(picture.tobytes(), Look("nothing", ())) for picture in pictures]


class RenderingPipeline:
    """Paints by the renderer, for each prompt the scene that ``imagine(number, prompt, negative)`` says."""

    def __init__(self, judge: KnowingJudge, imagine: Any) -> None:
        self._judge, self._imagine = judge, imagine

    def paint(self, prompts: Sequence[str], *, negatives: Sequence[str] | str = "", **_: object) -> Pictures:
        avoided = [negatives] * len(prompts) if isinstance(negatives, str) else negatives
        return self._judge.learn(
            [self._imagine(index, *asked) for index, asked in enumerate(zip(prompts, avoided, strict=True))]
        )


def scene_of(asked: Sequence[Scene]) -> dict[str, Scene]:
    """Scenes by their full captions."""
    return {full_caption(scene): scene for scene in asked}
