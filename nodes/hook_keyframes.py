"""How strong hooks are when: one keyframe, or many from a curve or a list of numbers."""

import logging
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from nodegraph.diffusion.scheduled_weights import EASINGS, Keyframe, spread_keyframes, with_added
from nodegraph.errors import UserError
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Range, Socket, Tooltip
from nodegraph.packs.types import HookKeyframes
from nodegraph.values.numbers import as_number

log = logging.getLogger(__name__)

CATEGORY = "advanced/hooks/scheduling"

Frames = Annotated[HookKeyframes, Named("HOOK_KF")]
Share = Annotated[float, Range(0.0, 1.0, step=0.001), Tooltip("On the way from noise (0) to picture (1).")]
Strength = Annotated[float, Range(0.0, 10.0, step=0.001)]
Previous = Annotated[HookKeyframes | None, Tooltip("Keyframes to which these are added.")]
Printed = Annotated[bool, Tooltip("Whether the keyframes are written to the log.")]


class NoStrengthsError(UserError):
    """A list of strengths that is none."""


@node("CreateHookKeyframe", category=CATEGORY, display_name="Create Hook Keyframe")
def create_hook_keyframe(
    *,
    strength_mult: Annotated[
        float, Range(-20.0, 20.0, step=0.01), Tooltip("By what the hook's strength is multiplied.")
    ] = 1.0,
    start_percent: Share = 0.0,
    prev_hook_kf: Previous = None,
) -> Frames:
    """From here on, a hook has another strength, until a later keyframe."""
    return with_added(prev_hook_kf or (), Keyframe(start_percent, strength_mult))


@node("CreateHookKeyframesInterpolated", category=CATEGORY, display_name="Create Hook Keyframes Interp.")
def create_hook_keyframes_interpolated(
    *,
    strength_start: Strength = 1.0,
    strength_end: Strength = 1.0,
    interpolation: Literal["linear", "ease_in", "ease_out", "ease_in_out"],
    start_percent: Share = 0.0,
    end_percent: Share = 1.0,
    keyframes_count: Annotated[int, Range(2, 100), Tooltip("In how many stages the strength changes.")] = 5,
    print_keyframes: Printed = False,
    prev_hook_kf: Previous = None,
) -> Frames:
    """Keyframes along a curve from one strength to another."""
    eased = (EASINGS[interpolation](index / (keyframes_count - 1)) for index in range(keyframes_count))
    strengths = [strength_start + (strength_end - strength_start) * share for share in eased]
    return _added(strengths, start_percent, end_percent, print_keyframes, prev_hook_kf)


@node("CreateHookKeyframesFromFloats", category=CATEGORY, display_name="Create Hook Keyframes From Floats")
def create_hook_keyframes_from_floats(
    *,
    floats_strength: Annotated[Any, Socket("FLOATS"), Tooltip("The strengths, evenly on the part of the way.")],
    start_percent: Share = 0.0,
    end_percent: Share = 1.0,
    print_keyframes: Printed = False,
    prev_hook_kf: Previous = None,
) -> Frames:
    """A keyframe for each of several numbers."""
    given = floats_strength if isinstance(floats_strength, Iterable) else [floats_strength]
    strengths = [float(as_number(strength)) for strength in given]
    if not strengths:
        raise NoStrengthsError("floats_strength is an empty list. Link one with at least one number.")
    return _added(strengths, start_percent, end_percent, print_keyframes, prev_hook_kf)


def _added(
    strengths: list[float], start: float, end: float, show: bool, previous: HookKeyframes | None
) -> HookKeyframes:
    keyframes = spread_keyframes(strengths, start, end)
    if show:
        for keyframe in keyframes:
            log.info("Hook keyframe: strength %.4f from %.4f on", keyframe.strength, keyframe.start_percent)
    return with_added(previous or (), *keyframes)
