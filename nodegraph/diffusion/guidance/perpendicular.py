"""The perpendicular negative: it counts only as far as it says something else than the positive.

Reference: Armandpour et al. 2023, "Re-imagine the Negative Prompt Algorithm", eq. 7.

Shapes: everything is ``b c h w``.
"""

from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


def perpendicular_guidance(positive: Tensor, negative: Tensor, empty: Tensor, *, cfg: float, scale: float) -> Tensor:
    """empty + (p − scale·n⊥)·cfg with p = positive − empty, n = negative − empty, n⊥ = n − p·(n·p)/(p·p)."""
    towards, away = positive - empty, negative - empty
    per_item = tuple(range(1, positive.ndim))
    share = (away * towards).sum(dim=per_item, keepdim=True) / towards.square().sum(dim=per_item, keepdim=True)
    perpendicular = away - towards * share.nan_to_num(0.0)
    return empty + (towards - perpendicular * scale) * cfg


@dataclass(frozen=True, slots=True, eq=False)
class PerpendicularNegative(GuidanceOption):
    """An option of a model; ``empty`` is asked at each step, one network call more."""

    empty: Conditioning
    scale: float

    def begin(self, ask: Ask) -> Stage:
        return _Perpendicular(self, ask)


@dataclass(frozen=True, eq=False)
class _Perpendicular(Stage):
    option: PerpendicularNegative
    ask: Ask

    def combine(self, step: Predicted) -> Tensor:
        empty = self.ask(self.option.empty, step.x, step.sigma)
        return perpendicular_guidance(step.cond, step.uncond, empty, cfg=step.cfg, scale=self.option.scale)
