"""Cutting, turning, framing, joining and regrouping pictures: what is left of them is as it was."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

Nodes = Mapping[str, Callable[..., Any]]


def picture(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def test_crop_is_cut_at_the_border(nodes: Nodes) -> None:
    image = picture(2, 6, 8, 3)
    assert torch.equal(nodes["ImageCrop"](image=image, width=4, height=2, x=1, y=3), image[:, 3:5, 1:5])
    assert torch.equal(nodes["ImageCrop"](image=image, width=9, height=9, x=7, y=0), image[:, :, 7:])
    assert nodes["ImageCrop"](image=image, width=9, height=9, x=99, y=99).shape == (2, 1, 1, 3)


def test_flip_and_rotate(nodes: Nodes) -> None:
    image = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)

    def turned(class_id: str, **inputs: Any) -> list[float]:
        result: list[float] = nodes[class_id](image=image, **inputs).flatten().tolist()
        return result

    assert turned("ImageFlip", flip_method="x-axis: vertically") == [3, 4, 1, 2]
    assert turned("ImageFlip", flip_method="y-axis: horizontally") == [2, 1, 4, 3]
    assert turned("ImageRotate", rotation="none") == [1, 2, 3, 4]
    assert turned("ImageRotate", rotation="90 degrees") == [3, 1, 4, 2], "clockwise"
    assert turned("ImageRotate", rotation="180 degrees") == [4, 3, 2, 1]
    assert turned("ImageRotate", rotation="270 degrees") == [2, 4, 1, 3]


@pytest.mark.parametrize(("megapixels", "size"), [(0.01, (72, 145)), (0.25, (362, 724))])
def test_scale_to_total_pixels(nodes: Nodes, megapixels: float, size: tuple[int, int]) -> None:
    scaled = nodes["ImageScaleToTotalPixels"](
        image=picture(1, 10, 20, 3), upscale_method="nearest-exact", megapixels=megapixels
    )
    assert scaled.shape[1:3] == size


def test_scale_to_max_dimension(nodes: Nodes) -> None:
    scale = nodes["ImageScaleToMaxDimension"]
    assert scale(image=picture(1, 10, 20, 3), upscale_method="area", largest_size=40).shape[1:3] == (20, 40)
    assert scale(image=picture(1, 20, 10, 3), upscale_method="area", largest_size=5).shape[1:3] == (5, 2)
    assert scale(image=picture(1, 20, 10, 3), upscale_method="lanczos", largest_size=0).shape[1:3] == (20, 10)


def test_resize_and_pad_keeps_the_aspect_in_the_middle(nodes: Nodes) -> None:
    image = torch.full((1, 10, 20, 3), 0.5)
    padded = nodes["ResizeAndPadImage"](
        image=image, target_width=40, target_height=40, padding_color="white", interpolation="bilinear"
    )
    assert padded.shape == (1, 40, 40, 3)
    assert padded[0, 10:30].unique().tolist() == [0.5]
    assert padded[0, :10].unique().tolist() == padded[0, 30:].unique().tolist() == [1.0]


def test_pad_for_outpaint(nodes: Nodes) -> None:
    image = picture(1, 8, 8, 3)
    padded, mask = nodes["ImagePadForOutpaint"](image=image, left=8, top=0, right=0, bottom=16, feathering=2)
    assert padded.shape == (1, 24, 16, 3)
    assert mask.shape == (1, 24, 16)
    assert torch.equal(padded[:, :8, 8:], image)
    assert padded[:, 8:].unique().tolist() == [0.5]
    assert mask[0, 8:].min() == mask[0, :, :8].min() == 1
    assert mask[0, 0, 8:].tolist() == [1, 0.25, 0, 0, 0, 0, 0, 0], "quadratic, only from the side that has a border"
    assert mask[0, :8, 15].tolist() == [0, 0, 0, 0, 0, 0, 0, 0.25]


def test_a_feather_that_leaves_nothing_is_left_out(nodes: Nodes) -> None:
    _, mask = nodes["ImagePadForOutpaint"](image=picture(1, 8, 8, 3), left=8, top=0, right=0, bottom=0, feathering=4)
    assert mask[0, 0].tolist() == [1] * 8 + [0] * 8


def test_stitch_directions_and_spacing(nodes: Nodes) -> None:
    one, two = torch.full((1, 2, 2, 3), 0.25), torch.full((1, 2, 2, 3), 0.75)

    def row(direction: str) -> list[float]:
        joined = nodes["ImageStitch"](
            image1=one, image2=two, direction=direction, match_image_size=True, spacing_width=2, spacing_color="red"
        )[0, :, :, 0]
        result: list[float] = (joined[0] if direction in ("right", "left") else joined[:, 0]).tolist()
        return result

    assert row("right") == row("down") == [0.25, 0.25, 1, 1, 0.75, 0.75]
    assert row("left") == row("up") == [0.75, 0.75, 1, 1, 0.25, 0.25]
    assert nodes["ImageStitch"](image1=one) is one


def test_stitch_of_other_sizes_batches_and_channels(nodes: Nodes) -> None:
    one, two = picture(1, 4, 6, 3), picture(3, 8, 4, 4)
    scaled = nodes["ImageStitch"](image1=one, image2=two, match_image_size=True, spacing_width=4)
    assert scaled.shape == (3, 4, 6 + 4 + 2, 4)
    assert torch.equal(scaled[2, :, :6, :3], one[0])
    assert scaled[..., :10, 3].min() == 1
    centred = nodes["ImageStitch"](image1=one, image2=two, match_image_size=False)
    assert centred.shape == (3, 8, 10, 4)
    assert torch.equal(centred[0, 2:6, :6, :3], one[0])
    assert not centred[0, :2, :6].any()


def test_batches(nodes: Nodes) -> None:
    image = picture(5, 2, 2, 3)
    assert torch.equal(nodes["ImageFromBatch"](image=image, batch_index=3, length=9), image[3:])
    assert torch.equal(nodes["ImageFromBatch"](image=image, batch_index=99, length=1), image[4:])
    assert torch.equal(nodes["RepeatImageBatch"](image=image, amount=2), torch.cat([image, image]))


def test_rebatch_begins_anew_at_another_size(nodes: Nodes) -> None:
    batches = nodes["RebatchImages"](
        images=[picture(3, 2, 2, 3), picture(2, 2, 2, 3), picture(1, 4, 4, 3)], batch_size=[4]
    )
    assert [tuple(batch.shape) for batch in batches] == [(4, 2, 2, 3), (1, 2, 2, 3), (1, 4, 4, 3)]
    assert torch.equal(batches[0][3], picture(2, 2, 2, 3)[0])
