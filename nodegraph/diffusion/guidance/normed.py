"""CFGNorm: a guided prediction that is nowhere longer, over its channels, than the positive one."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class NormedGuidance(GuidanceOption, Stage):
    """The result is multiplied by min(‖cond‖/‖result‖, 1) in each cell, and by ``strength``."""

    strength: float = 1.0

    def begin(self, ask: Ask) -> Stage:
        return self

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        wanted: Tensor = torch.linalg.vector_norm(step.cond, dim=1, keepdim=True)
        length: Tensor = torch.linalg.vector_norm(result, dim=1, keepdim=True)
        return result * ((wanted / (length + 1e-8)).clamp(0.0, 1.0) * self.strength)
