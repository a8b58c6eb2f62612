"""Drawings: what is on them, and that it lies where it should."""

import pytest
import torch
from torch import Tensor

from nodegraph.media.figures.lettering import fitted, height, width
from nodegraph.media.figures.palette import LINES, PAPER, heat, signed
from nodegraph.media.figures.plot import Curve, draw_plot
from nodegraph.media.figures.sheet import Tile, blend, draw_sheet
from nodegraph.media.figures.table import draw_table

BLUE = torch.tensor([0.0, 0.0, 1.0])


def colour(rgb: tuple[int, int, int]) -> Tensor:
    return torch.tensor(rgb) / 255


def is_near(picture: Tensor, rgb: Tensor, within: float = 0.02) -> Tensor:
    """``h w``: where a picture ``1 h w 3`` has a colour."""
    return ((picture[0] - rgb).abs() < within).all(dim=-1)


def test_heat_grows_brighter_and_signed_values_are_white_between() -> None:
    brightness = heat(torch.linspace(0, 1, 33)[None]).mean(dim=-1)[0]
    assert (brightness.diff() > 0).all()
    below, none, above = signed(torch.tensor([[-1.0, 0.0, 1.0]]))[0]
    assert none.min() > 0.95
    assert below[2] > below[0]
    assert above[0] > above[2]


def test_what_is_no_number_has_a_colour_too() -> None:
    assert torch.isfinite(heat(torch.tensor([[float("nan"), float("inf"), -5.0]]))).all()


def test_a_text_that_is_too_long_is_cut_with_dots() -> None:
    cut = fitted("a very long caption indeed", 13, 80)
    assert cut.endswith("...")
    assert 40 < width(cut, 13) <= 80
    assert fitted("short", 13, 80) == "short"
    assert height("", 13) == 0
    assert height("a\nb", 13) == 2 * height("a", 13)


def test_tiles_lie_in_rows_and_columns_and_an_empty_place_is_paper() -> None:
    tile = Tile(BLUE.expand(2, 4, 3), cells=True)
    drawn = draw_sheet([[tile, tile], [tile, None]], side=40)
    blue = is_near(drawn, BLUE)
    assert blue.sum() == 3 * 40 * 20
    assert is_near(drawn, colour(PAPER)).sum() == drawn[0, ..., 0].numel() - blue.sum()
    assert blue.any(dim=1).sum() == 40, "two rows of 20"
    assert blue.any(dim=0).sum() == 80, "two columns of 40"


def test_letters_make_room_for_themselves() -> None:
    tile = Tile(BLUE.expand(4, 4, 3), "two\nlines")
    plain = draw_sheet([[Tile(tile.picture)]], side=40)
    told = draw_sheet([[tile]], heads=["head"], names=["name"], side=40)
    assert told.shape[1] >= plain.shape[1] + height("a\nb", 13)
    assert told.shape[2] > plain.shape[2] + width("name", 13)
    assert is_near(told, BLUE).sum() == 40 * 40, "nothing is written over the picture"


def test_what_is_laid_over_a_picture_is_over_its_grey() -> None:
    red = torch.tensor([0.9, 0.0, 0.0]).expand(2, 2, 3)
    assert torch.allclose(blend(red, red, 0.0), torch.full((2, 2, 3), 0.3))
    assert torch.equal(blend(red, red, 1.0), red)


def test_a_curve_falls_where_its_values_fall() -> None:
    drawn = draw_plot([Curve("falling", [4.0, 3.0, 2.0, 1.0, 0.0])], scales=["linear"], value="sigma")
    on_curve = is_near(drawn, colour(LINES[0]), within=0.1)[:, :470]
    columns = on_curve.any(dim=0).nonzero()[:, 0]
    first, last = (on_curve[:, column].nonzero().float().mean() for column in (columns[0], columns[-1]))
    assert last - first > 200
    assert columns[-1] - columns[0] > 380


def test_both_scales_lie_side_by_side_and_zero_is_no_hindrance() -> None:
    curves = [Curve("one", [10.0, 1.0, 0.1, 0.0]), Curve("another", [5.0, 0.0])]
    one = draw_plot(curves, scales=["logarithmic"], value="sigma")
    both = draw_plot(curves, scales=["linear", "logarithmic"], value="sigma")
    assert both.shape[1] == one.shape[1]
    assert both.shape[2] > one.shape[2] + 400


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0], [1e-3, 5e3], [float(n) for n in range(300, 0, -1)]])
def test_any_levels_can_be_plotted(values: list[float]) -> None:
    drawn = draw_plot([Curve("x" * 200, values)], scales=["linear", "logarithmic"], value="sigma")
    assert is_near(drawn, colour(LINES[0]), within=0.1).any()
    assert drawn.shape[2] < 1400


def test_the_highest_of_a_row_has_a_frame_and_the_highest_of_all_is_brightest() -> None:
    values = torch.tensor([[0.0, 0.5], [1.0, 0.9]])
    pictures = [BLUE.expand(8, 8, 3)] * 2
    told = [["", ""], ["", ""]]
    drawn = draw_table(
        pictures, ["one", "a text of many words that takes more lines than there are " * 3], values, told
    )
    assert is_near(drawn, BLUE).sum() == 2 * 8 * 8, "pictures are not enlarged"
    lowest, highest = heat(torch.tensor([[0.0, 1.0]]))[0]
    dark, bright = is_near(drawn, lowest), is_near(drawn, highest)
    assert dark.sum() > bright.sum() > 10_000, "the frame covers a little of the highest"
    assert dark.nonzero().float().mean(dim=0)[0] < bright.nonzero().float().mean(dim=0)[0], "the first row is above"
