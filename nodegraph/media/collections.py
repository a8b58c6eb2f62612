"""Many pictures at once: laid out in a grid, and those found that are as good as the same.

Shapes: pictures are ``h w c`` or batches ``b h w c`` in 0..1, of any sizes.
"""

from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from nodegraph.media.geometry import opaque
from nodegraph.media.resize import resize_images

_HASH = 8
"""Cells a side of what a picture is compared by."""


def grid(pictures: Sequence[Tensor], *, columns: int, width: int, height: int, padding: int) -> Tensor:
    """``1 H W c``: pictures in rows of ``columns``, each as large as fits into its cell and in its middle, on black."""
    channels = max(picture.shape[2] for picture in pictures)
    across, down = min(columns, len(pictures)), -(-len(pictures) // columns)
    sheet = torch.zeros(1, down * (height + padding) - padding, across * (width + padding) - padding, channels)
    sheet[..., 3:] = 1.0
    for place, picture in enumerate(pictures):
        fitted = _fitted(opaque(picture[None], channels), width, height)
        top = place // columns * (height + padding) + (height - fitted.shape[1]) // 2
        left = place % columns * (width + padding) + (width - fitted.shape[2]) // 2
        sheet[:, top : top + fitted.shape[1], left : left + fitted.shape[2]] = fitted
    return sheet


def _fitted(image: Tensor, width: int, height: int) -> Tensor:
    """Scaled until it touches the borders of a rectangle."""
    factor = min(width / image.shape[2], height / image.shape[1])
    size = max(1, round(image.shape[2] * factor)), max(1, round(image.shape[1] * factor))
    return resize_images(image, *size, method="lanczos", crop="disabled")


def without_duplicates(pictures: Iterable[Tensor], threshold: float) -> list[Tensor]:
    """The pictures without those that are at least as similar as ``threshold`` to one before them that is kept.

    Similarity is the share of equal bits in two average hashes (8 × 8 cells, brighter than their mean or not; Krawetz
    2011, "Looks Like It"), or how close the mean colours are, whichever is less: flat pictures have equal hashes.
    """
    kept: list[Tensor] = []
    bits: list[Tensor] = []
    colours: list[Tensor] = []
    for picture in pictures:
        hash, colour = _average_hash(picture), picture[..., :3].float().mean(dim=(0, 1))
        if kept:
            alike = (torch.stack(bits) == hash).float().mean(dim=1)
            near = 1 - (torch.stack(colours) - colour).abs().amax(dim=1)
            if float(torch.minimum(alike, near).max()) >= threshold:
                continue
        kept.append(picture)
        bits.append(hash)
        colours.append(colour)
    return kept


def _average_hash(picture: Tensor) -> Tensor:
    grey = rearrange(picture[..., :3].float().mean(dim=-1), "h w -> 1 1 h w")
    cells = F.interpolate(grey, size=(_HASH, _HASH), mode="area").flatten()
    return cells > cells.mean() + 1e-6  # what is flat has no brighter cells by rounding
