"""Steps without the network: where little is expected to change, what it added at its last call is added again.

The rate k at which answers follow inputs is steady along a run, so it can be measured at one call and trusted for the
steps after it: k = |vᵢ − vᵢ₋₁|/|xᵢ − xᵢ₋₁|. At each step the expected change of the answer, k·|xₙ − xₙ₋₁|/|vₙ₋₁|, is
added up since the last call; below a threshold the answer is xₙ + (vᵢ − xᵢ), and else the network is called.
Reference: Zhou et al. 2025, "Less is Enough: Training-Free Video Diffusion Acceleration via Runtime-Adaptive Caching"
(EasyCache), eq. 4–8. Here x is the input as the network is shown it and v the direction (x − x0)/σ, which is what most
networks predict; |·| is the mean absolute value over the batch.

What it costs: one decision holds for the whole batch, so that an item is no longer what it is alone; each step waits
for the device to learn how much has changed; a prompt that begins or ends within skipped steps does so after them.

Shapes: everything is ``b c h w``.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.model_sampling import ModelSampling

log = logging.getLogger(__name__)

Answers = Callable[[Tensor, float], Sequence[Tensor]]
"""``pictures = answers(x, sigma)``."""


@dataclass(frozen=True, slots=True)
class StepCache:
    """An option of a model. Steps are skipped between two shares of the way from noise (0) to picture (1)."""

    reuse_threshold: float = 0.2
    start_percent: float = 0.15
    end_percent: float = 0.95
    verbose: bool = False


class EasyCache(StepCache):
    """Skips the network and guides anew: each answer is remembered by itself."""

    __slots__ = ()


class LazyCache(StepCache):
    """Skips network and guidance: their result is remembered."""

    __slots__ = ()


def with_cache(
    answers: Answers, kind: type[StepCache], *, options: Iterable[object], sampling: ModelSampling
) -> Answers:
    """Answers that remember as the last option of that kind says, or as they are if there is none."""
    found = [option for option in options if isinstance(option, kind)]
    return _Remembering(answers, found[-1], sampling) if found else answers


@dataclass(frozen=True, slots=True, eq=False)
class _Last:
    """The step before: its input and answers as the network has them, and the change expected since the last call."""

    entered: Tensor
    directions: Sequence[Tensor]
    expected: float


class _Remembering:
    """One run's answers; the first of them is the one that is measured."""

    def __init__(self, answers: Answers, option: StepCache, sampling: ModelSampling) -> None:
        self.answers = answers
        self.option = option
        self.sampling = sampling
        self.start = sampling.percent_to_sigma(option.start_percent)
        self.end = sampling.percent_to_sigma(option.end_percent)
        self.last: _Last | None = None
        self.added: Sequence[Tensor] = ()
        self.rate: float | None = None

    def __call__(self, x: Tensor, sigma: float) -> Sequence[Tensor]:
        entered = self.sampling.scale_input(x, sigma)
        last = self.last
        moved = 0.0 if last is None else _size(entered - last.entered)
        if last is not None and self.rate is not None and self.end <= sigma <= self.start:
            expected = last.expected + self.rate * moved / max(_size(last.directions[0]), 1e-12)
            if expected < self.option.reuse_threshold:
                self._say("reused", sigma, expected)
                directions = [entered + added for added in self.added]
                self.last = _Last(entered, directions, expected)
                return [x - direction * sigma for direction in directions]
            self._say("called", sigma, expected)
        pictures = self.answers(x, sigma)
        directions = [(x - picture) / sigma for picture in pictures]
        if last is not None and moved > 0:
            self.rate = _size(directions[0] - last.directions[0]) / moved
        self.added = [direction - entered for direction in directions]
        self.last = _Last(entered, directions, 0.0)
        return pictures

    def _say(self, what: str, sigma: float, expected: float) -> None:
        if self.option.verbose:
            log.info("%s at sigma %.4f: %s, expected change %.4f", type(self.option).__name__, sigma, what, expected)


def _size(difference: Tensor) -> float:
    return float(difference.abs().mean())
