"""Two latents to one, the second scaled and repeated to the first: sums, blends, joining side by side. And cutting."""

from typing import Annotated, Literal

from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.diffusion.latent_arithmetic import (
    LatentMismatchError,
    check_channels,
    concat,
    cut,
    cut_to_batch,
    interpolate,
)
from nodegraph.media.layers import scale_masks
from nodegraph.media.resize import resize
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import MAX_RESOLUTION, Latent, LatentDict

CATEGORY = "latent/advanced"

Axis = Literal["x", "y", "t"]
_AXES = {"x": 3, "y": 2}


@node("LatentAdd", category=CATEGORY)
def latent_add(*, samples1: Latent, samples2: Latent) -> Latent:
    """The sum of two latents."""
    return {**samples1, "samples": samples1["samples"] + _like(samples1, samples2)}


@node("LatentSubtract", category=CATEGORY)
def latent_subtract(*, samples1: Latent, samples2: Latent) -> Latent:
    """The difference of two latents."""
    return {**samples1, "samples": samples1["samples"] - _like(samples1, samples2)}


@node("LatentMultiply", category=CATEGORY)
def latent_multiply(*, samples: Latent, multiplier: Annotated[float, Range(-10.0, 10.0, step=0.01)] = 1.0) -> Latent:
    """A latent times a number."""
    return {**samples, "samples": samples["samples"] * multiplier}


@node("LatentInterpolate", category=CATEGORY)
def latent_interpolate(
    *,
    samples1: Latent,
    samples2: Latent,
    ratio: Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("How much of the first.")] = 1.0,
) -> Latent:
    """Something between two latents that is as strong as they are."""
    return {**samples1, "samples": interpolate(samples1["samples"], _like(samples1, samples2), ratio)}


@node("LatentBlend", category="_for_testing", display_name="Latent Blend")
def latent_blend(
    *,
    samples1: Latent,
    samples2: Latent,
    blend_factor: Annotated[float, Range(0, 1, step=0.01), Tooltip("How much of the first.")] = 0.5,
) -> Latent:
    """The weighted mean of two latents."""
    mixed = samples1["samples"] * blend_factor + _like(samples1, samples2) * (1 - blend_factor)
    return {**samples1, "samples": mixed}


@node("LatentConcat", category=CATEGORY)
def latent_concat(
    *,
    samples1: Latent,
    samples2: Latent,
    dim: Annotated[Literal["x", "-x", "y", "-y", "t", "-t"], Tooltip("With a minus the second comes first.")],
) -> Latent:
    """Put one latent beside the other (x) or below it (y)."""
    axis = _axis(dim.removeprefix("-"))
    one, other = samples1["samples"], to_batch(samples2["samples"], samples1["samples"].shape[0])
    return {**samples1, "samples": concat(other, one, axis) if dim.startswith("-") else concat(one, other, axis)}


@node("LatentCut", category=CATEGORY)
def latent_cut(
    *,
    samples: Latent,
    dim: Axis,
    index: Annotated[int, Range(-MAX_RESOLUTION, MAX_RESOLUTION), Tooltip("Cells; below 0 from the end.")] = 0,
    amount: Annotated[int, Range(1, MAX_RESOLUTION), Tooltip("Cells to keep.")] = 1,
) -> Latent:
    """Keep some columns (x) or rows (y) of a latent's cells."""
    return {**samples, "samples": cut(samples["samples"], _axis(dim), index, amount)}


@node("LatentCutToBatch", category=CATEGORY, display_name="Latent Cut To Batch")
def latent_cut_to_batch(
    *,
    samples: Latent,
    dim: Literal["t", "x", "y"],
    slice_size: Annotated[
        int, Range(1, MAX_RESOLUTION), Tooltip("Cells of each slice. What is left at the end is dropped.")
    ] = 1,
) -> Latent:
    """Cut a latent into slices along its columns (x) or rows (y), which become a batch; each has noise of its own."""
    cells, axis = samples["samples"], _axis(dim)
    result: LatentDict = {**samples, "samples": cut_to_batch(cells, axis, slice_size)}
    result.pop("batch_index", None)
    mask = samples.get("noise_mask")
    if mask is not None:
        scaled = to_batch(scale_masks(mask, cells.shape[3], cells.shape[2]), cells.shape[0])
        result["noise_mask"] = cut_to_batch(rearrange(scaled, "b h w -> b 1 h w"), axis, slice_size)
    return result


def _axis(name: str) -> int:
    if name not in _AXES:
        raise LatentMismatchError("dim is t, the time of a video; a latent of pictures has x and y only.")
    return _AXES[name]


def _like(first: Latent, second: Latent) -> Tensor:
    """The second's samples with the size and number of the first's."""
    wanted, given = first["samples"], second["samples"]
    check_channels(wanted, given)
    if given.shape[-2:] != wanted.shape[-2:]:
        given = resize(given, wanted.shape[-1], wanted.shape[-2], method="bicubic", crop="center")
    return to_batch(given, wanted.shape[0])
