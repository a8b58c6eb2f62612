"""Pictures cut into tiles and joined, rectangles cut out of them, and colours moved from one to another."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodegraph.errors import UserError
from nodegraph.media.colour_transfer import from_lab, mover, to_lab

Nodes = Mapping[str, Callable[..., Any]]
SLOW_FIXTURE = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
METHODS = ["reinhard_lab", "mkl_lab", "histogram"]


def picture(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


# ---- tiles ----


@SLOW_FIXTURE
@given(
    width=st.integers(1, 160),
    height=st.integers(1, 130),
    tile=st.tuples(st.integers(64, 120), st.integers(64, 120)),
    overlap=st.integers(0, 40),
    factor=st.integers(1, 2),
)
def test_tiles_merged_are_the_picture_also_when_they_were_scaled(
    nodes: Nodes, width: int, height: int, tile: tuple[int, int], overlap: int, factor: int
) -> None:
    image = picture(1, height, width, 3)
    tiles = nodes["SplitImageToTileList"](image=image, tile_width=tile[0], tile_height=tile[1], overlap=overlap)
    larger = [one.repeat_interleave(factor, 1).repeat_interleave(factor, 2) for one in tiles]
    merged = nodes["ImageMergeTileList"](
        image_list=larger,
        final_width=[width * factor],
        final_height=[height * factor],
        overlap=[overlap * factor],
    )
    torch.testing.assert_close(merged, image.repeat_interleave(factor, 1).repeat_interleave(factor, 2))


@pytest.mark.parametrize(
    ("sizes", "final", "overlap", "said"),
    [
        ([(64, 64)] * 3, (100, 100), 8, "3 tiles of 64 by 64.*made of 4"),
        ([(64, 64)], (32, 32), 8, "Set final_width"),
        ([], (64, 64), 8, "image_list is empty"),
        ([(64, 64), (64, 65)], (100, 64), 8, "several sizes"),
        ([(64, 64)] * 4, (100, 100), 64, "overlap is 64"),
    ],
    ids=["too few", "too large", "none", "unequal", "overlap"],
)
def test_tiles_that_make_no_picture(
    nodes: Nodes, sizes: list[tuple[int, int]], final: tuple[int, int], overlap: int, said: str
) -> None:
    tiles = [picture(1, height, width, 3) for width, height in sizes]
    with pytest.raises(UserError, match=said):
        nodes["ImageMergeTileList"](
            image_list=tiles, final_width=[final[0]], final_height=[final[1]], overlap=[overlap]
        )


# ---- rectangles ----


@SLOW_FIXTURE
@given(x=st.integers(0, 30), y=st.integers(0, 30), width=st.integers(1, 40), height=st.integers(1, 40))
def test_a_region_is_what_lies_in_it(nodes: Nodes, x: int, y: int, width: int, height: int) -> None:
    image = picture(2, 12, 20, 3)
    box = nodes["PrimitiveBoundingBox"](x=x, y=y, width=width, height=height)
    cut = nodes["ImageCropV2"](image=image, crop_region=box)
    top, left = min(y, 11), min(x, 19)
    assert torch.equal(cut, image[:, top : top + height, left : left + width])
    assert cut.numel() > 0


@pytest.mark.parametrize(
    "box",
    [None, [0, 0, 1, 1], {"x": 0, "y": 0, "width": 4}, {"x": "0", "y": 0, "width": 4, "height": 4}],
    ids=["nothing", "list", "a side missing", "text"],
)
def test_what_is_no_rectangle(nodes: Nodes, box: Any) -> None:
    with pytest.raises(UserError, match=r"crop_region is .*x, y, width and height"):
        nodes["ImageCropV2"](image=picture(1, 8, 8, 3), crop_region=box)
    for wrong in ({"x": -1}, {"width": 0}):
        with pytest.raises(UserError, match="crop_region begins"):
            nodes["ImageCropV2"](
                image=picture(1, 8, 8, 3), crop_region={"x": 0, "y": 0, "width": 4, "height": 4, **wrong}
            )


# ---- colours ----


@pytest.mark.parametrize(
    ("text", "number", "hex"),
    [("#ff8800", 0xFF8800, "#ff8800"), ("#FFF", 0xFFFFFF, "#ffffff"), (" #00000a", 10, "#00000a")],
)
def test_a_colour_is_a_number(nodes: Nodes, text: str, number: int, hex: str) -> None:
    assert nodes["ColorToRGBInt"](color=text) == (number, hex)


@pytest.mark.parametrize("text", ["", "red", "#ff88", "ff8800", 7], ids=str)
def test_what_is_no_colour(nodes: Nodes, text: Any) -> None:
    with pytest.raises(UserError, match="color is"):
        nodes["ColorToRGBInt"](color=text)


def test_lab_is_cielab_and_back() -> None:
    known = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.02, 0.02, 0.02]], dtype=torch.float64)
    expected = torch.tensor([[100.0, 0.0, 0.0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]], dtype=torch.float64)
    torch.testing.assert_close(to_lab(known)[:3], expected, atol=0.02, rtol=0)
    torch.testing.assert_close(from_lab(to_lab(known)), known, atol=1e-6, rtol=0)


@pytest.mark.parametrize("method", METHODS)
def test_the_distribution_is_the_others(method: Any) -> None:
    dark = 0.3 + 0.1 * picture(4000, 3).double()
    warm = torch.tensor([0.7, 0.5, 0.4]) + 0.15 * (picture(4000, 3, seed=1) @ picture(3, 3, seed=2) - 0.5).double()
    moved = mover(dark, warm, method)(dark)
    if method == "histogram":
        torch.testing.assert_close(moved.sort(dim=0)[0], warm.sort(dim=0)[0], atol=0.01, rtol=0)
        return
    torch.testing.assert_close(to_lab(moved).mean(0), to_lab(warm).mean(0), atol=0.2, rtol=0)
    spread = torch.cov if method == "mkl_lab" else lambda axes: axes.std(dim=1)
    torch.testing.assert_close(spread(to_lab(moved).T), spread(to_lab(warm).T), atol=0.5, rtol=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_what_has_the_colours_already_keeps_them_and_grey_stays_grey(nodes: Nodes, method: str) -> None:
    image = picture(1, 16, 16, 3)
    given = {"method": method, "source_stats": {"source_stats": "per_frame"}}
    same = nodes["ColorTransfer"](image_target=image, image_ref=image, **given)
    torch.testing.assert_close(same, image, atol=0.01, rtol=0)
    grey = nodes["ColorTransfer"](image_target=torch.full((1, 4, 4, 3), 0.4), image_ref=image, **given)
    assert grey.flatten(0, 2).std(dim=0).max() < 1e-3, "of one colour"


@pytest.mark.parametrize("method", METHODS)
def test_whose_colours_decide(nodes: Nodes, method: str) -> None:
    targets = torch.cat([picture(1, 16, 16, 4) * 0.5, picture(1, 16, 16, 4, seed=1) * 0.5 + 0.5])
    wanted = picture(1, 16, 16, 3, seed=2) * 0.3 + 0.2

    def transferred(kind: str, **more: Any) -> torch.Tensor:
        stats = {"source_stats": kind, **more}
        result: torch.Tensor = nodes["ColorTransfer"](
            image_target=targets, image_ref=wanted, method=method, source_stats=stats
        )
        assert torch.equal(result[..., 3], targets[..., 3]), "transparency stays"
        return result[..., :3]

    alone = transferred("per_frame")
    assert (alone[0].mean() - alone[1].mean()).abs() < 0.02, "each for itself: equally bright then"
    together = transferred("uniform")
    assert together[1].mean() - together[0].mean() > 0.05, "what differed before differs still"
    first = transferred("target_frame", target_index=0)
    torch.testing.assert_close(first[0], alone[0])
    assert first[1].mean() > together[1].mean(), "by the darker picture's colours the brighter one is brighter still"
    assert torch.equal(transferred("target_frame", target_index=99)[1], transferred("target_frame", target_index=1)[1])


def test_colours_are_asked_of_pictures_that_have_some(nodes: Nodes) -> None:
    given = {"method": "histogram", "source_stats": {"source_stats": "uniform"}}
    with pytest.raises(UserError, match="image_ref has 1 channels"):
        nodes["ColorTransfer"](image_target=picture(1, 2, 2, 3), image_ref=picture(1, 2, 2, 1), **given)


def test_strength_and_references_by_place(nodes: Nodes) -> None:
    targets = picture(3, 8, 8, 3)
    wanted = torch.cat([torch.full((1, 4, 4, 3), 0.2), torch.full((1, 4, 4, 3), 0.8)])
    given = {"image_target": targets, "image_ref": wanted, "method": "histogram"}
    stats = {"source_stats": "per_frame"}
    full = nodes["ColorTransfer"](**given, source_stats=stats)
    torch.testing.assert_close(full.mean(dim=(1, 2, 3)), torch.tensor([0.2, 0.8, 0.8]))
    assert torch.equal(nodes["ColorTransfer"](**given, source_stats=stats, strength=0.0), targets)
    half = nodes["ColorTransfer"](**given, source_stats=stats, strength=0.5)
    torch.testing.assert_close(half, (targets + full) / 2)
