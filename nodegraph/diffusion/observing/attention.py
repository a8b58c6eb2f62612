"""Where in a picture the network attends to which word: its cross-attention, averaged over layers, heads and steps.

References: Hertz et al. 2022, "Prompt-to-Prompt Image Editing with Cross Attention Control", §3 (what the maps mean);
Tang et al. 2023, "What the DAAM: Interpreting Stable Diffusion Using Cross Attention", eq. 5 (their sum over layers,
all at one size).

Shapes: b batch, a heads, n cells of a feature map, m context tokens, d width of a head, k words, h w latent cells.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from einops import einsum, rearrange, reduce
from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Stage
from nodegraph.diffusion.hooks import Hooks, NetworkCall, NetworkPatch
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.samplers.step import Step
from nodegraph.errors import UserError


class NothingSeenError(UserError):
    """No layer of no step could be looked at."""


def tokens_of_words(words: Sequence[Sequence[int]], length: int) -> Tensor:
    """``k m``: 1 where one of ``length`` tokens is at one of the positions of a word, else 0."""
    table = torch.zeros(len(words), length)
    for row, positions in zip(table, words, strict=True):
        row[list(positions)] = 1.0
    return table


@dataclass(eq=False)
class AttentionLog(GuidanceOption, Stage):
    """An option that watches how the first question's context is attended to; changes nothing.

    ``words`` says of each word which tokens of the context are its (``k m``, see :func:`tokens_of_words`), on the
    network's device. Goes onto a loaded network, never onto a handle. What other options ask of the network besides,
    and layers whose cells are not those of the latent, halved some times, are passed over.
    """

    words: Tensor
    listening: bool = True
    _sum: Tensor | None = None
    _count: int = 0

    def watching(self, model: DiffusionModel) -> DiffusionModel:
        """The model, looked at from here on."""
        return replace(model, options=(*model.options, self))

    def during(self, steps: Iterator[Step], first: int, end: int) -> Iterator[Step]:
        """The steps of a run, looked at from step ``first`` to before ``end``, counted from 0."""
        self.listening = first <= 0 < end
        for step in steps:
            self.listening = first <= step.index + 1 < end
            yield step

    def maps(self) -> Tensor:
        """For each word the share of attention that it has at each cell, ``k b h w`` of 0 … 1, on the CPU.

        Raises:
            NothingSeenError: nothing was looked at.
        """
        if self._sum is None:
            raise NothingSeenError(
                "No attention was seen: none of the run's steps lies in the range from start_at_step to end_at_step, "
                "or a patch of the model has changed all of its layers."
            )
        return (self._sum / self._count).cpu()

    def begin(self, ask: Ask) -> Stage:
        return self

    def watch(self) -> Sequence[NetworkPatch]:
        return (lambda call: _Watching(self, call) if self.listening and 0 in call.questions else None,)

    def add(self, shares: Tensor) -> None:
        """What one layer attended to at one call, ``k b h w``."""
        if self._sum is None or self._sum.shape != shares.shape:
            self._sum, self._count = torch.zeros_like(shares), 0
        self._sum += shares
        self._count += 1


@dataclass(frozen=True, eq=False)
class _Watching(Hooks):
    log: AttentionLog
    call: NetworkCall
    part: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "part", self.call.questions.index(0))

    def attention(self, attend: Attend) -> Attend:
        def watched(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
            if site.kind == "cross" and k.shape[2] % self.log.words.shape[1] == 0:
                parts = len(self.call.questions)
                self._look(q.chunk(parts)[self.part], k.chunk(parts)[self.part])
            return attend(q, k, v, site)

        return watched

    def _look(self, q: Tensor, k: Tensor) -> None:
        """q ``b a n d`` and k ``b a (r m) d``: a context may be repeated, which splits each token's share."""
        size = _size(q.shape[2], self.call.height, self.call.width)
        if size is None:
            return
        scores = einsum(q.float(), k.float(), "b a n d, b a m d -> b a n m") / math.sqrt(q.shape[-1])
        tokens = self.log.words.shape[1]
        shares = reduce(scores.softmax(dim=-1), "b a n (r m) -> b n m", "sum", m=tokens) / q.shape[1]
        words = einsum(shares, self.log.words, "b n m, k m -> k b n")
        maps = rearrange(words, "k b (h w) -> k b h w", h=size[0])
        whole = (self.call.height, self.call.width)
        self.log.add(F.interpolate(maps, size=whole, mode="bilinear", align_corners=False))


def _size(cells: int, height: int, width: int) -> tuple[int, int] | None:
    """The height and width of a feature map of so many cells, if it is the latent's halved some times, rounded up."""
    while height * width > cells:
        height, width = -(-height // 2), -(-width // 2)
    return (height, width) if height * width == cells else None
