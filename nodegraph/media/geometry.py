"""Cutting, turning and framing pictures and masks. No values are computed: what is left of a picture is as it was.

Shapes: b batch, h height, w width, c channels. Pictures are ``b h w c``.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

BORDER_GREY = 0.5
"""What is to be painted over later: half way between black and white."""


def window(x: int, y: int, width: int, height: int, *, old_width: int, old_height: int) -> tuple[slice, slice]:
    """Rows and columns of a rectangle within a picture; it begins inside, and what reaches over the border is cut."""
    left, top = min(x, old_width - 1), min(y, old_height - 1)
    return slice(top, min(top + height, old_height)), slice(left, min(left + width, old_width))


def opaque(images: Tensor, channels: int) -> Tensor:
    """``b h w c`` with channels of ones added up to ``channels``: a picture without alpha covers all."""
    return F.pad(images, (0, channels - images.shape[3]), value=1.0)


def repeat_last(images: Tensor, count: int) -> Tensor:
    """A batch lengthened to ``count`` items by its last one."""
    missing = count - images.shape[0]
    return images if missing <= 0 else torch.cat([images, images[-1:].expand(missing, *images.shape[1:])])


def pad_for_outpaint(
    images: Tensor, *, left: int, top: int, right: int, bottom: int, feather: int
) -> tuple[Tensor, Tensor]:
    """``b h w c`` with a grey border, and the mask ``1 H W`` of what is to be painted: 1 there.

    Inside the picture the mask falls from each bordered edge as ((feather − d)/feather)², d pixels away from it. Where
    the picture is no larger than twice the feather nothing of it would be left: then the mask ends at the border.
    """
    height, width, channels = images.shape[1:]
    padded = images.new_full(
        (images.shape[0], top + height + bottom, left + width + right, channels), BORDER_GREY, dtype=torch.float32
    )
    inside = slice(top, top + height), slice(left, left + width)
    padded[:, inside[0], inside[1]] = images
    mask = torch.ones(1, *padded.shape[1:3])
    mask[:, inside[0], inside[1]] = 0.0
    if 0 < 2 * feather < min(height, width):
        rows = _distance(height, start=top > 0, end=bottom > 0)
        columns = _distance(width, start=left > 0, end=right > 0)
        distance = torch.minimum(rows[:, None], columns[None, :])
        mask[:, inside[0], inside[1]] = ((feather - distance).clamp(min=0) / feather) ** 2
    return padded, mask


def _distance(length: int, *, start: bool, end: bool) -> Tensor:
    """How far each of ``length`` places is from those ends that count."""
    place = torch.arange(length, dtype=torch.float32)
    far = torch.full((length,), torch.inf)
    return torch.minimum(place if start else far, length - place if end else far)


def join(first: Tensor, second: Tensor, *, vertical: bool, spacing: int, colour: Tensor) -> Tensor:
    """Two batches ``b h w c`` beside or below each other, ``spacing`` pixels of a colour (3 numbers) between.

    The shorter batch goes on with its last picture; one without alpha is made opaque; of two sizes the smaller one is
    centred on black.
    """
    count, channels = max(len(first), len(second)), max(first.shape[3], second.shape[3])
    first, second = (repeat_last(opaque(images, channels), count) for images in (first, second))
    axis, across = (1, 2) if vertical else (2, 1)
    breadth = max(first.shape[across], second.shape[across])
    parts = [_centred(images, breadth, across) for images in (first, second)]
    if spacing:
        shape = list(parts[0].shape)
        shape[axis] = spacing
        parts.insert(1, opaque(colour.view(1, 1, 1, 3), channels)[..., :channels].expand(shape).to(first))
    return torch.cat(parts, dim=axis)


def _centred(images: Tensor, size: int, axis: int) -> Tensor:
    """``b h w c`` on black of ``size`` along one axis."""
    missing = size - images.shape[axis]
    before, after = missing // 2, missing - missing // 2
    return F.pad(images, (0, 0, 0, 0, before, after) if axis == 1 else (0, 0, before, after, 0, 0))


def rebatch(batches: list[Tensor], size: int) -> list[Tensor]:
    """Batches of ``size`` items, in order; the last is what is left. Items of another shape begin a batch anew."""
    result: list[list[Tensor]] = []
    for item in (item for batch in batches for item in batch):
        if not result or len(result[-1]) == size or result[-1][0].shape != item.shape:
            result.append([])
        result[-1].append(item)
    return [torch.stack(items) for items in result]
