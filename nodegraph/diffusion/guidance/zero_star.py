"""CFG-Zero*: the negative scaled to lie as near to the positive as it can before it is guided against.

Reference: Fan et al. 2025, "CFG-Zero*: Improved Classifier-Free Guidance for Flow Matching Models", eq. 6 (the scale
s*; its zeroed first steps are left out).
"""

from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class ZeroStarGuidance(GuidanceOption, Stage):
    """s* = (n_cond·n_uncond)/(n_uncond·n_uncond) of each item, of the noises x − x0."""

    def begin(self, ask: Ask) -> Stage:
        return self

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        """result + uncond·(s* − 1)·(1 − cfg): the guidance, with s*·uncond in place of uncond."""
        cond, uncond = step.x - step.cond, step.x - step.uncond
        per_item = tuple(range(1, cond.ndim))
        scale = (cond * uncond).sum(dim=per_item, keepdim=True) / (
            uncond.square().sum(dim=per_item, keepdim=True) + 1e-8
        )
        return result + step.uncond * ((scale - 1.0) * (1.0 - step.cfg))
