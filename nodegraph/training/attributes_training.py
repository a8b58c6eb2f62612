"""Teaches the judge of an evaluation on rendered scenes. Knows no model that it will judge.

All pairs of colour and object occur, those held out of the starter model's training as often as others: a judge that
had not seen them would doubt them. The pictures are blurred, stained and made noisy by chance, because what comes out
of an autoencoder is never as sharp and clean as a rendering; no picture of a diffusion model is ever among them.

Shapes: n scenes, b batch, g = 8 cells a side of the grid, two things at most a scene.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from nodegraph.training.attributes import GRID, AttributeNetwork, Judge, small, split_cells, to_network
from nodegraph.training.dataset import Dataset
from nodegraph.training.optimiser import Optimiser, rate_factor
from nodegraph.training.scenes import BACKGROUNDS, COLORS, HELD_OUT, OBJECTS, Scene
from nodegraph.write import write_file

THINGS = 2
_SEED = 7
_MUON_RATE, _ADAM_RATE = 0.02, 2e-3
_SPREAD = 0.6
"""Cells: the standard deviation of the heat around a centre."""
_NEAR = 0.3
"""Cells of at least this heat are to know what lies at the centre near them."""
_HEAT_WEIGHT = 20.0
_REPORT_EVERY = 50

Report = Callable[[str], None]


@dataclass(frozen=True)
class Course:
    """How the judge is taught: the usual course takes about four minutes on two CPU cores."""

    pictures: int = 8_000
    steps: int = 640
    batch: int = 48


@dataclass(frozen=True)
class Labels:
    """What ``n`` scenes show: indices of backgrounds ``n``; of objects and colours ``n 2``; x, y, side ``n 2 3``.

    ``there`` (``n 2``) is 1 for each thing that there is, else 0.
    """

    background: Tensor
    object: Tensor
    color: Tensor
    box: Tensor
    there: Tensor

    def __getitem__(self, rows: Tensor) -> "Labels":
        return Labels(*(getattr(self, part.name)[rows] for part in fields(self)))


def trained_judge(folder: Path, *, course: Course | None = None, report: Report = lambda line: None) -> Judge:
    """The judge kept in ``folder``, taught first if there is none of this course."""
    course = course or Course()
    path = folder / "attributes.safetensors"
    if not path.exists() or _course_of(path) != str(course):
        network = teach(*_lessons(folder / "data", course), course=course, report=report)
        write_file(path, save(network.state_dict(), {"course": str(course)}), replace=True)
    network = AttributeNetwork()
    with safe_open(path, framework="pt") as file:
        network.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118  # not a dict
    return Judge(network)


def teach(
    pictures: NDArray[np.uint8], labels: Labels, *, course: Course, report: Report = lambda line: None
) -> AttributeNetwork:
    """A network taught on pictures ``n 64 64 3``."""
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    network = AttributeNetwork().train()
    optimiser = Optimiser(
        network,
        edges=(network.stem, network.cells, network.background),
        muon_rate=_MUON_RATE,
        adam_rate=_ADAM_RATE,
    )
    for step in range(course.steps):
        rows = rng.choice(len(pictures), size=course.batch, replace=False)
        x = disturbed(to_network(pictures[rows]), rng)
        loss = loss_of(network(x), labels[torch.from_numpy(rows)])
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        optimiser.step(rate_factor(step, step / course.steps))
        if (step + 1) % _REPORT_EVERY == 0:
            report(f"judge: step {step + 1} of {course.steps}, loss {loss.item():.3f}")
    return network


def labels_of(scenes: Sequence[Scene]) -> Labels:
    """The answers to pictures of scenes."""
    objects, colors, backgrounds = list(OBJECTS), list(COLORS), list(BACKGROUNDS)
    known, boxes = np.zeros((3, len(scenes), THINGS), np.int64), np.full((len(scenes), THINGS, 3), 0.5, np.float32)
    for row, scene in enumerate(scenes):
        for column, thing in enumerate(scene.things):
            known[:, row, column] = objects.index(thing.object), colors.index(thing.color), 1
            boxes[row, column] = thing.x, thing.y, thing.side
    object_, color, there = torch.from_numpy(known)
    background = torch.tensor([backgrounds.index(scene.background) for scene in scenes])
    return Labels(background, object_, color, torch.from_numpy(boxes), there.float())


def disturbed(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Pictures ``b 3 h w`` of −1 … 1 with other light, stains and noise, half of them blurred; a quarter stay clean."""
    clean, blurred = len(x) // 4, len(x) // 2
    touched = x[clean:]
    light = torch.from_numpy(rng.uniform((0.92, -0.05), (1.08, 0.05), size=(len(touched), 2))).float()
    touched = touched * rearrange(light[:, 0], "b -> b 1 1 1") + rearrange(light[:, 1], "b -> b 1 1 1")
    stains = F.interpolate(torch.randn(len(touched), 3, 8, 8), size=x.shape[-2:], mode="bilinear")
    touched = touched + 0.1 * rng.random() * stains + 0.12 * rng.random() * torch.randn_like(touched)
    soft = _blurred(touched[-blurred:], float(rng.uniform(0.3, 1.3)))
    return torch.cat([x[:clean], touched[: len(touched) - blurred], soft]).clamp(-1, 1)


