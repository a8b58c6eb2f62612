"""Pictures prepared for a data set: their colours, crops, sizes, grids, duplicates, and sorting by resolution."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from nodegraph.errors import UserError

Nodes = Mapping[str, Callable[..., Any]]
QUICK = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("class_id", "name", "more"),
    [
        ("ImageGrid", "columns", {"cell_width": [32], "cell_height": [32], "padding": [0]}),
        ("ImageDeduplication", "similarity_threshold", {}),
        ("ShuffleDataset", "seed", {}),
        ("RebatchImages", "batch_size", {}),
    ],
)
def test_an_empty_list_in_place_of_a_widget_is_named(
    nodes: Nodes, class_id: str, name: str, more: dict[str, Any]
) -> None:
    with pytest.raises(UserError, match=f"{name} is an empty list, and one value is needed"):
        nodes[class_id](images=[random(1, 4, 4, 3)], **{name: []}, **more)


def test_brightness_contrast_and_range(nodes: Nodes) -> None:
    image = torch.tensor([0.0, 0.4, 0.9, 0.3]).reshape(1, 1, 1, 4)
    for class_id, factor, expected in (
        ("AdjustBrightness", 2.0, [0.0, 0.8, 1.0, 0.3]),
        ("AdjustBrightness", 0.0, [0.0, 0.0, 0.0, 0.3]),
        ("AdjustContrast", 0.5, [0.25, 0.45, 0.7, 0.3]),
        ("AdjustContrast", 2.0, [0.0, 0.3, 1.0, 0.3]),
        ("AdjustContrast", 1.0, [0.0, 0.4, 0.9, 0.3]),
    ):
        changed = nodes[class_id](images=image, factor=factor).flatten()
        torch.testing.assert_close(changed, torch.tensor(expected))  # the alpha stays
    torch.testing.assert_close(
        nodes["NormalizeImages"](images=image, mean=0.5, std=0.25).flatten(), torch.tensor([-2.0, -0.4, 1.6, -0.8])
    )


@QUICK
@given(
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    wanted=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    seed=st.integers(0, 2**64 - 1),
)
def test_crops_lie_within_the_picture(nodes: Nodes, size: tuple[int, int], wanted: tuple[int, int], seed: int) -> None:
    height, width = size
    places = torch.arange(float(height * width)).reshape(1, height, width, 1)
    expected = (1, min(wanted[1], height), min(wanted[0], width), 1)
    for class_id, more in (("CenterCropImages", {}), ("RandomCropImages", {"seed": seed})):
        cut = nodes[class_id](images=places, width=wanted[0], height=wanted[1], **more)
        assert cut.shape == expected
        corner = int(cut[0, 0, 0, 0])
        top, left = divmod(corner, width)
        assert torch.equal(cut, places[:, top : top + cut.shape[1], left : left + cut.shape[2]])
    middle = nodes["CenterCropImages"](images=places, width=wanted[0], height=wanted[1])
    borders = (height - expected[1]) // 2, (width - expected[2]) // 2
    assert divmod(int(middle[0, 0, 0, 0]), width) == borders, "in the middle"


def test_random_crops_follow_the_seed_and_reach_every_place(nodes: Nodes) -> None:
    places = torch.arange(6.0).reshape(1, 2, 3, 1)
    cuts = [int(nodes["RandomCropImages"](images=places, width=1, height=1, seed=seed)) for seed in range(60)]
    assert set(cuts) == set(range(6))
    assert cuts == [int(nodes["RandomCropImages"](images=places, width=1, height=1, seed=seed)) for seed in range(60)]


@pytest.mark.parametrize(("height", "width"), [(10, 20), (20, 10), (15, 15)])
def test_sizes_by_an_edge(nodes: Nodes, height: int, width: int) -> None:
    image = random(2, height, width, 3)
    shorter = nodes["ResizeImagesByShorterEdge"](images=image, shorter_edge=30)
    assert shorter.shape == (2, 30 * height // min(height, width), 30 * width // min(height, width), 3)
    longer = nodes["ResizeImagesByLongerEdge"](images=image, longer_edge=30)
    assert longer.shape == (2, 30 * height // max(height, width), 30 * width // max(height, width), 3)


@QUICK
@given(
    sizes=st.lists(st.tuples(st.integers(1, 3), st.integers(8, 40), st.integers(8, 40)), min_size=1, max_size=6),
    columns=st.integers(1, 5),
    cell=st.tuples(st.integers(32, 40), st.integers(32, 40)),
    padding=st.integers(0, 4),
)
def test_a_grid_holds_every_picture_in_order(
    nodes: Nodes, sizes: list[tuple[int, int, int]], columns: int, cell: tuple[int, int], padding: int
) -> None:
    count = sum(batch for batch, _, _ in sizes)
    values = (torch.arange(count) + 1) / (count + 1)
    images, done = [], 0
    for batch, height, width in sizes:
        images.append(values[done : done + batch].reshape(batch, 1, 1, 1).expand(batch, height, width, 3))
        done += batch
    sheet = nodes["ImageGrid"](
        images=images, columns=[columns], cell_width=[cell[0]], cell_height=[cell[1]], padding=[padding]
    )
    rows, across = -(-count // columns), min(columns, count)
    assert sheet.shape == (1, rows * (cell[1] + padding) - padding, across * (cell[0] + padding) - padding, 3)
    middles = [
        sheet[0, row * (cell[1] + padding) + cell[1] // 2, column * (cell[0] + padding) + cell[0] // 2, 0]
        for row in range(rows)
        for column in range(across)
    ]
    torch.testing.assert_close(torch.stack(middles[:count]), values, atol=2 / 255, rtol=0)
    assert all(middle == 0 for middle in middles[count:])


def test_a_picture_keeps_its_aspect_in_a_grid(nodes: Nodes) -> None:
    wide = torch.ones(1, 10, 20, 3)
    sheet = nodes["ImageGrid"](images=[wide], columns=[4], cell_width=[40], cell_height=[40], padding=[4])
    assert torch.equal(sheet[0, :, :, 0].amax(dim=1), torch.cat([torch.zeros(10), torch.ones(20), torch.zeros(10)]))


def test_there_is_no_grid_of_nothing(nodes: Nodes) -> None:
    with pytest.raises(UserError, match="images is an empty list"):
        nodes["ImageGrid"](images=[], columns=[4], cell_width=[40], cell_height=[40], padding=[4])


def test_pictures_that_are_nearly_the_same_are_left_out(nodes: Nodes) -> None:
    one, other = (random(1, 8, 8, 3, seed=seed).repeat_interleave(6, 1).repeat_interleave(6, 2) for seed in (0, 1))
    noisy = (one + 0.01 * random(1, 48, 48, 3, seed=2)).clamp(0, 1)
    smaller = torch.nn.functional.interpolate(one.permute(0, 3, 1, 2), size=(24, 24), mode="area").permute(0, 2, 3, 1)
    flat = [torch.full((1, 8, 8, 3), value) for value in (0.0, 0.5, 0.5, 1.0)]
    given = [torch.cat([one, noisy]), other, smaller, *flat]

    def kept(threshold: float) -> list[Tensor]:
        result: list[Tensor] = nodes["ImageDeduplication"](images=given, similarity_threshold=[threshold])
        return result

    expected = [one, other, flat[0], flat[1], flat[3]]
    assert [torch.equal(a, b) for a, b in zip(kept(0.9), expected, strict=True)] == [True] * 5
    assert len(kept(0.0)) == 1
    assert len(kept(1.0)) >= 5, "only what looks exactly the same"


# ---- lists ----


def entry(text: str) -> tuple[Tensor, dict[str, Any]]:
    return torch.zeros(1, 1, 1), {"said": text}


def test_latents_are_sorted_by_resolution_with_their_texts(nodes: Nodes) -> None:
    wide, tall = random(2, 4, 2, 3), random(1, 4, 3, 2)
    more = random(1, 4, 2, 3, seed=1)
    latents, told = nodes["ResolutionBucket"](
        latents=[{"samples": wide}, {"samples": tall}, {"samples": more}],
        conditioning=[[entry("a"), entry("b")], [entry("c")], [entry("d")]],
    )
    assert torch.equal(latents[0]["samples"], torch.cat([wide, more]))
    assert torch.equal(latents[1]["samples"], tall)
    assert [[options["said"] for _, options in entries] for entries in told] == [["a", "b", "d"], ["c"]]


def test_lists_that_do_not_belong_together(nodes: Nodes) -> None:
    latent = {"samples": random(2, 4, 2, 3)}
    with pytest.raises(UserError, match="latents has 1 items and conditioning 2"):
        nodes["ResolutionBucket"](latents=[latent], conditioning=[[entry("a")], [entry("b")]])
    with pytest.raises(UserError, match=r"item 0 of latents is a batch of 2.*has 1 entries"):
        nodes["ResolutionBucket"](latents=[latent], conditioning=[[entry("a")]])


def test_texts_are_merged_as_they_are(nodes: Nodes) -> None:
    assert nodes["MergeTextLists"](texts=" a ") == " a "
