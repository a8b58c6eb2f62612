"""The stages of guidance at one step, and the options of a model that change them.

First the predictions of the network may be changed, then they are combined to one, which may be changed again. Plain
classifier-free guidance only combines (Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", eq. 6).

Shapes: everything is ``b c h w``.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning
from nodegraph.diffusion.hooks import NetworkPatch

Question = Literal["cond", "uncond"]


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """What is known when a prediction is to be guided: x at ``sigma``, the pictures predicted from it, the strength."""

    x: Tensor
    sigma: float
    cond: Tensor
    uncond: Tensor
    cfg: float


class Ask(Protocol):
    """Asks the network once more: for the positive (or basic), the negative or something else, perhaps with patches."""

    def __call__(
        self, question: Question | Conditioning, x: Tensor, sigma: float, *, patches: Sequence[NetworkPatch] = ()
    ) -> Tensor: ...


class Stage:
    """What an option does during one run, which may be remembered from step to step. Overrides what it changes."""

    def watch(self) -> Sequence[NetworkPatch]:
        """Patches in force while the network makes the predictions to be guided."""
        return ()

    def before(self, step: Predicted) -> Predicted:
        """Other predictions, to be combined."""
        return step

    def combine(self, step: Predicted) -> Tensor | None:
        """One prediction from two, in place of plain guidance; None leaves it to others."""
        return None

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        """Another result."""
        return result


class GuidanceOption(ABC):
    """An option of a model that changes its guidance: frozen, plain data. A ``cfg`` of 1 asks for the negative too."""

    @abstractmethod
    def begin(self, ask: Ask) -> Stage:
        """Its stage in a run that begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """All stages of a run, in the order in which their options were applied; of those that combine the last does."""

    stages: Sequence[Stage]

    def __bool__(self) -> bool:
        return bool(self.stages)

    def __call__(self, step: Predicted) -> Tensor:
        """The guided prediction."""
        for stage in self.stages:
            step = stage.before(step)
        return self.finish(self._combined(step), step)

    def finish(self, result: Tensor, step: Predicted) -> Tensor:
        """A prediction that something else has combined, changed by those that change results."""
        for stage in self.stages:
            result = stage.after(result, step)
        return result

    def _combined(self, step: Predicted) -> Tensor:
        for stage in reversed(self.stages):
            combined = stage.combine(step)
            if combined is not None:
                return combined
        # The negative cancels at 1, but for its rounding.
        return step.cond if math.isclose(step.cfg, 1.0) else step.uncond + (step.cond - step.uncond) * step.cfg


def begin_stages(options: Iterable[object], ask: Ask) -> Stages:
    """The stages of those options that change guidance."""
    return Stages([option.begin(ask) for option in options if isinstance(option, GuidanceOption)])
