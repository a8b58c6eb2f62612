"""What the pictures of the example workflows show, in the colours that a person would name; and their thumbnails."""

from collections.abc import Callable
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from nodegraph.server.api_v1.examples import example_workflows
from nodegraph.training.scenes import COLORS

Picture = NDArray[np.uint8]
Painted = Callable[[str], dict[str, list[Picture]]]


def share(picture: Picture, color: str) -> float:
    """The share of the pixels that are nearer to ``color`` than to any other that has a name."""
    palette = np.array(list(COLORS.values()))
    distances = np.linalg.norm(picture[..., None, :] - palette.astype(float), axis=-1)
    return float((distances.argmin(-1) == list(COLORS).index(color)).mean())


def difference(one: Picture, other: Picture) -> float:
    """The mean difference of two pictures' values, 0 … 255."""
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def halved(picture: Picture) -> Picture:
    return np.asarray(
        Image.fromarray(picture).resize((picture.shape[1] // 2, picture.shape[0] // 2), Image.Resampling.BOX)
    )


def on_white(image: Image.Image) -> Picture:
    """As it is seen: what colour a transparent gap has is anything."""
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return np.asarray(page.convert("RGB"))


def test_a_prompt_is_obeyed(painted: Painted) -> None:
    (picture,) = painted("text-to-image")["text-to-image"]
    assert 0.02 < share(picture, "red") < 0.5
    corners = picture[[0, 0, -1, -1], [0, -1, 0, -1]].astype(float)
    assert (corners[:, 2] > corners[:, 0]).all(), "the sky is blue"


def test_each_of_a_batch_obeys_the_prompt(painted: Painted) -> None:
    pictures = painted("batch-of-seeds")["batch-of-seeds"]
    assert all(picture[112:].mean() > 180 for picture in pictures), "snow is bright"
    assert min(difference(one, other) for one, other in pairwise(pictures)) > 3


def test_a_negative_prompt_takes_out_what_it_names(painted: Painted) -> None:
    without, with_it = (pictures[0] for pictures in painted("negative-prompt").values())
    assert share(without, "green") > 0.02
    assert share(with_it, "green") < 0.2 * share(without, "green")
    assert difference(without[112:], with_it[112:]) < 10, "the snow stays"


def test_the_more_a_word_weighs_the_more_there_is_of_it(painted: Painted) -> None:
    less, plain, more = (share(pictures[0], "red") for pictures in painted("prompt-weights").values())
    assert less < 0.5 * more
    assert less <= plain + 0.01
    assert plain <= more + 0.01


def test_image_to_image_keeps_the_background_and_changes_the_thing(painted: Painted) -> None:
    before, after = (pictures[0] for pictures in painted("image-to-image").values())
    assert share(before, "yellow") > 0.02 > share(before, "red")
    assert share(after, "red") > 0.02
    assert difference(before[:16], after[:16]) < 25
    assert difference(before[112:], after[112:]) < 25


def test_inpainting_obeys_the_prompt_inside_and_leaves_the_rest(painted: Painted) -> None:
    before, after = (pictures[0] for pictures in painted("inpainting").values())
    assert difference(before[:, :48], after[:, :48]) < 4
    assert share(before[16:112, 64:], "yellow") < 0.02 < share(after[16:112, 64:], "yellow")


def test_the_second_pass_keeps_what_the_first_composed(painted: Painted) -> None:
    small, large = (pictures[0] for pictures in painted("hires-fix").values())
    assert difference(small, halved(large)) < 25


@pytest.mark.parametrize("name", list(example_workflows()))
def test_a_thumbnail_is_what_the_example_paints(painted: Painted, thumbnails: ModuleType, name: str) -> None:
    file = example_workflows()[name].with_suffix(".webp")
    assert file.is_file(), f"Make it: python .ci/thumbnails.py {name}"
    assert file.stat().st_size <= thumbnails.LIMIT
    pictures = [Image.fromarray(picture) for saved in painted(name).values() for picture in saved]
    now, then = on_white(thumbnails.sheet(pictures)), on_white(Image.open(file))
    assert now.shape == then.shape
    assert difference(now, then) < 8, f"The example or the model changed: python .ci/thumbnails.py {name}"


def test_no_thumbnail_is_left_of_an_example_that_is_gone() -> None:
    folder = next(iter(example_workflows().values())).parent
    assert {path.stem for path in folder.iterdir()} == set(example_workflows())
