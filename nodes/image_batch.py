"""Batches of pictures, ``b h w c``: taking items out, repeating and regrouping them."""

from typing import Annotated, Any

from nodegraph.media.geometry import rebatch
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ListOutput, Range
from nodegraph.packs.types import Image

_ONE: Any = 1
"""What a widget begins with, where the function itself is given lists."""


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
    return rebatch(images, batch_size[0])
