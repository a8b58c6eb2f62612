"""Making, scaling and joining latents.

``samples`` are ``b c h w``, a cell standing for 8 × 8 pixels; sizes and offsets are given in pixels.
"""

from typing import Annotated

import torch
from einops import rearrange

from nodegraph.media.composite import paste
from nodegraph.media.resize import Crop, LatentMethod, fit_size, resize
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import MAX_RESOLUTION, Latent, Mask

_CELL = 8
_CHANNELS = 4
_SMALLEST = 64
"""Pixels a side below which LatentUpscale does not go."""

Offset = Annotated[int, Range(0, MAX_RESOLUTION, step=_CELL)]
Side = Annotated[int, Range(16, MAX_RESOLUTION, step=_CELL)]
ScaledSide = Annotated[int, Range(0, MAX_RESOLUTION, step=_CELL), Tooltip("0 follows from the other side.")]


@node("EmptyLatentImage", category="latent", display_name="Empty Latent Image")
def empty_latent_image(
    *,
    width: Side = 512,
    height: Side = 512,
    batch_size: Annotated[int, Range(1, 4096), Tooltip("How many pictures to make at once.")] = 1,
) -> Latent:
    """An empty latent, to be filled by a sampler."""
    return {"samples": torch.zeros(batch_size, _CHANNELS, height // _CELL, width // _CELL)}


@node("LatentUpscale", category="latent", display_name="Upscale Latent")
def latent_upscale(
    *,
    samples: Latent,
    upscale_method: LatentMethod,
    width: ScaledSide = 512,
    height: ScaledSide = 512,
    crop: Crop,
) -> Latent:
    """Scale a latent to a size; with one side 0 the aspect is kept, with both nothing changes."""
    if width == 0 and height == 0:
        return samples
    old_height, old_width = samples["samples"].shape[-2:]
    new_width, new_height = fit_size(
        max(width, _SMALLEST) if width else 0,
        max(height, _SMALLEST) if height else 0,
        old_width=old_width * _CELL,
        old_height=old_height * _CELL,
    )
    cells = (max(new_width, _SMALLEST) // _CELL, max(new_height, _SMALLEST) // _CELL)
    return {**samples, "samples": resize(samples["samples"], *cells, method=upscale_method, crop=crop)}


@node("LatentUpscaleBy", category="latent", display_name="Upscale Latent By")
def latent_upscale_by(
    *, samples: Latent, upscale_method: LatentMethod, scale_by: Annotated[float, Range(0.01, 8.0, step=0.01)] = 1.5
) -> Latent:
    """Scale a latent by a factor."""
    height, width = samples["samples"].shape[-2:]
    size = (max(1, round(width * scale_by)), max(1, round(height * scale_by)))
    return {**samples, "samples": resize(samples["samples"], *size, method=upscale_method, crop="disabled")}


@node("LatentComposite", category="latent", display_name="Latent Composite")
def latent_composite(
    *, samples_to: Latent, samples_from: Latent, x: Offset = 0, y: Offset = 0, feather: Offset = 0
) -> Latent:
    """Lay one latent onto another, with a border of ``feather`` pixels in which they blend."""
    pasted = paste(samples_to["samples"], samples_from["samples"], x=x // _CELL, y=y // _CELL, feather=feather // _CELL)
    return {**samples_to, "samples": pasted}


@node("SetLatentNoiseMask", category="latent/inpaint", display_name="Set Latent Noise Mask")
def set_latent_noise_mask(*, samples: Latent, mask: Mask) -> Latent:
    """Let a sampler change only what the mask covers. The mask may have another size: it is scaled."""
    batched = mask if mask.ndim == 3 else mask.reshape(-1, *mask.shape[-2:])
    return {**samples, "noise_mask": rearrange(batched, "b h w -> b 1 h w")}
