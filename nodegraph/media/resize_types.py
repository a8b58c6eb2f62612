"""The ways in which a size may be asked for, each with numbers of its own, and the size that it comes to.

Sizes are pairs of width and height in pixels.
"""

import math
from collections.abc import Mapping
from typing import Any

from nodegraph.media.resize import Crop, fit_size

MEGAPIXEL = 1024 * 1024

_MAX = 16384
_SIDE = {"default": 512, "min": 0, "max": _MAX, "step": 1}
_MULTIPLE = {"default": 8, "min": 1, "max": 128, "step": 1}
_CROP = [["disabled", "center"], {"default": "center"}]


def _option(key: str, **numbers: Any) -> dict[str, Any]:
    return {"key": key, "inputs": {"required": numbers}}


RESIZE_TYPES = [
    _option("scale dimensions", width=["INT", _SIDE], height=["INT", _SIDE], crop=_CROP),
    _option("scale by multiplier", multiplier=["FLOAT", {"default": 1.0, "min": 0.01, "max": 8.0, "step": 0.01}]),
    _option("scale longer dimension", longer_size=["INT", _SIDE]),
    _option("scale shorter dimension", shorter_size=["INT", _SIDE]),
    _option("scale width", width=["INT", _SIDE]),
    _option("scale height", height=["INT", _SIDE]),
    _option(
        "scale total pixels",
        megapixels=["FLOAT", {"default": 1.0, "min": 0.01, "max": 16.0, "step": 0.01}],
        multiple=["INT", {**_MULTIPLE, "default": 1}],
    ),
    _option("match size", match=["IMAGE,MASK", {}], crop=_CROP),
    _option("scale to multiple", multiple=["INT", _MULTIPLE]),
]
"""The options of a dynamic combo, as the field describes them."""


def wanted_size(kind: str, given: Mapping[str, Any], size: tuple[int, int]) -> tuple[int, int]:
    """The size that ``kind`` and its numbers make of another; 0 stands for what keeps the aspect."""
    width, height = size
    match kind:
        case "scale dimensions":
            return fit_size(given["width"], given["height"], old_width=width, old_height=height)
        case "scale by multiplier":
            return _scaled(size, given["multiplier"])
        case "scale longer dimension" | "scale shorter dimension":
            side = given["longer_size" if "longer" in kind else "shorter_size"]
            across = (width >= height) == ("longer" in kind)
            return fit_size(*((side, 0) if across else (0, side)), old_width=width, old_height=height)
        case "scale width":
            return fit_size(given["width"], 0, old_width=width, old_height=height)
        case "scale height":
            return fit_size(0, given["height"], old_width=width, old_height=height)
        case "scale total pixels":
            return _scaled(size, math.sqrt(given["megapixels"] * MEGAPIXEL / (width * height)), given["multiple"])
        case "match size":
            like = given["match"]
            return (like.shape[2], like.shape[1]) if like.ndim == 4 else (like.shape[-1], like.shape[-2])
        case _:
            multiple = given["multiple"]
            return max(multiple, width // multiple * multiple), max(multiple, height // multiple * multiple)


def wanted_crop(kind: str, given: Mapping[str, Any]) -> Crop:
    """Whether what has another aspect is cut, or stretched."""
    crop: Crop = given.get("crop", "center" if kind == "scale to multiple" else "disabled")
    return crop


def _scaled(size: tuple[int, int], factor: float, multiple: int = 1) -> tuple[int, int]:
    width, height = (max(multiple, round(side * factor / multiple) * multiple) for side in size)
    return width, height
