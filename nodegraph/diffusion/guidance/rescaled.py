"""Guidance whose result keeps the spread of the positive prediction.

Reference: Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", §3.4.
"""

import math
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class RescaledGuidance(GuidanceOption, Stage):
    """Works on v = (x/(σ² + 1) − x0)·√(σ² + 1)/σ. ``multiplier``: 0 plain guidance … 1 rescaled."""

    multiplier: float

    def begin(self, ask: Ask) -> Stage:
        return self

    def combine(self, step: Predicted) -> Tensor:
        """v·(multiplier·std(v_cond)/std(v) + 1 − multiplier), standard deviations of each item."""
        center = step.x / (step.sigma**2 + 1.0)
        factor = math.sqrt(step.sigma**2 + 1.0) / step.sigma
        v_cond, v_uncond = (center - step.cond) * factor, (center - step.uncond) * factor
        v = v_uncond + (v_cond - v_uncond) * step.cfg
        per_item = tuple(range(1, v.ndim))
        ratio = v_cond.std(dim=per_item, keepdim=True) / v.std(dim=per_item, keepdim=True)
        v = v * (self.multiplier * ratio + (1.0 - self.multiplier))
        return center - v / factor
