"""Mahiro: where the negative prompt agrees with the guidance, the positive counts alone and more.

The field's own idea (by its author's name for it), without a paper: guidance is blended with the scaled positive
prediction by how similar the scaled negative and their mean are.
"""

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage


@dataclass(frozen=True, slots=True)
class Mahiro(GuidanceOption, Stage):
    """Similarities are those of signed square roots, over the last axis, their mean over each item."""

    def begin(self, ask: Ask) -> Stage:
        return self

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        """(s·result + (4 − s)·cfg·cond)/4 with s = 2·(similarity + 1)."""
        leap, negative = step.cond * step.cfg, step.uncond * step.cfg
        similarity = F.cosine_similarity(_signed_root(negative), _signed_root((leap + result) / 2), dim=-1)
        share = 2.0 * (similarity.flatten(1).mean(dim=1).reshape(-1, 1, 1, 1) + 1.0)
        return (share * result + (4.0 - share) * leap) / 4.0


def _signed_root(x: Tensor) -> Tensor:
    return x.abs().sqrt() * x.sign()
