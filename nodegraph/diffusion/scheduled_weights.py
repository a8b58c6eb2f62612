"""Weights that change on the way from noise to picture: hooks, and the keyframes that say how strong each is when.

A hook (the field's word, not to be mixed up with :mod:`~nodegraph.diffusion.hooks`) belongs to a conditioning: what
is predicted for it is predicted with changed weights. What a change is, only those know who load networks: here it is
a name. Knows no tensors.

Where the field leaves it open, it is so here: a keyframe holds from the first step at or behind its start until that
of a later one; before the first keyframe its strength holds already; of two with one start the later given holds. The
strength is a function of the noise level alone, so a keyframe that begins and ends between two steps is passed over,
and a sampler that asks twice at a level is answered twice alike.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

Network = TypeVar("Network")

Weights = tuple[tuple[Hashable, float], ...]
"""What is changed in a network's weights, and how strongly; empty for the weights as they are."""


def combined(weights: Iterable[tuple[Hashable, float]]) -> Weights:
    """The same changes, each once with its strengths added up, in an order that does not depend on the given one."""
    strengths: dict[Hashable, float] = {}
    for change, strength in weights:
        strengths[change] = strengths.get(change, 0.0) + strength
    return tuple(sorted(((change, strength) for change, strength in strengths.items() if strength), key=repr))


@dataclass(frozen=True, slots=True)
class Keyframe:
    """From a share of the way from noise (0) to picture (1) on, a hook's strength is multiplied by this."""

    start_percent: float
    strength: float


@dataclass(frozen=True, slots=True)
class WeightHook:
    """A change of weights with its strength in the diffusion network and in the text encoder.

    ``origin`` says who made it: two that are made alike by two are two, and their strengths add up.
    """

    change: Hashable
    strength: float
    strength_clip: float
    keyframes: tuple[Keyframe, ...] = ()
    origin: str = ""

    @property
    def course(self) -> tuple[Keyframe, ...]:
        """Its keyframes; without any, one with the whole strength."""
        return self.keyframes or (Keyframe(0.0, 1.0),)

    def multiplier(self, percent: float) -> float:
        """By what the strength is multiplied at a share of the way."""
        reached = [keyframe for keyframe in self.course if keyframe.start_percent <= percent]
        return (reached[-1] if reached else self.course[0]).strength


Hooks = tuple[WeightHook, ...]


def combined_hooks(*groups: Iterable[WeightHook] | None) -> Hooks:
    """The hooks of all groups. One that is in several of them counts once: it is the same change come by two ways."""
    return tuple(dict.fromkeys(hook for group in groups if group is not None for hook in group))


def with_added(keyframes: Iterable[Keyframe], *added: Keyframe) -> tuple[Keyframe, ...]:
    """Keyframes in the order of their starts; of equal starts the added ones are last."""
    return tuple(sorted((*keyframes, *added), key=lambda keyframe: keyframe.start_percent))


def with_keyframes(hooks: Hooks, keyframes: tuple[Keyframe, ...]) -> Hooks:
    """The same hooks, all with these keyframes in place of their own."""
    return tuple(replace(hook, keyframes=keyframes) for hook in hooks)


def spread_keyframes(strengths: Sequence[float], start_percent: float, end_percent: float) -> list[Keyframe]:
    """A keyframe for each strength, evenly from start to end, both included."""
    last = max(len(strengths) - 1, 1)
    return [
        Keyframe(start_percent + (end_percent - start_percent) * index / last, strength)
        for index, strength in enumerate(strengths)
    ]


EASINGS: dict[str, Callable[[float], float]] = {
    "linear": lambda t: t,
    "ease_in": lambda t: t**2,
    "ease_out": lambda t: 1 - (1 - t) ** 2,
    "ease_in_out": lambda t: (1 - math.cos(math.pi * t)) / 2,
}
"""How to go from 0 to 1: steadily, ever faster, ever slower, or slow at both ends."""


@dataclass(frozen=True, slots=True)
class WeightSchedule:
    """What hooks make of the diffusion network's weights at each noise level.

    ``changes`` has for each change its strengths, each with the level below which it holds, the highest first.
    """

    changes: tuple[tuple[Hashable, tuple[tuple[float, float], ...]], ...] = ()

    @property
    def used(self) -> list[Hashable]:
        """The changes that have a strength anywhere."""
        return [change for change, strengths in self.changes if any(strength for _, strength in strengths)]

    def at(self, sigma: float) -> Weights:
        """The changes in force, :func:`combined`: what comes to the same is equal."""
        return combined((change, _in_force(strengths, sigma)) for change, strengths in self.changes)


