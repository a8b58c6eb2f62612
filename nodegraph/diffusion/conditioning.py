"""What steers a picture where and when: entries of a CONDITIONING made ready for one latent.

An entry may hold for a part of the picture (an area, a mask) and of the noise levels. Where several hold at once
their predictions are averaged by weight; an entry marked as the default fills what the others leave. Knows neither
guidance nor samplers.

Shapes: b batch, c latent channels, h w latent cells, n context tokens, d context width. A box is in latent cells.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange, repeat
from torch import Tensor

from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.scheduled_weights import (
    UNSCHEDULED,
    Hooks,
    Weights,
    WeightSchedule,
    weight_schedule,
)
from nodegraph.errors import UserError

Conditioning = Sequence[tuple[Tensor, Mapping[str, Any]]]
"""A CONDITIONING: pairs of a context ``b n d`` and what restricts it."""

RAMP = 8
"""At most so many cells at each border of an area are faded, and at most a quarter of its side."""


class ConditioningError(UserError):
    """Conditioning that cannot be applied to this latent or network."""


class MaskError(UserError):
    """A mask that says nothing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of latent cells."""

    top: int
    left: int
    height: int
    width: int

    def covers(self, other: "Box") -> bool:
        """Whether the other lies within it."""
        return (
            self.top <= other.top
            and self.left <= other.left
            and other.top + other.height <= self.top + self.height
            and other.left + other.width <= self.left + self.width
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def inside(self, other: "Box") -> "Box":
        """The same rectangle, counted from the corner of one that covers it."""
        return replace(self, top=self.top - other.top, left=self.left - other.left)


@dataclass(frozen=True, eq=False)
class Region:
    """One entry over its box: ``context`` ``b n d``, ``weight`` ``b 1 h w``; holds while end ≤ σ ≤ start.

    The weight stays on the host, where it can be looked at without waiting for the device. One with ``fills`` has only
    the weight that all others together lack of 1. ``beside`` (``b e h w``) is what a network for inpainting sees
    beside the latent. ``schedule`` says with which weights of the network it is predicted.
    """

    context: Tensor
    box: Box
    weight: Tensor
    start_sigma: float
    end_sigma: float
    fills: bool = False
    beside: Tensor | None = None
    schedule: WeightSchedule = UNSCHEDULED

    def in_force(self, sigma: float) -> Weights | None:
        """The changes of weights it is predicted with at a level; None where it does not hold."""
        return self.schedule.at(sigma) if self.end_sigma <= sigma <= self.start_sigma else None


def prepare_regions(
    conditioning: Conditioning, model: DiffusionModel, shape: Sequence[int], *, name: str = "conditioning"
) -> list[Region]:
    """Each entry as a :class:`Region` for latents of ``shape`` (b, c, h, w).

    An entry whose mask is empty and bounds its area has no cells and is left out.

    Raises:
        ConditioningError: ``name`` is empty, or an entry's context, area, mask or number does not fit.
    """
    if not conditioning:
        raise ConditioningError(f"{name}: The conditioning is an empty list; connect a text encoder's output.")
    try:
        regions = [_prepare_region(context, options, model, shape) for context, options in conditioning]
    except (ConditioningError, MaskError) as error:
        raise type(error)(f"{name}: {error}") from None
    return [region for region in regions if region is not None]


def _prepare_region(
    context: Tensor, options: Mapping[str, Any], model: DiffusionModel, shape: Sequence[int]
) -> Region | None:
    batch, _, height, width = shape
    if context.ndim != 3:
        raise ConditioningError(
            f"A conditioning tensor has shape {tuple(context.shape)}; expected batch, tokens, width. "
            "It was probably made for another kind of model."
        )
    if model.context_width is not None and context.shape[2] != model.context_width:
        raise ConditioningError(
            f"The conditioning is {context.shape[2]} wide, but the model takes {model.context_width}: it comes from "
            "the text encoder of another kind of model. Encode the prompt with the CLIP of the same checkpoint."
        )
    if context.numel() == 0 or not bool(torch.isfinite(context).all()):
        held = "no numbers at all" if context.numel() == 0 else "NaN or infinity"
        raise ConditioningError(
            f"A conditioning tensor of shape {tuple(context.shape)} holds {held}. Encode the prompt again; if nothing "
            "changes, the text encoder's file is damaged."
        )
    mask = options.get("mask")
    if mask is not None:
        mask = fit_mask(mask, height, width).cpu()
    box = _box(options.get("area"), height, width)
    if mask is not None and options.get("set_area_to_bounds"):
        bounds = _bounds(mask)
        if bounds is None:
            return None
        box = bounds

    hooks: Hooks = options.get("hooks") or ()
    if hooks and model.switch is None:
        raise ConditioningError("It has hooks, but the weights of this model cannot be changed. Disconnect the hooks.")
    start_sigma, end_sigma = _levels(options, model.sampling)
    strength = _number(options, "strength", 1.0)
    if mask is None:
        weight = _ramp(box, height, width) * strength
    else:
        weight = mask[..., *box.slices] * (strength * _number(options, "mask_strength", 1.0))
    return Region(
        context=to_batch(context, batch).to(model.device, model.dtype, non_blocking=True),
        box=box,
        weight=to_batch(weight, batch),
        start_sigma=start_sigma,
        end_sigma=end_sigma,
        fills=bool(options.get("default", False)),
        beside=_beside(options, model, shape)[..., *box.slices] if model.beside else None,
        schedule=weight_schedule(hooks, model.sampling.percent_to_sigma),
    )


def _number(options: Mapping[str, Any], key: str, default: float) -> float:
    number = float(options.get(key, default))
    if not math.isfinite(number):
        raise ConditioningError(f"Its {key} is {number}, which is no finite number. Look at the node that set it.")
    return number


def _levels(options: Mapping[str, Any], sampling: ModelSampling) -> tuple[float, float]:
    """Where an entry begins and ends to hold.

    A prompt that is encoded anew for parts of the way (``clip_…``) holds within both; such a part ends before the next.
    """
    start = sampling.percent_to_sigma(_number(options, "start_percent", 0.0))
    end = sampling.percent_to_sigma(_number(options, "end_percent", 1.0))
    start = min(start, sampling.percent_to_sigma(_number(options, "clip_start_percent", 0.0)))
    clip_end = _number(options, "clip_end_percent", 1.0)
    return start, end if clip_end >= 1.0 else max(end, math.nextafter(sampling.percent_to_sigma(clip_end), math.inf))


def filled(regions: Sequence[Region], shape: Sequence[int]) -> list[Region]:
    """The regions with those that fill reduced to what the others leave; without those that are left nothing.

    Everything at once is in force: which regions are changes with σ, and with them what is left.
    """
    if not any(region.fills for region in regions):
        return list(regions)
    batch, _, height, width = shape
    left = torch.ones(batch, 1, height, width)
    for region in regions:
        if not region.fills:
            left[..., *region.box.slices] -= region.weight
    left = left.clamp(min=0.0)
    reduced = [
        replace(region, weight=region.weight * left[..., *region.box.slices]) if region.fills else region
        for region in regions
    ]
    return [region for region in reduced if not region.fills or bool(region.weight.any())]


def counterparts(regions: Sequence[Region], others: Sequence[Region], shape: Sequence[int]) -> list[Region]:
    """Regions to add to ``others``, so that guidance in each area of ``regions`` compares predictions of that area.

    A network sees an area by itself as another picture than the same cells of the whole: without a counterpart, the
    difference between them would be exaggerated along with that between the prompts. An area that ``others`` has
    already needs none. Otherwise the smallest of ``others`` that covers it lends its context, weights and what is seen
    beside the latent.
    """
    whole = Box(0, 0, *shape[-2:])
    taken = {whole, *(other.box for other in others)}
    added = []
    for region in regions:
        covering = [other for other in others if other.box.covers(region.box)]
        if region.box not in taken and covering:
            lender = min(covering, key=lambda other: other.box.height * other.box.width)
            beside = None if lender.beside is None else lender.beside[..., *region.box.inside(lender.box).slices]
            added.append(replace(region, context=lender.context, schedule=lender.schedule, beside=beside))
            taken.add(region.box)
    return added


def fit_mask(mask: Tensor, height: int, width: int, *, name: str = "mask") -> Tensor:
    """A mask (``h w``, ``b h w`` or ``b 1 h w``) resized bilinearly to ``b 1 height width``, float32, not rounded.

    Raises:
        MaskError: ``name`` has no cells, or not only numbers.
    """
    if mask.ndim < 2 or mask.numel() == 0:
        raise MaskError(f"{name} has shape {tuple(mask.shape)}; expected batch, height and width, none of them 0.")
    if not bool(torch.isfinite(mask).all()):
        raise MaskError(f"{name} holds NaN or infinity; the node that made it has failed.")
    pixels = mask.reshape(-1, 1, *mask.shape[-2:]).float()
    if pixels.shape[-2:] == (height, width):
        return pixels
    return F.interpolate(pixels, size=(height, width), mode="bilinear", align_corners=False)


def to_batch(items: Tensor, batch: int) -> Tensor:
    """The first axis repeated in turn, or cut, to ``batch`` items."""
    if items.shape[0] == batch:
        return items
    if items.shape[0] == 1:
        return items.expand(batch, *items.shape[1:])
    return repeat(items, "b ... -> (r b) ...", r=-(-batch // items.shape[0]))[:batch]


def _beside(options: Mapping[str, Any], model: DiffusionModel, shape: Sequence[int]) -> Tensor:
    """What the network sees beside the latent, on the device.

    For inpainting the mask, 0 or 1, and the latent of the picture without what it covers: ``b (1 + c) h w``. For
    editing the latent of the picture in the autoencoder's scale, zeros for none (Brooks et al. 2023, §3.2 and
    §3.2.1): ``b c h w``.
    """
    batch, _, height, width = shape
    picture, mask = options.get("concat_latent_image"), options.get("concat_mask")
    if model.beside == "picture":
        shown = torch.zeros(*shape) if picture is None else to_batch(_fit_picture(picture, shape), batch)
        return shown.to(model.device, non_blocking=True)
    if picture is None or mask is None:
        raise ConditioningError(
            "The model is one for inpainting: its network sees a picture and a mask beside the latent, which this "
            "conditioning does not have. Connect InpaintModelConditioning between the prompts and the sampler."
        )
    latent = to_batch(model.latent.process_in(_fit_picture(picture, shape)), batch)
    return torch.cat([to_batch(fit_mask(mask, height, width, name="concat_mask").round(), batch), latent], dim=1).to(
        model.device, non_blocking=True
    )


def _fit_picture(picture: Tensor, shape: Sequence[int]) -> Tensor:
    """A picture's latent, scaled to the height and width of latents of ``shape``, in float32."""
    _, channels, height, width = shape
    if picture.ndim != 4 or picture.shape[1] != channels:
        raise ConditioningError(
            f"concat_latent_image has shape {tuple(picture.shape)}; expected batch, {channels} channels, height, "
            "width. Encode it with the VAE of the same checkpoint."
        )
    if picture.shape[-2:] == (height, width):
        return picture.float()
    return F.interpolate(picture.float(), size=(height, width), mode="bilinear", align_corners=False)


