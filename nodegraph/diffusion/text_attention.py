"""A text encoder whose attention is multiplied: queries, keys, values and results, each with its bias.

The layers of CLIP keep their weights, which the encoder shares with the one it was made from.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TypeVar

from torch import Tensor, nn

from nodegraph.diffusion.shared_weights import copied_around_weights

Net = TypeVar("Net", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class AttentionFactors:
    """What the outputs of the four projections of every attention layer are multiplied by."""

    q: float
    k: float
    v: float
    out: float


class Multiplied(nn.Module):
    """A layer whose output is multiplied."""

    def __init__(self, layer: nn.Module, factor: float) -> None:
        super().__init__()
        self.layer = layer
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.layer(x) * self.factor
        return result


def multiplied(network: Net, factors: Iterable[AttentionFactors]) -> Net:
    """The network with all factors in force; without any, the network itself, which stays as it is."""
    found = list(factors)
    if not found:
        return network
    copied = copied_around_weights(network)
    for each in found:
        of_layer = dict(zip(("q_proj", "k_proj", "v_proj", "out_proj"), astuple(each), strict=True))
        for name, layer in list(copied.named_modules()):
            factor = of_layer.get(name.rpartition(".")[2]) if ".self_attn." in name else None
            if factor is not None:
                copied.set_submodule(name, Multiplied(layer, factor))
    return copied
