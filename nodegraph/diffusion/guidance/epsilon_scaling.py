"""Epsilon scaling: the predicted noise made a little smaller, against the drift that sampling adds up.

Reference: Ning et al. 2024, "Elucidating the Exposure Bias in Diffusion Models", §5.
"""

from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class EpsilonScaling(GuidanceOption, Stage):
    """The noise x − x0 is divided by ``factor``."""

    factor: float = 1.005

    def begin(self, ask: Ask) -> Stage:
        return self

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        return step.x - (step.x - result) / self.factor