def _blurred(x: Tensor, sigma: float) -> Tensor:
    """By a Gaussian of ``sigma`` pixels."""
    reach = math.ceil(2 * sigma)
    bell = torch.exp(-(torch.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel = (bell / bell.sum()).expand(x.shape[1], 1, 1, -1)
    x = F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="replicate"), kernel, groups=x.shape[1])
    return F.conv2d(F.pad(x, (0, 0, reach, reach), mode="replicate"), kernel.mT, groups=x.shape[1])


def loss_of(answer: tuple[Tensor, Tensor], labels: Labels) -> Tensor:
    """How wrong the network's answer (cells ``b c g g``, background scores ``b 20``) is."""
    cells, background = answer
    answers = split_cells(cells)
    middles = (torch.arange(GRID) + 0.5) / GRID
    across = rearrange(labels.box[..., 0], "b t -> b t 1 1") - middles
    down = rearrange(labels.box[..., 1], "b t -> b t 1 1") - rearrange(middles, "g -> g 1")
    distance = GRID**2 * (across.square() + down.square())
    near = torch.exp(-distance / (2 * _SPREAD**2)) * rearrange(labels.there, "b t -> b t 1 1")
    loss = _HEAT_WEIGHT * F.binary_cross_entropy_with_logits(answers["heat"][:, 0], near.amax(dim=1))
    loss = loss + F.cross_entropy(background, labels.background)
    item, thing, y, x = torch.nonzero(near > _NEAR, as_tuple=True)
    weight = near[item, thing, y, x] / near[near > _NEAR].sum()
    for name, truth in (("object", labels.object), ("color", labels.color)):
        said = answers[name][item, :, y, x]
        loss = loss + (F.cross_entropy(said, truth[item, thing], reduction="none") * weight).sum()
    at = GRID * torch.stack([across[item, thing, 0, x], down[item, thing, y, 0]], dim=-1)
    loss = loss + ((answers["at"][item, :, y, x] - at).abs().sum(dim=-1) * weight).sum()
    side = (answers["side"][item, 0, y, x] - labels.box[item, thing, 2]).abs()
    return loss + GRID * (side * weight).sum()


def _lessons(folder: Path, course: Course) -> tuple[NDArray[np.uint8], Labels]:
    """Pictures ``n 64 64 3`` and their labels, held-out pairs in proportion to all pairs."""
    held_out = round(course.pictures * len(HELD_OUT) / (len(OBJECTS) * len(COLORS)))
    sets = [
        Dataset(folder, course.pictures - held_out, seed=_SEED),
        Dataset(folder, held_out, seed=_SEED, held_out=True),
    ]
    scenes = [data.scene(index) for data in sets for index in range(data.count)]
    return np.concatenate([small(data.pictures) for data in sets]), labels_of(scenes)


def _course_of(path: Path) -> str | None:
    with safe_open(path, framework="pt") as file:
        return (file.metadata() or {}).get("course")
