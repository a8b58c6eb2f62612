"""NAG: guided away from the negative prompt within attention, which works without guidance of the predictions too.

Reference: Chen et al. 2025, "Normalized Attention Guidance: Universal Negative Guidance for Diffusion Models"
(arXiv 2505.21179), eq. 7 to 10.

Shapes: b batch, h heads, n queries, d width of a head.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Stage
from nodegraph.diffusion.hooks import Hooks, NetworkCall, NetworkPatch


@dataclass(frozen=True, slots=True)
class NormalizedAttention(GuidanceOption, Stage):
    """``scale``: how far away; ``tau``: how much longer than the positive a result may be; ``alpha``: its share.

    In force where the network is asked for the positive and the negative in one call, which is everywhere but where
    the device lacks the memory or their contexts have lengths that do not go together.
    """

    scale: float
    alpha: float
    tau: float

    def begin(self, ask: Ask) -> Stage:
        return self

    def watch(self) -> list[NetworkPatch]:
        return [lambda call: _Guided(self, call) if 0 in call.questions and max(call.questions) > 0 else None]

    def apart(self, positive: Tensor, negative: Tensor) -> Tensor:
        """What attention to the positive gives (``b h n d``), away from what attention to the negative gives.

        z̃ = z⁺·scale − z⁻·(scale − 1), shortened to at most tau·‖z⁺‖₁ for each query, blended into z⁺.
        """
        away = positive * self.scale - negative * (self.scale - 1.0)
        length: Tensor = torch.linalg.vector_norm(away, ord=1, dim=(1, 3), keepdim=True)
        reach: Tensor = torch.linalg.vector_norm(positive, ord=1, dim=(1, 3), keepdim=True)
        away = away * (self.tau * reach / length.clamp(min=1e-6)).clamp(max=1.0)
        return away * self.alpha + positive * (1.0 - self.alpha)


@dataclass(frozen=True, eq=False)
class _Guided(Hooks):
    option: NormalizedAttention
    call: NetworkCall

    def attention(self, attend: Attend) -> Attend:
        questions = self.call.questions
        negatives = [part for part, question in enumerate(questions) if question == max(questions)]

        def guided(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
            result = attend(q, k, v, site)
            if site.kind != "cross":
                return result
            parts = list(result.chunk(len(questions)))
            keys, values, queries = (x.chunk(len(questions)) for x in (k, v, q))
            positives = (part for part, question in enumerate(questions) if question == 0)
            for rank, part in enumerate(positives):
                negative = negatives[min(rank, len(negatives) - 1)]
                avoided = attend(queries[part], keys[negative], values[negative], site)
                parts[part] = self.option.apart(parts[part], avoided)
            return torch.cat(parts)

        return guided
