"""From one thing to another in even steps: noise along the sphere that it lies on, prompts along a line.

Shapes: s steps, b batch, c latent channels, h w latent cells, n context tokens, d context width.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from einops import repeat
from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning, ConditioningError
from nodegraph.diffusion.noise import prepare_noise
from nodegraph.errors import UserError

_PARALLEL = 1e-4
"""Vectors with a smaller angle between them have no arc to go along."""


class SeedPerItemError(UserError):
    """Noise over a batch whose items are to be sampled as if each were alone."""


def slerp(first: Tensor, last: Tensor, share: float) -> Tensor:
    """Between two vectors (any shape, taken as one vector each), at even angles.

    (sin((1 − t)θ)·a + sin(tθ)·b)/sin θ (Shoemake 1985, "Animating Rotation with Quaternion Curves", §3.3). A straight
    line between two draws of noise passes where they are shorter than noise is; the arc keeps their length.
    """
    cosine = torch.dot(first.flatten(), last.flatten()) / (first.norm() * last.norm()).clamp(min=1e-12)
    angle = math.acos(float(cosine.clamp(-1, 1)))
    if math.sin(angle) < _PARALLEL:
        return torch.lerp(first, last, share)
    return (math.sin((1 - share) * angle) * first + math.sin(share * angle) * last) / math.sin(angle)


@dataclass(frozen=True, slots=True)
class NoiseBetween:
    """A NOISE that goes from that of one seed to that of another over the items of the batch."""

    seed: int
    last: int

    def generate(self, latent: Tensor, *, batch_index: Sequence[int] | None = None) -> Tensor:
        """Noise like ``latent``, ``b c h w``. Where an item was taken from makes no difference: its place here does."""
        first, last = (prepare_noise(latent[:1], seed) for seed in (self.seed, self.last))
        shares = torch.linspace(0, 1, latent.shape[0]).tolist()
        return torch.cat([slerp(first, last, share) for share in shares])

    def with_seed(self, seed: int) -> NoReturn:
        """Raises :class:`SeedPerItemError`: the items are what it goes over, and each alone is only its beginning."""
        raise SeedPerItemError(
            "noise goes from one seed to another over the batch (LearnNoiseBetween), but in latent_image each item has "
            "a seed of its own (SeedPerLatent): the two do not go together. Take one of them away."
        )


def prompts_between(first: Conditioning, last: Conditioning, steps: int) -> list[tuple[Tensor, Mapping[str, Any]]]:
    """A conditioning of which each item of a batch gets its own, from one prompt to another: ``s n d``.

    The first entry of each counts. The shorter context is repeated, which changes nothing of how it is attended to.

    Raises:
        ConditioningError: one is empty, or they are of different text encoders.
    """
    if not first or not last:
        raise ConditioningError("One of the two conditionings is an empty list; connect a text encoder's output.")
    (one, options), (other, others) = first[0], last[0]
    if one.shape[-1] != other.shape[-1]:
        raise ConditioningError(
            f"The first conditioning is {one.shape[-1]} wide and the last {other.shape[-1]}: they come from different "
            "text encoders. Encode both prompts with the same CLIP."
        )
    length = math.lcm(one.shape[1], other.shape[1])
    one, other = (repeat(context[:1], "1 n d -> 1 (r n) d", r=length // context.shape[1]) for context in (one, other))
    shares = torch.linspace(0, 1, steps)[:, None, None]
    pooled, last_pooled = options.get("pooled_output"), others.get("pooled_output")
    changed = {**options}
    if pooled is not None and last_pooled is not None:
        changed["pooled_output"] = torch.lerp(pooled[:1], last_pooled[:1], shares[:, 0])
    return [(torch.lerp(one, other, shares), changed)]
