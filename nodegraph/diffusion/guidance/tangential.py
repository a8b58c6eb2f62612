"""TCFG: of the negative prediction only what lies along the direction that both predictions share.

Reference: Kwon et al. 2025, "TCFG: Tangential Damping Classifier-free Guidance", algorithm 1.
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from einops import rearrange

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class TangentialDamping(GuidanceOption, Stage):
    """Projects the negative's noise onto the first singular vector of both.

    Of two rows it is known in closed form: their combination by the first eigenvector (cos θ, sin θ) of the 2 × 2
    matrix of their products, tan 2θ = 2·g₀₁/(g₀₀ − g₁₁). A library's decomposition would wait for the device.
    """

    def begin(self, ask: Ask) -> Stage:
        return self

    def before(self, step: Predicted) -> Predicted:
        noises = torch.stack([step.x - step.uncond, step.x - step.cond], dim=1)
        rows = rearrange(noises.float(), "b two c h w -> b two (c h w)")
        products = rows @ rows.mT
        angle = 0.5 * torch.atan2(2.0 * products[:, 0, 1], products[:, 0, 0] - products[:, 1, 1])
        weights = torch.stack([angle.cos(), angle.sin()], dim=-1)
        shared = F.normalize(weights[:, None] @ rows, dim=-1)
        along = (rows[:, :1] * shared).sum(dim=-1, keepdim=True) * shared
        return replace(step, uncond=step.x - along.reshape(step.x.shape).to(step.x.dtype))