def _box(area: Sequence[Any] | None, height: int, width: int) -> Box:
    if area is None:
        return Box(0, 0, height, width)
    if not all(map(math.isfinite, area[-4:])):
        raise ConditioningError(f"Its area {tuple(area)} holds what is no finite number. Look at the node that set it.")
    if area[0] == "percentage":
        _, h, w, y, x = area
        area = (max(1, round(h * height)), max(1, round(w * width)), round(y * height), round(x * width))
    h, w, top, left = (int(value) for value in area)
    if not (0 <= top < height and 0 <= left < width and h > 0 and w > 0):
        raise ConditioningError(
            f"A conditioning area of {w} by {h} cells at x {left}, y {top} lies outside the latent of "
            f"{width} by {height} cells (a cell is 8 pixels). Move the area or use a larger latent."
        )
    return Box(top, left, min(h, height - top), min(w, width - left))


def _bounds(mask: Tensor) -> Box | None:
    rows, columns = torch.nonzero(mask.round().amax(dim=(0, 1)), as_tuple=True)
    if len(rows) == 0:
        return None
    top, left = int(rows.min()), int(columns.min())
    return Box(top, left, int(rows.max()) + 1 - top, int(columns.max()) + 1 - left)


def _ramp(box: Box, height: int, width: int) -> Tensor:
    """Weights ``1 1 h w`` of an area without mask: faded linearly towards each border inside the picture."""
    vertical = _fade(box.height, begin=box.top > 0, end=box.top + box.height < height)
    horizontal = _fade(box.width, begin=box.left > 0, end=box.left + box.width < width)
    return rearrange(torch.outer(vertical, horizontal), "h w -> 1 1 h w")


def _fade(length: int, *, begin: bool, end: bool) -> Tensor:
    depth = min(RAMP, length // 4)
    weights = torch.ones(length)
    steps = (torch.arange(depth) + 1) / max(depth, 1)
    if begin:
        weights[:depth] *= steps
    if end:
        weights[length - depth :] *= steps.flip(0)
    return weights
