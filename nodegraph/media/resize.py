"""Scaling batches of pictures and latents, the ways the field does it.

Shapes: b batch, c channels, h height, w width.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from PIL import Image as Pillow
from torch import Tensor

from nodegraph.media.images import to_bytes

ImageMethod = Literal["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
LatentMethod = Literal["nearest-exact", "bilinear", "area", "bicubic", "bislerp"]
Crop = Literal["disabled", "center"]

_PARALLEL = 1 - 1e-5
"""Cosine from which two vectors count as one direction, or as opposite ones: a great circle is then ill-defined."""


def resize(samples: Tensor, width: int, height: int, *, method: ImageMethod | LatentMethod, crop: Crop) -> Tensor:
    """``b c h w`` scaled to ``b c height width``.

    Interpolation does not smooth beforehand and aligns edges, not centres of corners. ``lanczos`` goes through 8 bits
    and needs 1, 3 or 4 channels; ``bislerp`` keeps the length of each cell's vector. ``crop="center"`` cuts to the new
    aspect ratio first; otherwise the picture is stretched.
    """
    if crop == "center":
        samples = crop_center(samples, width, height)
    own = _OWN_METHODS.get(method)
    if own is not None:
        return own(samples, width, height)
    return F.interpolate(samples, size=(height, width), mode=method)


def resize_images(images: Tensor, width: int, height: int, *, method: ImageMethod, crop: Crop) -> Tensor:
    """:func:`resize` for pictures, ``b h w c``."""
    channels_first = rearrange(images, "b h w c -> b c h w")
    return rearrange(resize(channels_first, width, height, method=method, crop=crop), "b c h w -> b h w c")


def fit_images(images: Tensor, like: Tensor, *, method: ImageMethod) -> Tensor:
    """Pictures ``b h w c`` scaled and cut in the middle to the height and width of others."""
    height, width = like.shape[1:3]
    if images.shape[1:3] == (height, width):
        return images
    return resize_images(images, width, height, method=method, crop="center")


def crop_center(samples: Tensor, width: int, height: int) -> Tensor:
    """The middle of ``b c h w`` with the aspect ratio ``width : height``, uncut in one direction."""
    old_height, old_width = samples.shape[-2:]
    old, new = old_width / old_height, width / height
    x = round((old_width - old_width * (new / old)) / 2) if old > new else 0
    y = round((old_height - old_height * (old / new)) / 2) if old < new else 0
    x, y = min(x, (old_width - 1) // 2), min(y, (old_height - 1) // 2)  # rounding must not take the last cell
    return samples[..., y : old_height - y, x : old_width - x]


def fit_size(width: int, height: int, *, old_width: int, old_height: int) -> tuple[int, int]:
    """A wanted size with 0 for a side that follows from the other; both 0: the old size."""
    if width == 0 and height == 0:
        return old_width, old_height
    if width == 0:
        return max(1, round(old_width * height / old_height)), height
    if height == 0:
        return width, max(1, round(old_height * width / old_width))
    return width, height


def _lanczos(samples: Tensor, width: int, height: int) -> Tensor:
    """Pillow's filter with support 3 (scaled when shrinking), picture by picture, in 8 bits."""
    scaled = []
    for picture in rearrange(samples, "b c h w -> b h w c"):
        pixels = to_bytes(picture)
        image = Pillow.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
        array = np.array(image.resize((width, height), Pillow.Resampling.LANCZOS)).astype(np.float32) / 255.0
        scaled.append(torch.from_numpy(array).reshape(height, width, -1))
    return rearrange(torch.stack(scaled), "b h w c -> b c h w").to(samples)


def _bislerp(samples: Tensor, width: int, height: int) -> Tensor:
    """Spherical interpolation along the width, then along the height, in float32."""
    wide = _slerp_last_axis(samples.float(), width)
    tall = _slerp_last_axis(wide.transpose(-1, -2), height).transpose(-1, -2)
    return tall.to(samples.dtype)


def _slerp_last_axis(samples: Tensor, size: int) -> Tensor:
    """``b c h w`` to ``b c h size``; positions as in linear interpolation, vectors over c."""
    old = samples.shape[-1]
    position = ((torch.arange(size, device=samples.device) + 0.5) * (old / size) - 0.5).clamp(0, old - 1)
    low = position.floor().long()
    high = (low + 1).clamp(max=old - 1)
    return slerp(samples[..., low], samples[..., high], position - low)


def slerp(start: Tensor, end: Tensor, fraction: Tensor) -> Tensor:
    """Between vectors over axis 1, directions along the great circle and lengths linearly.

    ``sin((1−t)θ)/sin θ · a + sin(tθ)/sin θ · b`` for unit vectors a, b at angle θ (Shoemake 1985). Where they are
    parallel, opposite or of no length, plain linear interpolation takes its place.
    """
    linear = torch.lerp(start, end, fraction)
    start_length = start.norm(dim=1, keepdim=True)
    end_length = end.norm(dim=1, keepdim=True)
    a = start / start_length.clamp_min(1e-12)
    b = end / end_length.clamp_min(1e-12)
    cosine = (a * b).sum(dim=1, keepdim=True)
    angle = cosine.clamp(-_PARALLEL, _PARALLEL).acos()
    direction = (((1 - fraction) * angle).sin() * a + (fraction * angle).sin() * b) / angle.sin()
    spherical = direction * torch.lerp(start_length, end_length, fraction)
    return torch.where((cosine.abs() > _PARALLEL) | (start_length == 0) | (end_length == 0), linear, spherical)


_OWN_METHODS: Mapping[str, Callable[[Tensor, int, int], Tensor]] = {"lanczos": _lanczos, "bislerp": _bislerp}
