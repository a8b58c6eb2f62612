"""Masks grown, faded and cut; pictures and latents laid over each other through them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from scipy import ndimage

from nodegraph.errors import UserError
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


def rand(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("tapered", [True, False])
@pytest.mark.parametrize("by", [-3, -1, 0, 1, 4])
def test_grow_is_grey_dilation_and_erosion(nodes: Nodes, by: int, tapered: bool) -> None:
    mask = rand(2, 9, 12)
    grown = nodes["GrowMask"](mask=mask, expand=by, tapered_corners=tapered)
    footprint = ndimage.generate_binary_structure(2, 1 if tapered else 2)
    step = ndimage.grey_dilation if by > 0 else ndimage.grey_erosion
    for item, expected in zip(grown, mask.numpy(), strict=True):
        for _ in range(abs(by)):
            expected = step(expected, footprint=footprint)
        assert np.array_equal(item.numpy(), expected)


def test_a_mask_that_grows_without_end_covers_all(nodes: Nodes) -> None:
    mask = torch.zeros(5, 7)
    mask[0, 0] = 1
    assert nodes["GrowMask"](mask=mask, expand=16384, tapered_corners=True).min() == 1
    assert nodes["GrowMask"](mask=mask, expand=-16384, tapered_corners=True).max() == 0


def test_feather(nodes: Nodes) -> None:
    feathered = nodes["FeatherMask"](mask=torch.ones(1, 4, 6), left=4, top=0, right=2, bottom=0)
    assert feathered[0, 2].tolist() == [0.25, 0.5, 0.75, 1.0, 1.0, 0.5]
    corner = nodes["FeatherMask"](mask=torch.ones(1, 4, 4), left=2, top=2, right=0, bottom=0)
    assert corner[0, 0, 0] == 0.25
    beyond = nodes["FeatherMask"](mask=torch.ones(1, 1, 2), left=99, top=0, right=0, bottom=0)
    assert beyond.flatten().tolist() == [0.5, 1.0], "no wider than the mask"


def test_crop_threshold_and_colour(nodes: Nodes) -> None:
    mask = rand(1, 4, 6)
    assert torch.equal(nodes["CropMask"](mask=mask[0], x=4, y=1, width=9, height=2), mask[:, 1:3, 4:])
    values = torch.tensor([[0.2, 0.5, 0.7]])
    assert nodes["ThresholdMask"](mask=values, value=0.5).tolist() == [[0, 0, 1]]
    image = torch.tensor([[0x33, 0x66, 0xCC], [0x33, 0x66, 0xCD]]).reshape(1, 1, 2, 3) / 255
    assert nodes["ImageColorToMask"](image=image, color=0x3366CC).flatten().tolist() == [1, 0]
    with pytest.raises(UserError, match="image has 1 channels"):
        nodes["ImageColorToMask"](image=image[..., :1], color=0)


def test_masks_from_files_and_to_the_eye(nodes: Nodes, ctx: Context) -> None:
    Pillow.new("RGBA", (6, 4), (255, 51, 0, 0)).save(ctx.files.input / "a.png")
    assert nodes["LoadImageMask"](ctx, image="a.png", channel="alpha").unique().tolist() == [1]
    green = nodes["LoadImageMask"](ctx, image="a.png", channel="green")
    assert green.shape == (1, 4, 6)
    assert torch.allclose(green, torch.tensor(0.2))
    (entry,) = nodes["MaskPreview"](ctx, mask=torch.full((4, 6), 0.5)).ui["images"]
    with Pillow.open(ctx.files.temp / entry["filename"]) as shown:
        assert (shown.size, shown.getpixel((0, 0))) == ((6, 4), 127)


def test_pictures_are_laid_where_the_mask_is(nodes: Nodes) -> None:
    below, above = torch.zeros(2, 4, 4, 3), torch.ones(1, 2, 2, 4)
    mask = torch.tensor([[1.0, 0.25], [0.0, 1.0]])
    result = nodes["ImageCompositeMasked"](destination=below, source=above, x=3, y=1, resize_source=False, mask=mask)
    assert result[1, :, :, 0].nonzero().tolist() == [[1, 3]], "the rest reaches over the border"
    assert not below.any()
    fitted = nodes["ImageCompositeMasked"](destination=below, source=above, resize_source=True, mask=torch.ones(1, 1))
    assert fitted.shape == (2, 4, 4, 3)
    assert fitted.min() == 1


def test_latents_are_laid_in_cells(nodes: Nodes) -> None:
    below = {"samples": torch.zeros(2, 4, 4, 4), "noise_mask": torch.ones(1, 1, 4, 4)}
    above = {"samples": torch.ones(1, 4, 2, 2)}
    result = nodes["LatentCompositeMasked"](destination=below, source=above, x=8, y=16)
    assert result["samples"][1, 0].nonzero().tolist() == [[2, 1], [2, 2], [3, 1], [3, 2]]
    assert result["noise_mask"] is below["noise_mask"]
    with pytest.raises(UserError, match="source has 16 channels"):
        nodes["LatentCompositeMasked"](destination=below, source={"samples": torch.ones(1, 16, 2, 2)})


def test_alpha_is_the_opposite_of_a_mask(nodes: Nodes) -> None:
    image, mask = rand(2, 4, 6, 3), torch.full((1, 2, 3), 0.25)
    joined = nodes["JoinImageWithAlpha"](image=image, alpha=mask)
    assert joined.shape == (2, 4, 6, 4)
    assert joined[..., 3].unique().tolist() == [0.75]
    colours, transparent = nodes["SplitImageWithAlpha"](image=joined)
    assert torch.equal(colours, image)
    assert transparent.unique().tolist() == [0.25]
    assert nodes["SplitImageWithAlpha"](image=image)[1].max() == 0


def composite(nodes: Nodes, mode: str, source: float, alpha: float, below: float, below_alpha: float) -> list[float]:
    """The colour and alpha of one pixel over another."""
    colours, transparent = nodes["PorterDuffImageComposite"](
        source=torch.full((1, 1, 1, 3), source),
        source_alpha=torch.full((1, 1, 1), 1 - alpha),
        destination=torch.full((1, 1, 1, 3), below),
        destination_alpha=torch.full((1, 1, 1), 1 - below_alpha),
        mode=mode,
    )
    return [round(colours.mean().item(), 4), round(1 - transparent.item(), 4)]


@pytest.mark.parametrize(
    ("mode", "opaque", "half"),
    [
        ("ADD", [1.0, 1.0], [0.5, 1.0]),
        ("CLEAR", [0, 0], [0, 0]),
        ("DARKEN", [0.2, 1.0], [0.4, 0.75]),
        ("DST", [0.2, 1.0], [0.2, 0.5]),
        ("DST_ATOP", [0.2, 1.0], [0.5, 0.5]),
        ("DST_IN", [0.2, 1.0], [0.2, 0.25]),
        ("DST_OUT", [0, 0], [0.2, 0.25]),
        ("DST_OVER", [0.2, 1.0], [0.4, 0.75]),
        ("LIGHTEN", [0.8, 1.0], [0.6, 0.75]),
        ("MULTIPLY", [0.16, 1.0], [0.16, 0.25]),
        ("OVERLAY", [0.32, 1.0], [0.44, 0.75]),
        ("SCREEN", [0.84, 1.0], [0.6133, 0.75]),
        ("SRC", [0.8, 1.0], [0.8, 0.5]),
        ("SRC_ATOP", [0.8, 1.0], [0.5, 0.5]),
        ("SRC_IN", [0.8, 1.0], [0.8, 0.25]),
        ("SRC_OUT", [0, 0], [0.8, 0.25]),
        ("SRC_OVER", [0.8, 1.0], [0.6, 0.75]),
        ("XOR", [0, 0], [0.5, 0.5]),
    ],
)
def test_porter_duff(nodes: Nodes, mode: str, opaque: list[float], half: list[float]) -> None:
    assert composite(nodes, mode, 0.8, 1.0, 0.2, 1.0) == opaque
    assert composite(nodes, mode, 0.8, 0.5, 0.2, 0.5) == half


def test_porter_duff_fits_all_to_the_source(nodes: Nodes) -> None:
    colours, transparent = nodes["PorterDuffImageComposite"](
        source=rand(2, 4, 6, 3),
        source_alpha=torch.ones(1, 64, 64),
        destination=rand(1, 8, 8, 4),
        destination_alpha=torch.zeros(1, 3, 3),
        mode="SRC_OVER",
    )
    assert (colours.shape, transparent.shape) == ((2, 4, 6, 3), (2, 4, 6))
    assert transparent.max() == 0
