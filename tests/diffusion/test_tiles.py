"""Tiles cover a plane, and joined again they are the plane."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.tiles import TilesError, closed, joined, starts, windows


@given(length=st.integers(1, 99), size=st.integers(1, 40), shared=st.integers(0, 39))
def test_starts_cover_the_length_and_share_at_least_the_overlap(length: int, size: int, shared: int) -> None:
    overlap = min(shared, size - 1)
    found = starts(length, size, overlap)
    assert found[0] == 0
    assert found[-1] == max(0, length - size), "the last ends where the plane does"
    assert all(0 < after - before <= size - overlap for before, after in itertools.pairwise(found))


@given(
    height=st.integers(1, 30),
    width=st.integers(1, 30),
    tile_height=st.integers(1, 12),
    tile_width=st.integers(1, 12),
    shared=st.integers(0, 11),
    seed=st.integers(0, 99),
)
def test_a_plane_cut_and_joined_is_the_plane(
    height: int, width: int, tile_height: int, tile_width: int, shared: int, seed: int
) -> None:
    overlap = min(shared, tile_height - 1, tile_width - 1)
    plane = torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(seed))
    places = windows(height, width, tile_height=tile_height, tile_width=tile_width, overlap=overlap)
    tiles = [place.of(plane) for place in places]
    assert {tile.shape for tile in tiles} == {(2, 3, min(tile_height, height), min(tile_width, width))}
    torch.testing.assert_close(joined(tiles, places, feather=overlap), plane)


def test_one_tile_fades_into_the_next() -> None:
    places = windows(1, 12, tile_height=1, tile_width=8, overlap=4)
    mixed = joined([torch.zeros(1, 1, 1, 8), torch.ones(1, 1, 1, 8)], places, feather=4).flatten()
    torch.testing.assert_close(mixed, torch.tensor([0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1]))


@given(length=st.integers(1, 12), data=st.data(), axis=st.sampled_from([-2, -1]))
def test_what_goes_around_and_begins_again_is_closed(length: int, data: st.DataObject, axis: int) -> None:
    shared = data.draw(st.integers(0, length))
    around = torch.rand(1, 2, length, length)
    again = torch.cat([around, around.narrow(axis, 0, shared)], dim=axis)
    torch.testing.assert_close(closed(again, shared, axis), around)


def test_the_end_fades_into_the_beginning() -> None:
    plane = torch.tensor([0.0, 0, 0, 5, 5, 5, 1, 1, 1]).reshape(1, 1, 1, 9)
    torch.testing.assert_close(closed(plane, 3, -1).flatten(), torch.tensor([0.75, 0.5, 0.25, 5, 5, 5]))


def test_a_scaled_window_is_the_same_place_of_a_larger_plane() -> None:
    plane = torch.arange(12.0).reshape(3, 4)
    larger = plane.repeat_interleave(2, 0).repeat_interleave(2, 1)
    for place in windows(3, 4, tile_height=2, tile_width=2, overlap=1):
        assert torch.equal(place.scaled(2).of(larger)[::2, ::2], place.of(plane))


def test_tiles_that_share_all_of_themselves_are_refused() -> None:
    with pytest.raises(TilesError, match="overlap is 4, and a tile 8 by 4"):
        windows(9, 9, tile_height=4, tile_width=8, overlap=4)
    assert len(windows(3, 3, tile_height=4, tile_width=4, overlap=4)) == 1, "one tile shares nothing"
