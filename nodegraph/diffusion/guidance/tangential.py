"""TCFG: of the negative prediction only what lies along the direction that both predictions share.

Reference: Kwon et al. 2025, "TCFG: Tangential Damping Classifier-free Guidance", algorithm 1.
"""

from dataclasses import dataclass, replace

import torch
from einops import rearrange

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class TangentialDamping(GuidanceOption, Stage):
    """Projects the negative's noise onto the first singular vector of both."""

    def begin(self, ask: Ask) -> Stage:
        return self

    def before(self, step: Predicted) -> Predicted:
        noises = torch.stack([step.x - step.uncond, step.x - step.cond], dim=1)
        rows = rearrange(noises.float(), "b two c h w -> b two (c h w)")
        shared = torch.linalg.svd(rows, full_matrices=False).Vh[:, :1]
        along = (rows[:, :1] * shared).sum(dim=-1, keepdim=True) * shared
        return replace(step, uncond=step.x - along.reshape(step.x.shape).to(step.x.dtype))
