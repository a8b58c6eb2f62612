"""PAG: guided away from what the network predicts when the image cannot attend to itself.

Reference: Ahn et al. 2024, "Self-Rectifying Diffusion Sampling with Perturbed-Attention Guidance", eq. 15: the
perturbed prediction has the identity in place of the self-attention map, so each cell attends to its own value.
"""

from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage
from nodegraph.diffusion.hooks import Hooks


@dataclass(frozen=True, slots=True)
class PerturbedAttentionGuidance(GuidanceOption):
    """``scale``: how much of the difference to the perturbed prediction is added; one network call more a step."""

    scale: float

    def begin(self, ask: Ask) -> Stage:
        return _Perturbed(self.scale, ask)


@dataclass(frozen=True, eq=False)
class _Perturbed(Stage):
    scale: float
    ask: Ask

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        """result + (cond − perturbed)·scale."""
        if self.scale == 0:
            return result
        perturbed = self.ask("cond", step.x, step.sigma, patches=[lambda call: _IDENTITY])
        return result + (step.cond - perturbed) * self.scale


class _IdentityMap(Hooks):
    """In the middle of the network each cell attends to itself alone."""

    def attention(self, attend: Attend) -> Attend:
        def identity(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
            return v if (site.section, site.kind) == ("middle", "self") else attend(q, k, v, site)

        return identity


_IDENTITY = _IdentityMap()
