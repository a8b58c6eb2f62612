"""FreSca: guidance whose low and high frequencies are weighed by themselves.

Reference: Huang et al. 2025, "FreSca: Scaling in Frequency Space Enhances Diffusion Models", eq. 5 and 6.

Shapes: everything is ``b c h w``.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class FrequencyScaling(GuidanceOption, Stage):
    """``low`` weighs frequencies within ``cutoff`` of 0 along both axes, ``high`` all others.

    A latent of no more than twice ``cutoff`` cells a side has low frequencies only.
    """

    low: float
    high: float
    cutoff: int

    def begin(self, ask: Ask) -> Stage:
        return self

    def before(self, step: Predicted) -> Predicted:
        return replace(step, cond=step.uncond + self._weighed(step.cond - step.uncond))

    def _weighed(self, guidance: Tensor) -> Tensor:
        spectrum = torch.fft.fftshift(torch.fft.fftn(guidance.float(), dim=(-2, -1)), dim=(-2, -1))
        weights = torch.full(guidance.shape[-2:], self.high, device=guidance.device)
        rows, columns = (slice(max(0, side // 2 - self.cutoff), side // 2 + self.cutoff) for side in weights.shape)
        weights[rows, columns] = self.low
        weighed: Tensor = torch.fft.ifftn(torch.fft.ifftshift(spectrum * weights, dim=(-2, -1)), dim=(-2, -1)).real
        return weighed.to(guidance.dtype)
