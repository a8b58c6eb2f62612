"""Each example workflow run from beginning to end, and what its pictures must show."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from nodegraph.server.api_v1.examples import example_workflows

Pictures = dict[str, list[NDArray[np.uint8]]]
Painted = Callable[[str], Pictures]

SHEET = "sheet"

SAVED: dict[str, dict[str, list[str | int]]] = {
    "text-to-image": {"text-to-image": [128]},
    "batch-of-seeds": {"batch-of-seeds": [128] * 8},
    "negative-prompt": {"without-negative-prompt": [128], "with-negative-prompt": [128]},
    "prompt-weights": {"prompt-weight-0.5": [128], "prompt-weight-1.0": [128], "prompt-weight-1.5": [128]},
    "image-to-image": {"image-to-image-before": [128], "image-to-image-after": [128]},
    "inpainting": {"inpainting-before": [128], "inpainting-after": [128]},
    "hires-fix": {"hires-fix-small": [128], "hires-fix-large": [256]},
    "learn-noise": {"learn-noise-added": [SHEET], "learn-noise-predicted": [SHEET]},
    "learn-steps": {"learn-steps": [SHEET]},
    "learn-attention": {"learn-attention": [SHEET]},
    "learn-schedules": {"learn-schedules-names": [SHEET], "learn-schedules-rho": [SHEET]},
    "learn-between": {"learn-between-seeds": [SHEET], "learn-between-prompts": [SHEET]},
    "learn-autoencoder": {"learn-autoencoder": [SHEET]},
    "learn-clip": {"learn-clip": [SHEET]},
}
"""Example -> prefix -> the side of each picture."""


def side(picture: NDArray[np.uint8]) -> str | int:
    """Of a square, in pixels; a sheet is as large as what is on it."""
    height, width, channels = picture.shape
    assert channels == 3
    return height if height == width else SHEET


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The mean difference of two pictures' values, 0 … 255."""
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def test_what_each_saves_is_known() -> None:
    assert list(SAVED) == list(example_workflows())


@pytest.mark.parametrize("name", SAVED)
def test_runs_and_saves_its_pictures(painted: Painted, name: str) -> None:
    saved = painted(name)
    assert {prefix: list(map(side, pictures)) for prefix, pictures in saved.items()} == SAVED[name]
    assert all(picture.std() > 5 for pictures in saved.values() for picture in pictures), "a picture is all one colour"


def test_the_pictures_of_a_batch_differ(painted: Painted) -> None:
    pictures = painted("batch-of-seeds")["batch-of-seeds"]
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


def test_a_negative_prompt_and_a_weight_change_the_picture(painted: Painted) -> None:
    without, with_it = (pictures[0] for pictures in painted("negative-prompt").values())
    assert difference(without, with_it) > 1
    less, plain, more = (pictures[0] for pictures in painted("prompt-weights").values())
    assert min(difference(less, plain), difference(plain, more)) > 0


def test_inpainting_leaves_the_rest_as_it_was(painted: Painted) -> None:
    before, after = (pictures[0] for pictures in painted("inpainting").values())
    assert 2 * difference(before[:, :40], after[:, :40]) < difference(before[:, 72:], after[:, 72:])
