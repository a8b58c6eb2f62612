"""Saying several things of a conditioning at once, of the positive and the negative together or of one alone."""

from typing import Annotated, Literal, NamedTuple

from nodegraph.diffusion.conditioning_options import with_hooks, with_options, within_mask
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Range, Socket, Tooltip
from nodegraph.packs.types import Conditioning, Hooks, Mask

CATEGORY = "advanced/hooks"

Share = Annotated[float, Range(0.0, 1.0, step=0.001)]
Strength = Annotated[float, Range(0.0, 10.0, step=0.01), Tooltip("How much it counts inside the mask.")]
AreaFrom = Annotated[
    Literal["default", "mask bounds"],
    Tooltip("Whether the network sees the whole picture, or only the part that the mask covers."),
]
TimestepsRange = Annotated[tuple[float, float], Socket("TIMESTEPS_RANGE")]
"""From where to where it holds, on the way from noise (0) to picture (1)."""
Timesteps = Annotated[TimestepsRange | None, Tooltip("On which part of the way it holds; without one, all of it.")]
HooksOrNone = Annotated[Hooks | None, Tooltip("Changes of weights with which it is predicted, besides those it has.")]


class Ranges(NamedTuple):
    """A part of the way from noise to picture, and what is before and after it."""

    range: Annotated[TimestepsRange, Named("TIMESTEPS_RANGE")]
    before: Annotated[TimestepsRange, Named("BEFORE_RANGE")]
    after: Annotated[TimestepsRange, Named("AFTER_RANGE")]


class Pair(NamedTuple):
    """What to follow and what to avoid."""

    positive: Conditioning
    negative: Conditioning


@node("ConditioningTimestepsRange", category=CATEGORY, display_name="Timesteps Range")
def conditioning_timesteps_range(*, start_percent: Share = 0.0, end_percent: Share = 1.0) -> Ranges:
    """A part of the way from noise (0) to picture (1), for conditionings to hold on."""
    return Ranges((start_percent, end_percent), (0.0, start_percent), (end_percent, 1.0))


@node("ConditioningSetProperties", category=CATEGORY, display_name="Cond Set Props")
def conditioning_set_properties(
    *,
    cond_NEW: Conditioning,  # noqa: N803 (saved workflows name it so)
    strength: Strength = 1.0,
    set_cond_area: AreaFrom,
    mask: Mask | None = None,
    hooks: HooksOrNone = None,
    timesteps: Timesteps = None,
) -> Conditioning:
    """Say where and when a conditioning holds."""
    return _restricted(cond_NEW, strength, set_cond_area, mask, hooks, timesteps)


@node("ConditioningSetPropertiesAndCombine", category=CATEGORY, display_name="Cond Set Props Combine")
def conditioning_set_properties_and_combine(
    *,
    cond: Conditioning,
    cond_NEW: Conditioning,  # noqa: N803
    strength: Strength = 1.0,
    set_cond_area: AreaFrom,
    mask: Mask | None = None,
    hooks: HooksOrNone = None,
    timesteps: Timesteps = None,
) -> Conditioning:
    """Say where and when a conditioning holds, and let it hold beside another."""
    return [*cond, *_restricted(cond_NEW, strength, set_cond_area, mask, hooks, timesteps)]


@node("ConditioningSetDefaultCombine", category=CATEGORY, display_name="Cond Set Default Combine")
def conditioning_set_default_combine(
    *,
    cond: Conditioning,
    cond_DEFAULT: Conditioning,  # noqa: N803
    hooks: HooksOrNone = None,
) -> Conditioning:
    """Let a conditioning hold wherever another does not."""
    return [*cond, *_default(cond_DEFAULT, hooks)]


@node("PairConditioningCombine", category=CATEGORY, display_name="Cond Pair Combine")
def pair_conditioning_combine(
    *,
    positive_A: Conditioning,  # noqa: N803
    negative_A: Conditioning,  # noqa: N803
    positive_B: Conditioning,  # noqa: N803
    negative_B: Conditioning,  # noqa: N803
) -> Pair:
    """Let two pairs of conditionings hold at once."""
    return Pair([*positive_A, *positive_B], [*negative_A, *negative_B])


@node("PairConditioningSetProperties", category=CATEGORY, display_name="Cond Pair Set Props")
def pair_conditioning_set_properties(
    *,
    positive_NEW: Conditioning,  # noqa: N803
    negative_NEW: Conditioning,  # noqa: N803
    strength: Strength = 1.0,
    set_cond_area: AreaFrom,
    mask: Mask | None = None,
    hooks: HooksOrNone = None,
    timesteps: Timesteps = None,
) -> Pair:
    """Say where and when a pair of conditionings holds."""
    return Pair(
        _restricted(positive_NEW, strength, set_cond_area, mask, hooks, timesteps),
        _restricted(negative_NEW, strength, set_cond_area, mask, hooks, timesteps),
    )


@node("PairConditioningSetPropertiesAndCombine", category=CATEGORY, display_name="Cond Pair Set Props Combine")
def pair_conditioning_set_properties_and_combine(
    *,
    positive: Conditioning,
    negative: Conditioning,
    positive_NEW: Conditioning,  # noqa: N803
    negative_NEW: Conditioning,  # noqa: N803
    strength: Strength = 1.0,
    set_cond_area: AreaFrom,
    mask: Mask | None = None,
    hooks: HooksOrNone = None,
    timesteps: Timesteps = None,
) -> Pair:
    """Say where and when a pair of conditionings holds, and let it hold beside another pair."""
    return Pair(
        [*positive, *_restricted(positive_NEW, strength, set_cond_area, mask, hooks, timesteps)],
        [*negative, *_restricted(negative_NEW, strength, set_cond_area, mask, hooks, timesteps)],
    )


@node("PairConditioningSetDefaultCombine", category=CATEGORY, display_name="Cond Pair Set Default Combine")
def pair_conditioning_set_default_combine(
    *,
    positive: Conditioning,
    negative: Conditioning,
    positive_DEFAULT: Conditioning,  # noqa: N803
    negative_DEFAULT: Conditioning,  # noqa: N803
    hooks: HooksOrNone = None,
) -> Pair:
    """Let a pair of conditionings hold wherever another does not."""
    return Pair([*positive, *_default(positive_DEFAULT, hooks)], [*negative, *_default(negative_DEFAULT, hooks)])


def _restricted(
    conditioning: Conditioning,
    strength: float,
    area: str,
    mask: Mask | None,
    hooks: Hooks | None,
    timesteps: TimestepsRange | None,
) -> Conditioning:
    """What is restricted to a mask and a range, where there are such; the strength is the mask's."""
    if hooks is not None:
        conditioning = with_hooks(conditioning, hooks)
    if mask is not None:
        conditioning = within_mask(conditioning, mask, strength=strength, bounds=area == "mask bounds")
    if timesteps is not None:
        start, end = timesteps
        conditioning = with_options(conditioning, {"start_percent": start, "end_percent": end})
    return conditioning


def _default(conditioning: Conditioning, hooks: Hooks | None) -> Conditioning:
    conditioning = with_options(conditioning, {"default": True})
    return conditioning if hooks is None else with_hooks(conditioning, hooks)
