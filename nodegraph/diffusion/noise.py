"""Where noise comes from: always a named generator, never the global random state.

The initial noise is drawn on the CPU, so that a seed gives the same picture on every device; the noise that a
stochastic sampler adds at each step is drawn where the latent lives. Knows neither models nor samplers.

Shapes: b batch, c latent channels, h w latent cells.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from nodegraph.diffusion.brownian_tree import BrownianTree

StepNoise = Callable[[float, float], Tensor]
"""``noise(sigma, sigma_next)``: unit-variance noise shaped like the latent, for the step between two levels."""

NoiseSource = Callable[[Tensor, Sequence[float], int], StepNoise]
"""``source(x, sigmas, seed)``: the step noise of one run over ``sigmas`` (descending, perhaps ending in 0)."""

SEEDS = 2**64


def generator(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator whose stream is that of ``torch.manual_seed(seed)``; seeds are taken modulo 2⁶⁴."""
    return torch.Generator(device).manual_seed(seed % SEEDS)


def prepare_noise(latent: Tensor, seed: int, *, batch_index: Sequence[int] | None = None) -> Tensor:
    """Unit-variance noise shaped and typed like a latent ``b c h w``, on the CPU.

    One draw fills the whole batch. With ``batch_index`` (the places of these items in the batch they were taken from)
    items are drawn one after another and the named ones kept, so that an item taken out of a batch made with the same
    index keeps its noise; an index may repeat.
    """
    stream = generator(seed)
    if batch_index is None:
        return torch.randn(latent.shape, generator=stream, dtype=latent.dtype)
    shape = (1, *latent.shape[1:])
    drawn = [torch.randn(shape, generator=stream, dtype=latent.dtype) for _ in range(max(batch_index) + 1)]
    return torch.cat([drawn[index] for index in batch_index])


class Noise(Protocol):
    """A NOISE: what the initial noise will be, once the latent it is for is known. The seed is also the sampler's."""

    @property
    def seed(self) -> int: ...

    def generate(self, latent: Tensor, *, batch_index: Sequence[int] | None = None) -> Tensor:
        """Noise like ``latent``, ``b c h w``; ``batch_index`` as for :func:`prepare_noise`."""

    def with_seed(self, seed: int) -> "Noise":
        """The same with another seed. Raises a :class:`UserError` where it belongs to the batch as a whole."""


@dataclass(frozen=True, slots=True)
class RandomNoise:
    """Noise drawn from a seed."""

    seed: int

    def generate(self, latent: Tensor, *, batch_index: Sequence[int] | None = None) -> Tensor:
        """Noise like ``latent``, ``b c h w``."""
        return prepare_noise(latent, self.seed, batch_index=batch_index)

    def with_seed(self, seed: int) -> "RandomNoise":
        """The same with another seed."""
        return replace(self, seed=seed)


@dataclass(frozen=True, slots=True)
class NoNoise:
    """Zeros: for a latent that still carries noise from an earlier run."""

    seed: int = 0

    def generate(self, latent: Tensor, *, batch_index: Sequence[int] | None = None) -> Tensor:
        """Zeros like ``latent``, ``b c h w``."""
        return torch.zeros(latent.shape, dtype=latent.dtype)

    def with_seed(self, seed: int) -> "NoNoise":
        """The same with another seed."""
        return replace(self, seed=seed)


def independent_noise(x: Tensor, sigmas: Sequence[float], seed: int) -> StepNoise:
    """A fresh draw at each step, on the latent's device.

    On the CPU the seed is one more than the prompt's: otherwise the first draw would repeat the initial noise.
    """
    stream = generator(seed + 1 if x.device.type == "cpu" else seed, x.device)

    def draw(sigma: float, sigma_next: float) -> Tensor:
        return torch.randn(x.shape, generator=stream, device=x.device, dtype=x.dtype)

    return draw


def item_by_item(source: NoiseSource, seeds: Sequence[int]) -> NoiseSource:
    """Each item of the batch gets noise as if it were alone, of a seed of its own; one seed is for the whole batch."""
    if len(seeds) == 1:
        return source

    def separate(x: Tensor, sigmas: Sequence[float], seed: int) -> StepNoise:
        streams = [source(item, sigmas, own) for item, own in zip(x.chunk(len(seeds)), seeds, strict=True)]
        return lambda sigma, sigma_next: torch.cat([stream(sigma, sigma_next) for stream in streams])

    return separate


def scaled_noise(noise: StepNoise, scale: float) -> StepNoise:
    """The same noise with that standard deviation."""
    return noise if scale == 1.0 else lambda sigma, sigma_next: noise(sigma, sigma_next) * scale


def brownian_noise(x: Tensor, sigmas: Sequence[float], seed: int) -> StepNoise:
    """Increments of one Brownian path over σ, drawn on the CPU: (W(t) − W(s))/√|t − s| for the step from s to t.

    The path depends on the seed alone, so that more and smaller steps approach one solution of the stochastic
    equation (Li et al. 2020, "Scalable Gradients for Stochastic Differential Equations", the Brownian tree).
    """
    return _tree(x, sigmas, seed, torch.device("cpu"))


def device_brownian_noise(x: Tensor, sigmas: Sequence[float], seed: int) -> StepNoise:
    """As :func:`brownian_noise`, drawn where the latent lives: quicker, and another picture on each kind of device."""
    return _tree(x, sigmas, seed, x.device)


def _tree(x: Tensor, sigmas: Sequence[float], seed: int, device: torch.device) -> StepNoise:
    levels = [sigma for sigma in sigmas if sigma > 0]
    tree = BrownianTree(x.shape, t0=min(levels), t1=max(levels), seed=seed % SEEDS, device=device, dtype=x.dtype)

    def increment(sigma: float, sigma_next: float) -> Tensor:
        lower, upper = sorted((sigma, sigma_next))
        sign = 1.0 if sigma < sigma_next else -1.0
        return (tree(lower, upper) * (sign / math.sqrt(upper - lower))).to(x.device, non_blocking=True)

    return increment
