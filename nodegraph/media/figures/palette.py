"""The colours of drawings, chosen so that people who see few colours can tell them apart; and values as colours.

Heat is viridis (Smith & van der Walt 2015, released as CC0): its brightness rises evenly. Signed values go from blue
over white to orange. Lines have the colours of Okabe & Ito 2008, without those too bright for paper.

Shapes: h w a map of values.
"""

import torch
from torch import Tensor

Colour = tuple[int, int, int]

PAPER: Colour = (250, 250, 248)
"""What drawings are on: bright enough for black letters on a dark page, and not glaring."""
INK: Colour = (34, 34, 38)
FAINT: Colour = (112, 112, 118)
GRID: Colour = (224, 224, 222)

LINES: tuple[Colour, ...] = (
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (60, 60, 66),
    (230, 159, 0),
    (86, 180, 233),
)

_VIRIDIS = "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725"
_SIGNED = "08306b 2b7bba 86b6dc f7f7f5 f5b26b d9680f 7f2f04"


def heat(values: Tensor) -> Tensor:
    """``h w`` of 0 … 1 as colours ``h w 3``, dark violet to yellow; what lies outside counts as the end."""
    return _between(_anchors(_VIRIDIS), values)


def signed(values: Tensor) -> Tensor:
    """``h w`` of −1 … 1 as colours ``h w 3``, blue over white to orange; what lies outside counts as the end."""
    return _between(_anchors(_SIGNED), (values + 1) / 2)


def _anchors(hexes: str) -> Tensor:
    """``k 3`` in 0 … 1."""
    return torch.tensor([list(bytes.fromhex(colour)) for colour in hexes.split()]) / 255


def _between(anchors: Tensor, shares: Tensor) -> Tensor:
    """Colours at even distances, blended linearly."""
    place = shares.float().nan_to_num().clamp(0, 1) * (len(anchors) - 1)
    low = place.floor().long().clamp(max=len(anchors) - 2)
    weight = (place - low)[..., None]
    return anchors[low] * (1 - weight) + anchors[low + 1] * weight
