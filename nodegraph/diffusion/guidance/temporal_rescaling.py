"""Temporal score rescaling: sampling from a sharper or flatter distribution, most of it late in the run.

Reference: Xu et al. 2025, "Temporal Score Rescaling for Temperature Sampling in Diffusion and Flow Models"
(arXiv 2510.01184), for pictures and noise in the exploding mix, whose signal-to-noise ratio is 1/σ².

Shapes: everything is ``b c h w``.
"""

from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class TemporalRescaling(GuidanceOption, Stage):
    """The predicted noise is multiplied by r = (η·s² + 1)/(η·s²/k + 1), η = 1/σ²: 1 in noise, ``k`` in the picture.

    ``spread`` (s) is where between: the larger, the earlier. With k = 1 nothing changes.
    """

    k: float
    spread: float

    def begin(self, ask: Ask) -> Stage:
        return self

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        """x − r·(x − x0)."""
        signal = (self.spread / step.sigma) ** 2
        return step.x - (step.x - result) * ((signal + 1.0) / (signal / self.k + 1.0))
