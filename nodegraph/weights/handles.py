"""What loaders return: small frozen values that say which weights, not the weights themselves.

A handle is cheap to make, to compare and to send elsewhere. Weights are read when somebody first computes with one,
by :mod:`nodegraph.weights.residency`. Imports no torch.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A checkpoint on disk; ``fingerprint`` changes when the file does."""

    path: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Model:
    """A diffusion network, with what changes how it is used.

    ``options`` are frozen values in the order they were applied: whoever computes with the network picks out those
    it knows, by their type.
    """

    file: WeightFile
    options: tuple[Hashable, ...] = ()

    def with_option(self, option: Hashable) -> "Model":
        """The same model, used with one option more."""
        return replace(self, options=(*self.options, option))


@dataclass(frozen=True, slots=True)
class Clip:
    """A text encoder and its tokenizer. ``last_layer``: −1 the last, −2 the one before; None the family's default."""

    file: WeightFile
    last_layer: int | None = None


@dataclass(frozen=True, slots=True)
class Vae:
    """An autoencoder between pixels and latents. ``seamless``: along which axes pictures have no edge."""

    file: WeightFile
    seamless: Literal["both", "x", "y"] | None = None
