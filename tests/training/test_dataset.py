"""Painted once, kept in a file, and the scenes still known."""

from pathlib import Path

import numpy as np

from nodegraph.training.dataset import Dataset
from nodegraph.training.painter import paint
from nodegraph.training.scenes import HELD_OUT


def test_the_pictures_are_those_of_the_scenes_and_painted_once(tmp_path: Path) -> None:
    data = Dataset(tmp_path / "data", 5, seed=3)
    told: list[int] = []
    pictures = data.paint(told.append)
    assert told == [5]
    assert pictures.shape == (5, 128, 128, 3)
    for index in range(5):
        assert np.array_equal(pictures[index], paint(data.scene(index)))
    told.clear()
    assert np.array_equal(Dataset(tmp_path / "data", 5, seed=3).paint(told.append), pictures)
    assert not told
    assert [path.suffix for path in (tmp_path / "data").iterdir()] == [".npy"]


def test_held_out_scenes_are_other_scenes(tmp_path: Path) -> None:
    plain, held = Dataset(tmp_path, 40), Dataset(tmp_path, 40, held_out=True)
    assert plain.path != held.path

    def pairs(data: Dataset) -> set[tuple[str, str]]:
        return {(thing.color, thing.object) for index in range(40) for thing in data.scene(index).things}

    assert pairs(plain).isdisjoint(HELD_OUT)
    assert pairs(held) <= HELD_OUT
