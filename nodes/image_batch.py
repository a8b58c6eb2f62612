"""Batches of pictures, ``b h w c``, and masks: joining, taking items out, repeating and regrouping them."""

from collections.abc import Mapping
from typing import Annotated

import torch
from torch import Tensor

from nodegraph.media.geometry import opaque, rebatch
from nodegraph.media.resize import fit_images
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Growing, ListOutput, Range
from nodegraph.packs.one_value import one_value, widget
from nodegraph.packs.types import Image, Mask

_ONE = widget(1)


@node("ImageFromBatch", category="image/batch", display_name="Image From Batch")
def image_from_batch(
    *, image: Image, batch_index: Annotated[int, Range(0, 4095)] = 0, length: Annotated[int, Range(1, 4096)] = 1
) -> Image:
    """Take pictures out of a batch; past its end, as many as there are."""
    start = min(batch_index, image.shape[0] - 1)
    return image[start : start + length]


@node("RepeatImageBatch", category="image/batch", display_name="Repeat Image Batch")
def repeat_image_batch(*, image: Image, amount: Annotated[int, Range(1, 4096)] = 1) -> Image:
    """Repeat a batch."""
    return image.repeat(amount, 1, 1, 1)


@node("RebatchImages", category="image/batch", display_name="Rebatch Images", takes_lists=True)
def rebatch_images(
    *, images: list[Image], batch_size: Annotated[list[int], Range(1, 4096)] = _ONE
) -> Annotated[list[Image], ListOutput()]:
    """Regroup pictures to batches of a size, each of which is computed by itself from here on."""
    return rebatch(images, one_value(batch_size, "batch_size"))


@node("BatchImagesNode", category="image/batch", display_name="Batch Images (Many)")
def batch_images(*, images: Annotated[Mapping[str, Image], Growing("image")]) -> Image:
    """Join pictures to a batch. All are scaled and cut to the first's size; those without alpha are made opaque."""
    channels = max(image.shape[3] for image in images.values())
    return _joined([opaque(image, channels) for image in images.values()])


@node("BatchMasksNode", category="mask", display_name="Batch Masks")
def batch_masks(*, masks: Annotated[Mapping[str, Mask], Growing("mask")]) -> Mask:
    """Join masks to a batch. All are scaled and cut to the first's size."""
    return _joined([mask.reshape(-1, *mask.shape[-2:], 1) for mask in masks.values()])[..., 0]


def _joined(batches: list[Tensor]) -> Tensor:
    """``b h w c`` of several sizes, at the first's."""
    return torch.cat([fit_images(batch, batches[0], method="bilinear") for batch in batches])
