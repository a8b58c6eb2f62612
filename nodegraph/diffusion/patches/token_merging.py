"""Token merging: cells that look alike ask as one where the image attends to itself.

Reference: Bolya & Hoffman 2023, "Token Merging for Fast Stable Diffusion", §4: one cell of each 2 × 2 square stays, at
random; of the others those most like one that stays are merged into it. As in the field, queries are merged, keys and
values are not.

Shapes: b batch, h heads, n cells, d width of a head, c channels.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from einops import repeat
from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite
from nodegraph.diffusion.hooks import Hooks, Layer, NetworkCall, NetworkOption, NetworkPatch
from nodegraph.diffusion.model_sampling import ModelSampling

STRIDE = 2
"""The side of the squares of which one cell stays."""


@dataclass(frozen=True, slots=True)
class TokenMerging(NetworkOption):
    """``ratio``: the share of all cells that is merged away, at the network's finest level; at most ¾ can be."""

    ratio: float

    def patch(self, sampling: ModelSampling) -> NetworkPatch:
        # Which cells stay changes from call to call, in the same order in each run.
        stream = torch.Generator().manual_seed(0)
        return lambda call: _Merging(self.ratio, call, stream)


@dataclass(eq=False)
class _Merging(Hooks):
    ratio: float
    call: NetworkCall
    stream: torch.Generator
    merge: "Merge | None" = field(init=False, default=None)

    def layer(self, layer: Layer, x: Tensor, site: AttentionSite) -> Tensor:
        """Decides by the cells themselves, before they become queries, which are alike."""
        height, width = self.call.height, self.call.width
        if site.kind == "self" and x.shape[1] == height * width and min(height, width) >= STRIDE:
            stays = chosen_cells(height, width, self.stream)
            count = min(int(x.shape[1] * self.ratio), x.shape[1] - len(stays))
            self.merge = match(x, stays, count) if count > 0 else None
        try:
            return layer(x)
        finally:
            self.merge = None

    def attention(self, attend: Attend) -> Attend:
        def merged(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
            merge = self.merge
            # Another patch may have cut the cells into tiles between the layer and here.
            if merge is None or (q.shape[0], q.shape[2]) != merge.shape:
                return attend(q, k, v, site)
            return merge.undo(attend(merge(q), k, v, site))

        return merged


def chosen_cells(height: int, width: int, stream: torch.Generator) -> Tensor:
    """The index of one random cell of each whole square, row by row."""
    rows, columns = height // STRIDE, width // STRIDE
    within = torch.randint(STRIDE**2, (rows, columns), generator=stream)
    y = torch.arange(rows)[:, None] * STRIDE + within // STRIDE
    x = torch.arange(columns)[None] * STRIDE + within % STRIDE
    return (y * width + x).flatten()


@dataclass(frozen=True, eq=False)
class Merge:
    """Which cells become one: ``merge(q)`` is ``b h n d`` -> ``b h n' d``, :meth:`undo` the way back, by copying.

    ``kept`` (``b u``) are the cells that stay as they are, ``stays`` (``s``) those that others are merged into;
    ``gone`` (``b r``) are merged into the stays with the numbers ``into`` (``b r``).
    """

    kept: Tensor
    stays: Tensor
    gone: Tensor
    into: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        """b and n."""
        return len(self.kept), self.kept.shape[1] + len(self.stays) + self.gone.shape[1]

    def __call__(self, q: Tensor) -> Tensor:
        kept, gone = (_at(q, cells) for cells in (self.kept, self.gone))
        index = repeat(self.into, "b r -> b h r d", h=q.shape[1], d=q.shape[-1])
        means = q[:, :, self.stays].scatter_reduce(2, index, gone, reduce="mean")
        return torch.cat((kept, means), dim=2)

    def undo(self, merged: Tensor) -> Tensor:
        """Each merged cell gets what the one it was merged into has got."""
        count = self.kept.shape[1]
        kept, means = merged[:, :, :count], merged[:, :, count:]
        cells = merged.new_empty(*merged.shape[:2], self.shape[1], merged.shape[-1])
        _put(cells, self.kept, kept)
        _put(cells, repeat(self.stays, "s -> b s", b=len(merged)), means)
        _put(cells, self.gone, _at(means, self.into))
        return cells


def match(x: Tensor, stays: Tensor, count: int) -> Merge:
    """Merge ``count`` of the cells ``b n c`` that do not stay, those most like (cosine) one that does.

    ``stays`` is on the host, where finding out which the others are need not wait for the device.
    """
    others = torch.ones(x.shape[1], dtype=torch.bool)
    others[stays] = False
    candidates = others.nonzero().flatten().to(x.device, non_blocking=True)
    stays = stays.to(x.device, non_blocking=True)
    metric = F.normalize(x, dim=-1)
    likeness, nearest = (metric[:, candidates] @ metric[:, stays].mT).max(dim=-1)
    order = likeness.argsort(dim=-1, descending=True)
    gone, kept = order[:, :count], order[:, count:]
    return Merge(candidates[kept], stays, candidates[gone], nearest.gather(1, gone))


def _at(values: Tensor, cells: Tensor) -> Tensor:
    index = repeat(cells, "b r -> b h r d", h=values.shape[1], d=values.shape[-1])
    return values.gather(2, index)


def _put(into: Tensor, cells: Tensor, values: Tensor) -> None:
    index = repeat(cells, "b r -> b h r d", h=into.shape[1], d=into.shape[-1])
    into.scatter_(2, index, values)
