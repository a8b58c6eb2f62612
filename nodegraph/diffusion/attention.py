"""Attention of the diffusion networks: one function, and the address of every place that calls it.

A network takes the function it attends with as an argument. Patches that change attention (perturbed guidance, token
merging, ...) name the places they change by :class:`AttentionSite` and wrap the function; neither the networks nor
this module know of any.

Shapes: b batch, h heads, n queries, m keys, d width of a head, c = h·d channels, e width of the context.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import dataclass
from typing import Literal, Protocol

import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

Section = Literal["input", "middle", "output"]


@dataclass(frozen=True, slots=True)
class AttentionSite:
    """Where in a U-Net an attention layer sits, in the coordinates the field uses to name it.

    ``section`` and ``block`` number ``input_blocks``, ``middle_block`` (always block 0) and ``output_blocks`` as in the
    checkpoint layout; ``transformer`` is the index among the transformer layers of that block; ``kind`` says whether
    the layer attends to the image itself or across to the prompt.
    """

    section: Section
    block: int
    transformer: int
    kind: Literal["self", "cross"]


class Attend(Protocol):
    """Computes attention at one site: q ``b h n d``, k and v ``b h m d`` -> ``b h n d``."""

    def __call__(self, q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor: ...


def attend(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
    """softmax(q kᵀ / √d) v (Vaswani et al. 2017, eq. 1), the same at every site."""
    return F.scaled_dot_product_attention(q, k, v)


class Attention(nn.Module):
    """Multi-head attention from a sequence ``b n c`` to itself, or to a context ``b m e``."""

    def __init__(self, width: int, context_width: int, *, heads: int, site: AttentionSite) -> None:
        super().__init__()
        self.heads = heads
        self.site = site
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context_width, width, bias=False)
        self.to_v = nn.Linear(context_width, width, bias=False)
        # The layout numbers what follows the attention; its second entry was dropout.
        self.to_out = nn.Sequential(nn.Linear(width, width))

    def forward(self, x: Tensor, context: Tensor | None = None, *, attend: Attend = attend) -> Tensor:
        """``b n c`` and, for cross-attention, ``b m e`` -> ``b n c``."""
        source = x if context is None else context
        q, k, v = (
            rearrange(y, "b n (h d) -> b h n d", h=self.heads)
            for y in (self.to_q(x), self.to_k(source), self.to_v(source))
        )
        return self.to_out(rearrange(attend(q, k, v, self.site), "b h n d -> b n (h d)"))
