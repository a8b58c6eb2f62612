"""The pictures a starter model is taught from, painted once and kept in a file. Knows no networks.

Scene number ``index`` of a dataset follows from its seed alone, so that captions need not be kept: they are said anew,
in other words, every time a picture is used.
"""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nodegraph.training.painter import paint
from nodegraph.training.scenes import Scene, sample_scene

SIDE = 128
"""Pixels a side of every picture."""

_CHUNK = 256


@dataclass(frozen=True)
class Dataset:
    """``count`` scenes and their pictures, of which ``held_out`` says whether they may show what training must not."""

    folder: Path
    count: int
    seed: int = 0
    held_out: bool = False

    def scene(self, index: int) -> Scene:
        """Scene number ``index``."""
        return _scene(self.seed, self.held_out, index)

    @cached_property
    def pictures(self) -> NDArray[np.uint8]:
        """``n h w 3``, mapped from the file; painted first if it is not there (4 ms a picture and core)."""
        return self.paint()

    @property
    def path(self) -> Path:
        """Where the pictures are."""
        kind = "held-out" if self.held_out else "scenes"
        return self.folder / f"{kind}-{self.count}-{self.seed}.npy"

    def paint(self, report: Callable[[int], None] = lambda done: None) -> NDArray[np.uint8]:
        """Paint what is not painted yet, on all cores; ``report`` is told how many pictures there are."""
        if not self.path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.path.with_suffix(".part")
            shape = (self.count, SIDE, SIDE, 3)
            pictures = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.uint8, shape=shape)
            starts = range(0, self.count, _CHUNK)
            # Spawned: a fork of a process in which torch has threads may hang.
            with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
                paint_chunk = partial(_paint_chunk, self.seed, self.held_out, self.count)
                for start, chunk in zip(starts, pool.imap(paint_chunk, starts), strict=True):
                    pictures[start : start + len(chunk)] = chunk
                    report(start + len(chunk))
            pictures.flush()
            unfinished.replace(self.path)
        return np.load(self.path, mmap_mode="r")  # type: ignore[no-any-return]


def _scene(seed: int, held_out: bool, index: int) -> Scene:
    return sample_scene(np.random.default_rng((seed, held_out, index)), held_out=held_out)


def _paint_chunk(seed: int, held_out: bool, count: int, start: int) -> NDArray[np.uint8]:
    indices = range(start, min(start + _CHUNK, count))
    return np.stack([paint(_scene(seed, held_out, index), SIDE) for index in indices])
