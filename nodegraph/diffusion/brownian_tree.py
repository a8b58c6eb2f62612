"""One Brownian path that is the same however it is asked for: a binary tree of intervals, drawn where it is looked at.

An interval is halved at its middle, where the path is normal around the line between its ends with the variance of a
Brownian bridge, and each of these draws has a seed of its own, made from its place in the tree. So nothing must be
remembered, and the path depends on the seed alone.

References: Li et al. 2020, "Scalable Gradients for Stochastic Differential Equations", §4 and algorithm 3 (the virtual
Brownian tree); Claessen & Pałka 2013, "Splittable Pseudorandom Number Generators" (seeds by place). Seeds, order of
arithmetic and rounding are those of the class ``BrownianTree`` of torchsde 0.2.6 (Apache-2.0), which the field uses:
the path is the same, bit for bit.

Every level of the tree that the path to a time goes through costs a draw of the whole shape: with times to six digits
some twenty, which no other order of computing saves. What is saved are the levels that a query shares with the last.
Knows neither samplers nor noise levels.
"""

import math
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

DIGITS = 6
"""Times are resolved to so many decimals."""

POOL_SIZE = 24
"""Words of entropy that a seed is mixed from."""


class _Interval(NamedTuple):
    """A node of the tree, ``place`` counted from the left among those of its depth."""

    start: float
    end: float
    place: int = 0
    depth: int = 0

    def halves(self) -> "tuple[_Interval, _Interval]":
        middle = round(0.5 * (self.end + self.start), DIGITS)
        left = _Interval(self.start, middle, 2 * self.place, self.depth + 1)
        return left, _Interval(middle, self.end, 2 * self.place + 1, self.depth + 1)


class BrownianTree:
    """``tree(start, end)``: W(end) − W(start) of any ``shape``, for times between ``t0`` and ``t1``, in order.

    Times outside count as the end they are beyond.
    """

    def __init__(
        self, shape: Sequence[int], *, t0: float, t1: float, seed: int, device: torch.device, dtype: torch.dtype
    ) -> None:
        self._shape, self._dtype, self._device = tuple(shape), dtype, device
        self._seed = seed
        self._stream = torch.Generator(device)
        self._root = _Interval(round(t0, DIGITS), round(t1, DIGITS))
        self._whole = self._normal() * math.sqrt(self._root.end - self._root.start)
        self._known: dict[_Interval, Tensor] = {}

    def __call__(self, start: float, end: float) -> Tensor:
        first, last = self._root.start, self._root.end
        start, end = (min(max(round(time, DIGITS), first), last) for time in (start, end))
        if start == end:
            return torch.zeros_like(self._whole)
        seen: dict[_Interval, Tensor] = {}
        increment = reduce(torch.add, self._parts(self._root, self._whole, start, end, seen))
        self._known = seen  # the next query most often begins or ends where this one did
        return increment

    def _parts(
        self, interval: _Interval, increment: Tensor, start: float, end: float, seen: dict[_Interval, Tensor]
    ) -> list[Tensor]:
        """The path's increments over the fewest intervals that make up start to end, from left to right.

        ``increment`` is that over the interval itself; ``seen`` gathers those over the left halves on the way.
        """
        if start == interval.start and end == interval.end:
            return [increment]
        left, right = interval.halves()
        half = self._known.get(interval)
        if half is None:
            half = self._left_half(interval, increment, left.end)
        seen[interval] = half
        parts = []
        if start < left.end:
            parts += self._parts(left, half, start, min(end, left.end), seen)
        if end > right.start:
            parts += self._parts(right, increment - half, max(start, right.start), end, seen)
        return parts

    def _left_half(self, interval: _Interval, increment: Tensor, middle: float) -> Tensor:
        """The increment up to the middle: the share of the line, and normal noise of the bridge's variance."""
        before, after, inverse = middle - interval.start, interval.end - middle, 1 / (interval.end - interval.start)
        noise = self._normal(interval.place, interval.depth)
        return noise.mul_(math.sqrt(before * after * inverse)).add_((increment * before).mul_(inverse))

    def _normal(self, *place: int) -> Tensor:
        """A draw of unit variance, whose seed belongs to that place in the tree."""
        sequence = np.random.SeedSequence(self._seed, spawn_key=place, pool_size=POOL_SIZE)
        self._stream.manual_seed(int(sequence.generate_state(1)[0]))
        return torch.randn(self._shape, generator=self._stream, dtype=self._dtype, device=self._device)
