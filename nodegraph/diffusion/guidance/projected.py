"""APG: of the guidance, what is parallel to the prediction is weighed by itself, for it is what oversaturates.

Reference: Sadat et al. 2024, "Eliminating Oversaturation and Artifacts of High Guidance Scales in Diffusion Models",
algorithm 1, in the field's form, whose guidance has the strength cfg where the paper's has cfg − 1.
"""

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class ProjectedGuidance(GuidanceOption):
    """``eta`` weighs the parallel part; a longer guidance than ``norm_threshold`` (0: any) is shortened to it;
    ``momentum`` is how much of the guidance of former steps is added, negative to go against it."""

    eta: float = 1.0
    norm_threshold: float = 5.0
    momentum: float = 0.0

    def begin(self, ask: Ask) -> Stage:
        return _Projection(self)


@dataclass(eq=False)
class _Projection(Stage):
    option: ProjectedGuidance
    sigma: float = field(init=False, default=math.inf)
    average: Tensor | None = field(init=False, default=None)

    def before(self, step: Predicted) -> Predicted:
        """The positive moved so that plain guidance gives cond + cfg·(perpendicular + eta·parallel)."""
        guidance = step.cond - step.uncond
        if self.option.momentum != 0:
            # A higher level than before is another run, or another pass over the levels.
            before = self.average if self.average is not None and step.sigma <= self.sigma else None
            if before is not None and before.shape == guidance.shape:
                guidance = guidance + before * self.option.momentum
            self.average, self.sigma = guidance, step.sigma
        per_item = tuple(range(1, guidance.ndim))
        if self.option.norm_threshold > 0:
            length = torch.linalg.vector_norm(guidance, dim=per_item, keepdim=True)
            guidance = guidance * torch.clamp(self.option.norm_threshold / length, max=1.0)
        axis = step.cond.double()
        axis = axis / torch.linalg.vector_norm(axis, dim=per_item, keepdim=True).clamp(min=1e-12)
        parallel = (guidance.double() * axis).sum(dim=per_item, keepdim=True) * axis
        projected = (guidance.double() - parallel + parallel * self.option.eta).to(guidance.dtype)
        if step.cfg == 0:  # nothing of the positive is asked for
            return step
        return replace(step, cond=step.uncond + projected + (step.cond - step.uncond) / step.cfg)
