"""Cropping, flipping and turning latents. A noise mask goes along, one value for each cell from then on."""

from collections.abc import Callable
from typing import Annotated, Literal

from einops import rearrange
from torch import Tensor

from nodegraph.media.layers import scale_masks
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range
from nodegraph.packs.types import MAX_RESOLUTION, Latent

_CELL = 8
_FEWEST = 8
"""Cells that are left of each side at least, if it has so many."""

Side = Annotated[int, Range(64, MAX_RESOLUTION, step=_CELL)]
Offset = Annotated[int, Range(0, MAX_RESOLUTION, step=_CELL)]


@node("LatentFlip", category="latent/transform", display_name="Flip Latent")
def latent_flip(*, samples: Latent, flip_method: Literal["x-axis: vertically", "y-axis: horizontally"]) -> Latent:
    """Mirror a latent top to bottom, or left to right."""
    return _moved(samples, lambda cells: cells.flip(-2 if flip_method.startswith("x") else -1))


@node("LatentRotate", category="latent/transform", display_name="Rotate Latent")
def latent_rotate(*, samples: Latent, rotation: Literal["none", "90 degrees", "180 degrees", "270 degrees"]) -> Latent:
    """Turn a latent clockwise."""
    turns = 0 if rotation == "none" else int(rotation.split()[0]) // 90
    return _moved(samples, lambda cells: cells.rot90(turns, (-1, -2)))


@node("LatentCrop", category="latent/transform", display_name="Crop Latent")
def latent_crop(*, samples: Latent, width: Side = 512, height: Side = 512, x: Offset = 0, y: Offset = 0) -> Latent:
    """Cut a rectangle out of a latent; it begins so far inside that eight cells are left of either side."""

    def cropped(cells: Tensor) -> Tensor:
        rows, columns = cells.shape[-2:]
        top, left = min(y // _CELL, max(0, rows - _FEWEST)), min(x // _CELL, max(0, columns - _FEWEST))
        return cells[..., top : top + height // _CELL, left : left + width // _CELL]

    return _moved(samples, cropped)


def _moved(samples: Latent, move: Callable[[Tensor], Tensor]) -> Latent:
    """The cells moved, and those of the noise mask with them."""
    cells = samples["samples"]
    mask = samples.get("noise_mask")
    if mask is None:
        return {**samples, "samples": move(cells)}
    of_cells = rearrange(scale_masks(mask, cells.shape[-1], cells.shape[-2]), "b h w -> b 1 h w")
    return {**samples, "samples": move(cells), "noise_mask": move(of_cells)}
