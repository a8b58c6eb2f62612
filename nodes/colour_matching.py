"""Colours as values, and the colours of one picture given to another."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import torch
from einops import rearrange
from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.graph.sockets import DYNAMIC_COMBO
from nodegraph.media.colour_transfer import Move, TransferMethod, mover
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Named, Range, Socket, Tooltip
from nodegraph.packs.types import Color, Image

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

SOURCE_STATS = [
    {"key": "per_frame", "inputs": {"required": {}}},
    {"key": "uniform", "inputs": {"required": {}}},
    {
        "key": "target_frame",
        "inputs": {"required": {"target_index": ["INT", {"default": 0, "min": 0, "max": 10000, "step": 1}]}},
    },
]


class ColorError(UserError):
    """A text that stands for no colour."""


class ColorValues(NamedTuple):
    """A colour as a number and as text."""

    rgb_int: int
    hex: Annotated[Color, Named("hex")]


@node("ColorToRGBInt", category="utils", display_name="Color to RGB Int")
def color_to_rgb_int(*, color: Color) -> ColorValues:
    """A colour as the number 0xRRGGBB, such as Empty Image takes, and as text."""
    match = _HEX.fullmatch(color.strip()) if isinstance(color, str) else None
    if match is None:
        raise ColorError(f"color is {color!r}; write it as # and six digits of 0-9 and a-f, such as #ff8800.")
    digits = match[1].lower() if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1].lower())
    return ColorValues(int(digits, 16), f"#{digits}")


@node("ColorTransfer", category="image/postprocessing", display_name="Color Transfer")
def color_transfer(
    *,
    image_target: Annotated[Image, Tooltip("The pictures that are to change.")],
    image_ref: Annotated[Image, Tooltip("The pictures whose colours they are to have.")],
    method: Annotated[
        TransferMethod,
        Tooltip("By mean and spread of colours, by how they vary together (mkl), or by their histograms."),
    ],
    source_stats: Annotated[
        Mapping[str, Any],
        Socket(DYNAMIC_COMBO),
        ClientOptions({"options": SOURCE_STATS}),
        Tooltip("Each picture by itself, or all changed alike: by the colours of all of them or of one."),
    ],
    strength: Annotated[float, Range(0.0, 10.0, step=0.01), Tooltip("1 is all of it; more goes beyond.")] = 1.0,
) -> Annotated[Image, Named("image")]:
    """Give pictures the colours of others. Transparency stays.

    With ``per_frame`` each picture is given the colours of the one at its place in ``image_ref``, those past its end
    of the last. ``uniform`` moves all pictures alike, by the colours of all of both; so does ``target_frame``, by the
    colours of one picture and of all of ``image_ref``. A ``target_index`` past the end is the last.
    """
    for name, images in (("image_target", image_target), ("image_ref", image_ref)):
        if images.shape[3] < 3:
            raise ColorError(f"{name} has {images.shape[3]} channels; there are colours in pictures of 3 or 4 only.")
    pictures, wanted = image_target[..., :3], image_ref[..., :3]
    kind = source_stats["source_stats"]
    if kind == "per_frame":
        moved = torch.stack(
            [
                _moved(picture, mover(_colours(picture), _colours(wanted[min(place, len(wanted) - 1)]), method))
                for place, picture in enumerate(pictures)
            ]
        )
    else:
        one = pictures if kind == "uniform" else pictures[min(source_stats["target_index"], len(pictures) - 1)]
        moved = _moved(pictures, mover(_colours(one), _colours(wanted), method))
    changed = torch.lerp(pictures, moved, strength).clamp(0, 1)
    return torch.cat([changed, image_target[..., 3:]], dim=-1)


def _colours(images: Tensor) -> Tensor:
    return rearrange(images.double().cpu(), "... c -> (...) c")


def _moved(images: Tensor, move: Move) -> Tensor:
    return move(_colours(images)).reshape(images.shape).to(images)
