"""Pictures prepared for a data set, ``b h w c``: brightness, contrast, crops, sizes, grids, and no picture twice."""

from typing import Annotated

import torch
from torch import Tensor

from nodegraph.diffusion.noise import generator
from nodegraph.errors import UserError
from nodegraph.media.collections import grid, without_duplicates
from nodegraph.media.resize import fit_size, resize_images
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ListOutput, Named, Range, Tooltip
from nodegraph.packs.one_value import one_value, widget
from nodegraph.packs.types import MAX_SEED, Image

CATEGORY = "dataset/image"

Images = Annotated[Image, Named("images")]
Factor = Annotated[float, Range(0.0, 2.0), Tooltip("1 changes nothing.")]
Side = Annotated[int, Range(1, 8192)]


class NoPicturesError(UserError):
    """A list of pictures that holds none."""


_COLUMNS = widget(4)
_CELL = widget(256)
_PADDING = widget(4)
_ALIKE = widget(0.95)


@node("AdjustBrightness", category=CATEGORY, display_name="Adjust Brightness")
def adjust_brightness(*, images: Image, factor: Factor = 1.0) -> Images:
    """Make pictures darker or brighter: every value times a factor."""
    return _with_colours(images, images[..., :3] * factor)


@node("AdjustContrast", category=CATEGORY, display_name="Adjust Contrast")
def adjust_contrast(*, images: Image, factor: Factor = 1.0) -> Images:
    """Move every value away from the middle grey, or towards it."""
    return _with_colours(images, (images[..., :3] - 0.5) * factor + 0.5)


@node("NormalizeImages", category=CATEGORY, display_name="Normalize Images")
def normalize_images(
    *,
    images: Image,
    mean: Annotated[float, Range(0.0, 1.0)] = 0.5,
    std: Annotated[float, Range(0.001, 1.0)] = 0.5,
) -> Images:
    """Subtract a mean and divide by a spread: 0.5 and 0.5 make -1..1 of 0..1."""
    return (images - mean) / std


@node("CenterCropImages", category=CATEGORY, display_name="Center Crop Images")
def center_crop_images(*, images: Image, width: Side = 512, height: Side = 512) -> Images:
    """Cut the middle out of pictures; of a smaller one all that is there."""
    down, across = max(0, images.shape[1] - height), max(0, images.shape[2] - width)
    return _cut(images, down // 2, across // 2, width, height)


@node("RandomCropImages", category=CATEGORY, display_name="Random Crop Images")
def random_crop_images(
    *, images: Image, width: Side = 512, height: Side = 512, seed: Annotated[int, Range(0, MAX_SEED)] = 0
) -> Images:
    """Cut a part out of pictures; pictures of one size are cut alike for one seed, of a smaller one all is taken."""
    down, across = max(0, images.shape[1] - height), max(0, images.shape[2] - width)
    top, left = torch.rand(2, generator=generator(seed), dtype=torch.float64).tolist()
    return _cut(images, int(top * (down + 1)), int(left * (across + 1)), width, height)


@node("ResizeImagesByShorterEdge", category=CATEGORY, display_name="Resize Images by Shorter Edge")
def resize_images_by_shorter_edge(*, images: Image, shorter_edge: Side = 512) -> Images:
    """Scale pictures until their shorter side has a length, and keep their aspect."""
    return _scaled(images, shorter_edge, across=images.shape[2] < images.shape[1])


@node("ResizeImagesByLongerEdge", category=CATEGORY, display_name="Resize Images by Longer Edge")
def resize_images_by_longer_edge(*, images: Image, longer_edge: Side = 1024) -> Images:
    """Scale pictures until their longer side has a length, and keep their aspect."""
    return _scaled(images, longer_edge, across=images.shape[2] >= images.shape[1])


@node("ImageGrid", category=CATEGORY, display_name="Image Grid", takes_lists=True)
def image_grid(
    *,
    images: list[Image],
    columns: list[Annotated[int, Range(1, 20)]] = _COLUMNS,
    cell_width: list[Annotated[int, Range(32, 2048)]] = _CELL,
    cell_height: list[Annotated[int, Range(32, 2048)]] = _CELL,
    padding: list[Annotated[int, Range(0, 50), Tooltip("Pixels between pictures.")]] = _PADDING,
) -> Images:
    """Lay pictures out in rows, each as large as fits into its cell."""
    pictures = [picture for batch in images for picture in batch]
    if not pictures:
        raise NoPicturesError("images is an empty list: there is no grid of nothing.")
    return grid(
        pictures,
        columns=one_value(columns, "columns"),
        width=one_value(cell_width, "cell_width"),
        height=one_value(cell_height, "cell_height"),
        padding=one_value(padding, "padding"),
    )


@node("ImageDeduplication", category=CATEGORY, display_name="Image Deduplication", takes_lists=True)
def image_deduplication(
    *,
    images: list[Image],
    similarity_threshold: list[
        Annotated[float, Range(0.0, 1.0), Tooltip("Of two pictures that are at least so similar the first is kept.")]
    ] = _ALIKE,
) -> Annotated[list[Image], ListOutput(), Named("images")]:
    """Leave out pictures that are the same as an earlier one, or nearly."""
    pictures = (picture for batch in images for picture in batch)
    threshold = one_value(similarity_threshold, "similarity_threshold")
    return [picture[None] for picture in without_duplicates(pictures, threshold)]


def _with_colours(images: Tensor, colours: Tensor) -> Tensor:
    """Other colours, within 0..1; the alpha stays."""
    return torch.cat([colours.clamp(0, 1), images[..., 3:]], dim=-1)


def _cut(images: Tensor, top: int, left: int, width: int, height: int) -> Tensor:
    return images[:, top : top + height, left : left + width]


def _scaled(images: Tensor, side: int, *, across: bool) -> Tensor:
    """With a width, or a height, of ``side``."""
    size = fit_size(side if across else 0, 0 if across else side, old_width=images.shape[2], old_height=images.shape[1])
    return resize_images(images, *size, method="lanczos", crop="disabled")
