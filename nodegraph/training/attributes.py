"""Reads a picture of a scene: which objects in which colours, where and how big, before what. Never sees a prompt.

A small convolutional network looks at the picture at 64 × 64 and answers in each cell of an 8 × 8 grid whether an
object's centre lies there and, if so, what it is (as in Zhou et al. 2019, "Objects as Points"). How it is taught is in
:mod:`nodegraph.training.attributes_training`; who asks it is none of its business.

Shapes: b batch, c channels, h w pixels, g = 8 cells a side of the grid. Coordinates and sizes are shares of the side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange, reduce
from numpy.typing import NDArray
from torch import Tensor, nn

from nodegraph.diffusion.autoencoder import Downsample, ResnetBlock
from nodegraph.training.scenes import BACKGROUNDS, COLORS, OBJECTS, PLACES, SIZES

SIDE = 64
"""Pixels a side of what the network sees."""

GRID = 8
FEATURES = 128

_OBJECTS, _COLORS, _BACKGROUNDS = list(OBJECTS), list(COLORS), list(BACKGROUNDS)
_GROUPS = 8
_WIDTHS = (32, 64)
_BATCH = 64

CHANNELS = {"heat": 1, "at": 2, "side": 1, "object": len(_OBJECTS), "color": len(_COLORS)}
"""What each cell of the grid answers, in this order: name -> channels."""

SEEN_FROM = 0.3
"""Heat from which on there is an object: a centre between four cells gives each of them 0.5."""


@dataclass(frozen=True)
class SeenThing:
    """An object in a picture. ``x`` and ``y`` are its centre, ``side`` its height; ``heat`` 0 … 1 how clear it is."""

    object: str
    color: str
    x: float
    y: float
    side: float
    heat: float = 1.0

    @property
    def place(self) -> str:
        """The nearest of the nine named places."""
        return min(PLACES, key=lambda name: (PLACES[name][0] - self.x) ** 2 + (PLACES[name][1] - self.y) ** 2)

    @property
    def size(self) -> str:
        """The word for the nearest size; empty for the usual one."""
        return min(SIZES, key=lambda word: abs(sum(SIZES[word]) / 2 - self.side))


@dataclass(frozen=True)
class Look:
    """What a picture shows: its background, and its objects with the clearest first."""

    background: str
    things: tuple[SeenThing, ...]


class AttributeNetwork(nn.Module):
    """Pictures ``b 3 64 64`` of −1 … 1 -> the grid's answers ``b c g g``, background scores ``b 20``."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle = _WIDTHS
        self.stem = nn.Conv2d(12, fine, 3, padding=1)
        self.body = nn.Sequential(
            ResnetBlock(fine, fine, groups=_GROUPS),
            Downsample(fine),
            ResnetBlock(fine, middle, groups=_GROUPS),
            ResnetBlock(middle, middle, groups=_GROUPS),
            Downsample(middle),
            ResnetBlock(middle, FEATURES, groups=_GROUPS),
            ResnetBlock(FEATURES, FEATURES, groups=_GROUPS),
            nn.GroupNorm(_GROUPS, FEATURES),
            nn.SiLU(),
        )
        self.cells = nn.Conv2d(FEATURES, sum(CHANNELS.values()), 1)
        self.background = nn.Linear(2 * FEATURES, len(_BACKGROUNDS))

    def trunk(self, x: Tensor) -> Tensor:
        """``b 3 64 64`` -> features of each cell, ``b c g g``."""
        answer: Tensor = self.body(self.stem(F.pixel_unshuffle(x, 2)))
        return answer

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk(x)
        pooled = torch.cat([features.mean(dim=(2, 3)), features.amax(dim=(2, 3))], dim=1)
        return self.cells(features), self.background(pooled)


def split_cells(cells: Tensor) -> dict[str, Tensor]:
    """The grid's answers ``b c g g`` by the names of :data:`CHANNELS`."""
    return dict(zip(CHANNELS, cells.split_with_sizes(list(CHANNELS.values()), dim=1), strict=True))


def small(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Square pictures ``n h w 3`` whose side is a multiple of 64 -> ``n 64 64 3``, each pixel the mean of a block."""
    block = pictures.shape[1] // SIDE
    reduced = np.empty((len(pictures), SIDE, SIDE, 3), np.uint8)
    for start in range(0, len(pictures), _BATCH):  # the pictures may be on a disk, and more than memory holds
        sums = pictures[start : start + _BATCH].astype(np.uint32)
        sums = reduce(sums, "n (h a) (w b) c -> n h w c", "sum", a=block, b=block)
        reduced[start : start + _BATCH] = (sums + block**2 // 2) // block**2
    return reduced


def to_network(reduced: NDArray[np.uint8]) -> Tensor:
    """``n 64 64 3`` of 0 … 255 -> ``n 3 64 64`` of −1 … 1."""
    return rearrange(torch.from_numpy(np.ascontiguousarray(reduced)), "n h w c -> n c h w").float() / 127.5 - 1


class Judge:
    """A trained network that says what it sees. Deterministic; ``device`` is where the network lies."""

    def __init__(self, network: AttributeNetwork) -> None:
        self._network = network.eval().requires_grad_(False)
        self._device = network.stem.weight.device

    def look(self, pictures: NDArray[np.uint8]) -> list[Look]:
        """What each of the pictures ``n h w 3`` shows; their side is a multiple of 64."""
        return [look for batch in self._batches(pictures) for look in read(*self._network(batch))]

    def features(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """``n h w 3`` -> ``n 128``: what the network's last layers have in view, averaged over the picture."""
        pooled = [self._network.trunk(batch).mean(dim=(2, 3)).cpu() for batch in self._batches(pictures)]
        return torch.cat(pooled).double().numpy()

    def _batches(self, pictures: NDArray[np.uint8]) -> Iterator[Tensor]:
        for start in range(0, len(pictures), _BATCH):
            yield to_network(small(pictures[start : start + _BATCH])).to(self._device)


def read(cells: Tensor, background: Tensor) -> list[Look]:
    """The network's answers (cells ``b c g g``, backgrounds ``b 20``) in words.

    An object is where the heat is the greatest among its neighbours.
    """
    answers = {name: part.float().cpu() for name, part in split_cells(cells).items()}
    heat = answers["heat"].sigmoid()
    peaks = (heat == F.max_pool2d(heat, 3, stride=1, padding=1)) & (heat > SEEN_FROM)
    looks = []
    for index, scores in enumerate(background.cpu()):
        things = [_thing(answers, heat, index, int(y), int(x)) for y, x in torch.nonzero(peaks[index, 0])]
        things.sort(key=lambda thing: thing.heat, reverse=True)
        looks.append(Look(_BACKGROUNDS[int(scores.argmax())], tuple(things)))
    return looks


def _thing(answers: dict[str, Tensor], heat: Tensor, index: int, y: int, x: int) -> SeenThing:
    right, down = answers["at"][index, :, y, x].tolist()
    return SeenThing(
        object=_OBJECTS[int(answers["object"][index, :, y, x].argmax())],
        color=_COLORS[int(answers["color"][index, :, y, x].argmax())],
        x=(x + 0.5 + right) / GRID,
        y=(y + 0.5 + down) / GRID,
        side=float(answers["side"][index, 0, y, x]),
        heat=float(heat[index, 0, y, x]),
    )
