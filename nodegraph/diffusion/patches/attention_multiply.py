"""Queries, keys, values and results of all attention of one kind, multiplied."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite
from nodegraph.diffusion.hooks import Hooks, Layer, NetworkOption, NetworkPatch
from nodegraph.diffusion.model_sampling import ModelSampling


@dataclass(frozen=True, slots=True)
class AttentionMultiply(NetworkOption):
    """Factors for attention of the image to itself, or across to the prompt."""

    kind: Literal["self", "cross"]
    q: float
    k: float
    v: float
    out: float

    def patch(self, sampling: ModelSampling) -> NetworkPatch:
        hooks = _Multiplied(self)
        return lambda call: hooks


@dataclass(frozen=True, eq=False)
class _Multiplied(Hooks):
    option: AttentionMultiply

    def attention(self, attend: Attend) -> Attend:
        option = self.option

        def multiplied(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
            if site.kind != option.kind:
                return attend(q, k, v, site)
            return attend(q * option.q, k * option.k, v * option.v, site)

        return multiplied

    def layer(self, layer: Layer, x: Tensor, site: AttentionSite) -> Tensor:
        return layer(x) * self.option.out if site.kind == self.option.kind else layer(x)
