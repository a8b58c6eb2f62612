"""Scaling and laying over, against what torch, Pillow and arithmetic give."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from nodegraph.media.composite import CompositeError, MaskOperation, combine_masks, paste
from nodegraph.media.resize import crop_center, fit_size, resize, resize_images, slerp


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("method", ["nearest-exact", "bilinear", "area", "bicubic"])
def test_torch_methods_have_no_antialias_and_loose_corners(method: str) -> None:
    samples = noise(2, 3, 8, 12)
    expected = F.interpolate(samples, size=(5, 20), mode=method)
    assert torch.equal(resize(samples, 20, 5, method=method, crop="disabled"), expected)  # type: ignore[arg-type]


def test_lanczos_is_pillows_on_eight_bits() -> None:
    picture = noise(1, 10, 14, 3)
    pixels = Pillow.fromarray((picture[0] * 255).numpy().astype(np.uint8)).resize((7, 5), Pillow.Resampling.LANCZOS)
    scaled = resize_images(picture, 7, 5, method="lanczos", crop="disabled")
    assert torch.allclose(scaled[0], torch.from_numpy(np.array(pixels)).float() / 255)


@pytest.mark.parametrize(
    ("size", "columns", "rows"),
    [((4, 4), range(2, 6), range(4)), ((8, 2), range(8), range(1, 3)), ((2, 8), range(3, 5), range(4))],
)
def test_the_middle_is_kept(size: tuple[int, int], columns: range, rows: range) -> None:
    cells = torch.arange(32.0).reshape(1, 1, 4, 8)
    cropped = crop_center(cells, *size)
    assert torch.equal(cropped, cells[:, :, rows.start : rows.stop, columns.start : columns.stop])


@pytest.mark.parametrize(
    ("wanted", "size"),
    [((0, 0), (30, 20)), ((60, 0), (60, 40)), ((0, 10), (15, 10)), ((7, 9), (7, 9)), ((1, 0), (1, 1))],
)
def test_a_side_of_zero_follows_from_the_other(wanted: tuple[int, int], size: tuple[int, int]) -> None:
    assert fit_size(*wanted, old_width=30, old_height=20) == size


def test_slerp_walks_the_circle_at_even_angles_and_lengths() -> None:
    start = torch.tensor([1.0, 0.0]).reshape(1, 2, 1, 1)
    end = torch.tensor([0.0, 3.0]).reshape(1, 2, 1, 1)
    points = [slerp(start, end, torch.tensor(t)).flatten() for t in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert [round(point.norm().item(), 5) for point in points] == [1.0, 1.5, 2.0, 2.5, 3.0]
    angles = [math.atan2(point[1], point[0]) for point in points]
    assert all(abs(b - a - math.pi / 8) < 1e-5 for a, b in pairwise(angles))


@given(st.integers(1, 12), st.integers(1, 12))
def test_bislerp_keeps_lengths_where_bilinear_shrinks_them(width: int, height: int) -> None:
    samples = F.normalize(torch.randn(1, 4, 5, 6, generator=torch.Generator().manual_seed(1)), dim=1)
    scaled = resize(samples, width, height, method="bislerp", crop="disabled")
    assert scaled.shape == (1, 4, height, width)
    assert torch.allclose(scaled.norm(dim=1), torch.ones(1, height, width), atol=1e-4)


def test_bislerp_at_the_same_size_and_on_zeros_changes_nothing() -> None:
    samples = torch.randn(1, 4, 5, 6, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(resize(samples, 6, 5, method="bislerp", crop="disabled"), samples, atol=1e-5)
    assert not resize(torch.zeros(1, 4, 3, 3), 7, 7, method="bislerp", crop="disabled").any()


def test_paste_replaces_and_cuts_at_the_border() -> None:
    below, above = torch.zeros(2, 4, 6, 6), torch.ones(1, 4, 4, 4)
    result = paste(below, above, x=4, y=1)
    assert result[:, :, 1:5, 4:].min() == 1
    assert result.sum() == 2 * 4 * 4 * 2
    assert not below.any()
    assert not paste(below, above, x=9, y=0).any()


def test_feather_ramps_only_along_inner_edges() -> None:
    result = paste(torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 6), x=2, y=0, feather=4)
    assert torch.allclose(result[0, 0, 3], torch.tensor([0, 0, 0.25, 0.5, 0.75, 1, 1, 1]))
    assert torch.equal(result[0, 0, 0], result[0, 0, 7])


def test_latents_of_other_families_cannot_be_pasted() -> None:
    with pytest.raises(CompositeError, match="16 channels"):
        paste(torch.zeros(1, 4, 4, 4), torch.zeros(1, 16, 4, 4), x=0, y=0)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("multiply", 0.24), ("add", 1.0), ("subtract", 0.0), ("and", 0.0), ("or", 1.0), ("xor", 1.0)],
)
def test_mask_operations(operation: MaskOperation, expected: float) -> None:
    below, above = torch.full((1, 4, 4), 0.4), torch.full((1, 2, 2), 0.6)
    result = combine_masks(below, above, x=1, y=1, operation=operation)
    assert torch.allclose(result[0, 1:3, 1:3], torch.tensor(expected))
    assert result[0, 0, 0] == pytest.approx(0.4)
    assert torch.equal(below, torch.full((1, 4, 4), 0.4))
