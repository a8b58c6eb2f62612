"""What is in a picture: edges, and shapes made wider or narrower. Pictures are ``b h w c``."""

from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from nodegraph.diffusion.blur import convolve, gaussian_kernel
from nodegraph.errors import UserError
from nodegraph.media.colours import brightness

MorphologyOperation = Literal["erode", "dilate", "open", "close", "gradient", "bottom_hat", "top_hat"]

_TOUCHING = np.ones((3, 3), dtype=int)
"""Pixels that meet at a corner belong together."""


class ThresholdError(UserError):
    """Thresholds of which the lower one is the higher."""


def morphology(images: Tensor, operation: MorphologyOperation, size: int) -> Tensor:
    """Each channel's largest (dilation) or smallest values (erosion) over squares of ``size`` pixels a side.

    ``open`` erodes first and ``close`` dilates first; ``gradient`` is the difference of both, the hats the differences
    of opening and closing from the picture. What lies outside of the picture counts as nothing.
    """
    samples = rearrange(images, "b h w c -> b c h w")
    return rearrange(_morphed(samples, operation, size), "b c h w -> b h w c")


def _morphed(samples: Tensor, operation: MorphologyOperation, size: int) -> Tensor:
    match operation:
        case "dilate":
            return _dilated(samples, (size - 1) // 2, size // 2)
        case "erode":
            return -_dilated(-samples, size // 2, (size - 1) // 2)
        case "open":
            return _morphed(_morphed(samples, "erode", size), "dilate", size)
        case "close":
            return _morphed(_morphed(samples, "dilate", size), "erode", size)
        case "gradient":
            return _morphed(samples, "dilate", size) - _morphed(samples, "erode", size)
        case "bottom_hat":
            return _morphed(samples, "close", size) - samples
        case "top_hat":
            return samples - _morphed(samples, "open", size)


def _dilated(samples: Tensor, before: int, after: int) -> Tensor:
    """The largest value of so many pixels before each, itself, and so many after: over rows, then columns."""
    size = before + 1 + after
    padded = F.pad(samples, (before, after, before, after), value=-torch.inf)
    return F.max_pool2d(F.max_pool2d(padded, (size, 1), 1), (1, size), 1)


def edges(images: Tensor, low: float, high: float) -> Tensor:
    """``b h w 3``: 1 on the edges of each picture, else 0 (Canny 1986, "A Computational Approach to Edge Detection").

    Sobel gradients of the brightness, blurred with σ = 1; of them the crests that are steeper than ``high``, and those
    steeper than ``low`` that touch such a one. Raises :class:`ThresholdError`.
    """
    if low > high:
        raise ThresholdError(
            f"low_threshold is {low:g} and high_threshold {high:g}. Edges begin above the high one and go on down to "
            "the low one: choose a low one that is not above it."
        )
    blurred = convolve(rearrange(brightness(images), "b h w -> b 1 h w"), gaussian_kernel(2, 0.5))
    found = np.stack([_edges(item, low, high) for item in blurred[:, 0].float().cpu().numpy()])
    return torch.from_numpy(found).to(images)[..., None].expand(*found.shape, 3)


def _edges(grey: NDArray[np.float32], low: float, high: float) -> NDArray[np.bool_]:
    x, y = (ndimage.sobel(grey, axis=axis, mode="nearest") for axis in (1, 0))
    steep = np.hypot(x, y)
    crests = np.where(_is_crest(steep, x, y), steep, 0.0)
    labels, _ = ndimage.label(crests > low, structure=_TOUCHING)
    strong = np.unique(labels[crests > high])
    return np.isin(labels, strong[strong > 0])


def _is_crest(steep: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether no neighbour up or down the slope, in the nearest of eight directions, is steeper."""
    eighth = np.round(np.arctan2(y, x) / (np.pi / 4)).astype(int) % 4
    padded = np.pad(steep, 1)
    height, width = steep.shape
    rows, columns = np.mgrid[1 : height + 1, 1 : width + 1]
    step_y, step_x = np.array([0, 1, 1, 1])[eighth], np.array([1, 1, 0, -1])[eighth]
    ahead, behind = padded[rows + step_y, columns + step_x], padded[rows - step_y, columns - step_x]
    crest: NDArray[np.bool_] = (steep >= ahead) & (steep > behind)
    return crest
