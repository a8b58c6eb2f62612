"""Colours of pictures: two blended, turned to brightness and colour difference, or brought down to a few.

Shapes: pictures are ``b h w c`` in 0..1; one is ``h w c``.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pillow
from torch import Tensor

from nodegraph.media.images import to_bytes

BlendMode = Literal["normal", "multiply", "screen", "overlay", "soft_light", "difference"]
Dither = Literal["none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"]

_BRIGHTNESS = (0.299, 0.587, 0.114)
"""Weights of red, green and blue (ITU-R BT.601)."""
_BLUE, _RED = 0.564, 0.713
"""Scales of the colour differences, 1/1.772 and 1/1.402, as the standard rounds them."""


def blend(below: Tensor, above: Tensor, mode: BlendMode, factor: float) -> Tensor:
    """``factor`` of the blended picture and the rest of the lower one; W3C "Compositing and Blending Level 1", §10."""
    return torch.lerp(below, _BLENDS[mode](below, above), factor).clamp(0, 1)


def _hard(one: Tensor, other: Tensor) -> Tensor:
    """Multiplied where ``one`` is dark, screened where it is bright."""
    return torch.where(one <= 0.5, 2 * one * other, 1 - 2 * (1 - one) * (1 - other))


def _soft(below: Tensor, above: Tensor) -> Tensor:
    bright = torch.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, below.clamp(min=0).sqrt())
    darker = below - (1 - 2 * above) * below * (1 - below)
    return torch.where(above <= 0.5, darker, below + (2 * above - 1) * (bright - below))


_BLENDS: Mapping[BlendMode, Callable[[Tensor, Tensor], Tensor]] = {
    "normal": lambda below, above: above,
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: 1 - (1 - below) * (1 - above),
    "overlay": _hard,
    "soft_light": _soft,
    "difference": lambda below, above: (below - above).abs(),
}


def brightness(images: Tensor) -> Tensor:
    """``b h w`` of ``b h w c``: how bright each pixel is to the eye."""
    return images[..., :3] @ images.new_tensor(_BRIGHTNESS)


def to_differences(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Brightness Y and the differences of blue and of red from it (½ is none), each ``b h w`` (full-range YCbCr)."""
    y = brightness(images)
    return y, (images[..., 2] - y) * _BLUE + 0.5, (images[..., 0] - y) * _RED + 0.5


def from_differences(y: Tensor, blue: Tensor, red: Tensor) -> Tensor:
    """The picture ``b h w 3`` of what :func:`to_differences` makes."""
    r, b = y + (red - 0.5) / _RED, y + (blue - 0.5) / _BLUE
    of_red, of_green, of_blue = _BRIGHTNESS
    return torch.stack([r, (y - of_red * r - of_blue * b) / of_green, b], dim=-1).clamp(0, 1)


def quantize(image: Tensor, colours: int, dither: Dither) -> Tensor:
    """``h w c`` with at most so many colours (median cut, Heckbert 1982), as ``h w 3``.

    Dithering: by error diffusion (Floyd & Steinberg 1976), or by adding an n × n pattern (Bayer 1973) as high as the
    colours lie apart if they were spread evenly.
    """
    pixels = to_bytes(image[..., :3])
    palette = Pillow.fromarray(pixels).quantize(colours)
    if dither.startswith("bayer"):
        pattern = _bayer(int(dither.removeprefix("bayer-")))
        height, width = pixels.shape[:2]
        size = len(pattern)
        tiled = np.tile(pattern, (-(-height // size), -(-width // size)))[:height, :width, None]
        pixels = (pixels + tiled * (256 / colours ** (1 / 3))).round().clip(0, 255).astype(np.uint8)
    diffusion = Pillow.Dither.FLOYDSTEINBERG if dither == "floyd-steinberg" else Pillow.Dither.NONE
    reduced = Pillow.fromarray(pixels).quantize(colours, palette=palette, dither=diffusion).convert("RGB")
    return torch.from_numpy(np.array(reduced).astype(np.float32) / 255.0)


def _bayer(size: int) -> NDArray[np.float64]:
    """``size size`` thresholds from −½ to ½, each once, neighbours far apart."""
    pattern = np.zeros((1, 1))
    while len(pattern) < size:
        pattern = np.block([[4 * pattern, 4 * pattern + 2], [4 * pattern + 3, 4 * pattern + 1]])
    return (pattern + 0.5) / size**2 - 0.5
