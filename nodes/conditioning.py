"""Combining conditionings and saying where and when they hold.

An entry of a conditioning is a tensor of text features ``b n d`` and a mapping that restricts it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.diffusion.conditioning_options import with_options, within_mask
from nodegraph.errors import UserError
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range
from nodegraph.packs.types import MAX_RESOLUTION, Conditioning, Mask

_CELL = 8
"""Pixels a side of a latent cell."""

Pixels = Annotated[int, Range(64, MAX_RESOLUTION, step=_CELL)]
Offset = Annotated[int, Range(0, MAX_RESOLUTION, step=_CELL)]
Strength = Annotated[float, Range(0.0, 10.0, step=0.01)]
Part = Annotated[float, Range(0.0, 1.0, step=0.01)]
Share = Annotated[float, Range(0.0, 1.0, step=0.001)]


class UnfitConditioningError(UserError):
    """A conditioning that cannot be put into another."""


@node("ConditioningCombine", category="conditioning", display_name="Conditioning (Combine)")
def conditioning_combine(*, conditioning_1: Conditioning, conditioning_2: Conditioning) -> Conditioning:
    """Let two conditionings hold at once: their predictions are averaged by weight."""
    return [*conditioning_1, *conditioning_2]


@node("ConditioningConcat", category="conditioning", display_name="Conditioning (Concat)")
def conditioning_concat(*, conditioning_to: Conditioning, conditioning_from: Conditioning) -> Conditioning:
    """Append the tokens of one prompt to another's: the network sees both as one long prompt."""
    appended, _ = _first(conditioning_from, fitting=conditioning_to)
    return [
        (torch.cat([context, to_batch(appended.to(context), context.shape[0])], dim=1), options)
        for context, options in conditioning_to
    ]


@node("ConditioningAverage", category="conditioning", display_name="Conditioning (Average)")
def conditioning_average(
    *,
    conditioning_to: Conditioning,
    conditioning_from: Conditioning,
    conditioning_to_strength: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0,
) -> Conditioning:
    """Blend two prompts, token by token: to · strength + from · (1 − strength).

    Tokens that ``conditioning_from`` lacks count as zeros, those it has too many of are left out.
    """
    other, other_options = _first(conditioning_from, fitting=conditioning_to)
    other_pooled = other_options.get("pooled_output")
    blended: Conditioning = []
    for context, options in conditioning_to:
        tokens = context.shape[1]
        fitted = F.pad(other, (0, 0, 0, max(0, tokens - other.shape[1])))[:, :tokens]
        pooled = options.get("pooled_output", other_pooled)
        if pooled is not None and other_pooled is not None:
            if pooled.shape[-1] != other_pooled.shape[-1]:
                raise UnfitConditioningError(
                    f"The pooled_output of conditioning_from has {other_pooled.shape[-1]} features and that of "
                    f"conditioning_to {pooled.shape[-1]}: two families of text encoders. Encode both prompts with the "
                    "same CLIP."
                )
            pooled = torch.lerp(other_pooled, pooled, conditioning_to_strength)
        changed = {} if pooled is None else {"pooled_output": pooled}
        blended.append((torch.lerp(fitted, context, conditioning_to_strength), {**options, **changed}))
    return blended


@node("ConditioningSetArea", category="conditioning", display_name="Conditioning (Set Area)")
def conditioning_set_area(
    *,
    conditioning: Conditioning,
    width: Pixels = 64,
    height: Pixels = 64,
    x: Offset = 0,
    y: Offset = 0,
    strength: Strength = 1.0,
) -> Conditioning:
    """Restrict a conditioning to a rectangle of the picture, in pixels."""
    area = (height // _CELL, width // _CELL, y // _CELL, x // _CELL)
    return with_options(conditioning, {"area": area, "strength": strength, "set_area_to_bounds": False})


@node("ConditioningSetAreaPercentage", category="conditioning", display_name="Conditioning (Set Area with Percentage)")
def conditioning_set_area_percentage(
    *,
    conditioning: Conditioning,
    width: Part = 1.0,
    height: Part = 1.0,
    x: Part = 0.0,
    y: Part = 0.0,
    strength: Strength = 1.0,
) -> Conditioning:
    """Restrict a conditioning to a rectangle of the picture, in parts of its sides."""
    area = ("percentage", height, width, y, x)
    return with_options(conditioning, {"area": area, "strength": strength, "set_area_to_bounds": False})


@node("ConditioningSetAreaStrength", category="conditioning", display_name="Conditioning (Set Area Strength)")
def conditioning_set_area_strength(*, conditioning: Conditioning, strength: Strength = 1.0) -> Conditioning:
    """Say how much a conditioning counts beside others that hold at the same place."""
    return with_options(conditioning, {"strength": strength})


@node("ConditioningSetMask", category="conditioning", display_name="Conditioning (Set Mask)")
def conditioning_set_mask(
    *,
    conditioning: Conditioning,
    mask: Mask,
    strength: Strength = 1.0,
    set_cond_area: Literal["default", "mask bounds"],
) -> Conditioning:
    """Restrict a conditioning to a mask; with ``mask bounds`` the network sees only the part the mask covers."""
    return within_mask(conditioning, mask, strength=strength, bounds=set_cond_area == "mask bounds")


@node("ConditioningSetTimestepRange", category="advanced/conditioning", display_name="Conditioning (Timestep Range)")
def conditioning_set_timestep_range(
    *, conditioning: Conditioning, start: Share = 0.0, end: Share = 1.0
) -> Conditioning:
    """Restrict a conditioning to a part of the way from noise (0) to picture (1)."""
    return with_options(conditioning, {"start_percent": start, "end_percent": end})


@node("ConditioningZeroOut", category="advanced/conditioning", display_name="Conditioning (Zero Out)")
def conditioning_zero_out(*, conditioning: Conditioning) -> Conditioning:
    """Replace all text features by zeros: no prompt at all, which is not the same as an empty one."""
    return [
        (torch.zeros_like(context), {key: _zeroed(key, value) for key, value in options.items()})
        for context, options in conditioning
    ]


def _zeroed(key: str, value: Any) -> Any:
    return torch.zeros_like(value) if key == "pooled_output" and value is not None else value


def _first(conditioning: Conditioning, *, fitting: Conditioning) -> tuple[Tensor, Mapping[str, Any]]:
    """The first entry of ``conditioning_from``, the only one that is put into the others."""
    if not conditioning:
        raise UnfitConditioningError("conditioning_from is empty. Connect a text encoder's output.")
    features = conditioning[0][0].shape[-1]
    other = next((context.shape[-1] for context, _ in fitting if context.shape[-1] != features), features)
    if other != features:
        raise UnfitConditioningError(
            f"conditioning_from has {features} features a token and conditioning_to {other}: two families of "
            "text encoders. Encode both prompts with the same CLIP."
        )
    return conditioning[0]