UNSCHEDULED = WeightSchedule()


def weight_schedule(hooks: Hooks, percent_to_sigma: Callable[[float], float]) -> WeightSchedule:
    """The schedule of a conditioning's hooks over the levels of a model."""
    changes = []
    for hook in hooks:
        starts = [math.inf, *(percent_to_sigma(keyframe.start_percent) for keyframe in hook.course[1:])]
        strengths = [hook.strength * keyframe.strength for keyframe in hook.course]
        changes.append((hook.change, tuple(zip(starts, strengths, strict=True))))
    return WeightSchedule(tuple(changes))


def _in_force(strengths: Sequence[tuple[float, float]], sigma: float) -> float:
    return next(strength for start, strength in reversed(strengths) if sigma <= start)


class Scheduled(Protocol):
    """What is predicted with scheduled weights on a part of the way, as a region of the picture is."""

    @property
    def schedule(self) -> WeightSchedule:
        """With which weights."""
        ...

    def in_force(self, sigma: float) -> Weights | None:
        """The changes at a level; None where it does not hold."""
        ...


class NetworkSwitch(Generic[Network]):
    """The networks of a run whose weights are scheduled, by what is changed in them at the level last asked for.

    While the level stays, a call costs a look at a table. At each other level all networks are let go whose weights
    nothing is predicted with there; ``make`` makes those that are lacking from weights that are kept as they were. So
    in memory there is, beside the original, one copy of the changed weights for all that is predicted with the same.

    ``read`` is to have ready what a change needs; it raises where the change does not fit.
    """

    def __init__(self, make: Callable[[Weights], Network], read: Callable[[Hashable], object]) -> None:
        self._make, self._read = make, read
        self._expected: set[Scheduled] = set()
        self._made: dict[Weights, Network] = {}
        self._sigma = math.nan

    def expect(self, what: Iterable[Scheduled]) -> None:
        """Say what will be asked for, before the first step: files are read now, and not while the device waits.

        Raises what ``read`` raises.
        """
        scheduled = {each for each in what if each.schedule.changes} - self._expected
        for change in dict.fromkeys(change for each in scheduled for change in each.schedule.used):
            self._read(change)
        self._expected |= scheduled

    def __call__(self, schedule: WeightSchedule, sigma: float) -> Network | None:
        """The network at a level; None for the original one."""
        if sigma != self._sigma:
            in_force = {each.in_force(sigma) for each in self._expected}
            self._made = {weights: network for weights, network in self._made.items() if weights in in_force}
            self._sigma = sigma
        weights = schedule.at(sigma)
        if not weights:
            return None
        if weights not in self._made:
            self._made[weights] = self._make(weights)
        return self._made[weights]


@dataclass(frozen=True, slots=True)
class EncoderRange:
    """From where to where on the way a prompt is encoded with which weights of the text encoder."""

    start_percent: float
    end_percent: float
    weights: Weights

    @property
    def options(self) -> dict[str, float]:
        """What is noted at an entry of a conditioning that holds on this range; nothing if it is the whole way."""
        if (self.start_percent, self.end_percent) == (0.0, 1.0):
            return {}
        return {"clip_start_percent": self.start_percent, "clip_end_percent": self.end_percent}


def encoder_ranges(hooks: Hooks, *, scheduled: bool) -> list[EncoderRange]:
    """How often a prompt is to be encoded: once for each range of the way in which the weights are the same.

    If not ``scheduled``, once, with the strengths that the hooks have at the beginning.
    """
    starts = sorted({0.0, *(frame.start_percent for hook in hooks for frame in hook.keyframes)}) if scheduled else [0.0]
    ranges: list[EncoderRange] = []
    for start, end in pairwise([*(start for start in starts if start < 1.0), 1.0]):
        weights = combined((hook.change, hook.strength_clip * hook.multiplier(start)) for hook in hooks)
        if ranges and ranges[-1].weights == weights:
            ranges[-1] = replace(ranges[-1], end_percent=end)
        else:
            ranges.append(EncoderRange(start, end, weights))
    return ranges
