"""What loaders return: small frozen values that say which weights, not the weights themselves.

A handle is cheap to make, to compare and to send elsewhere. Weights are read when somebody first computes with one,
by :mod:`nodegraph.weights.residency`. Imports no torch.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Literal

from nodegraph.diffusion.scheduled_weights import Hooks, Weights


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A checkpoint on disk; ``fingerprint`` changes when the file does."""

    path: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A file that changes weights: a LoRA, or a checkpoint by the difference of its weights to the model's own."""

    file: WeightFile
    kind: Literal["lora", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Model:
    """A diffusion network, with what changes how it is used.

    ``options`` are frozen values in the order they were applied: whoever computes with the network picks out those
    it knows, by their type. ``changes`` are those of its weights (:class:`WeightChange`), with their strengths.
    """

    file: WeightFile
    options: tuple[Hashable, ...] = ()
    changes: Weights = ()

    def with_option(self, option: Hashable) -> "Model":
        """The same model, used with one option more."""
        return replace(self, options=(*self.options, option))

    def with_change(self, change: WeightChange, strength: float) -> "Model":
        """The same model with one change of its weights more; none if its strength is 0."""
        return replace(self, changes=(*self.changes, (change, strength))) if strength else self


@dataclass(frozen=True, slots=True)
class Clip:
    """A text encoder and its tokenizer. ``last_layer``: −1 the last, −2 the one before; None the family's default.

    ``changes`` are as those of a :class:`Model`. ``hooks`` change the weights besides: if they are ``scheduled`` over
    the way from noise to picture, else with the strengths they begin with; whatever is encoded has them too, so that
    they change the diffusion network, if ``hooks_in_conditionings``. ``attention``: frozen values that multiply the
    attention of its layers.
    """

    file: WeightFile
    last_layer: int | None = None
    changes: Weights = ()
    hooks: Hooks = ()
    scheduled: bool = False
    hooks_in_conditionings: bool = True
    attention: tuple[Hashable, ...] = ()

    def with_change(self, change: WeightChange, strength: float) -> "Clip":
        """As :meth:`Model.with_change`."""
        return replace(self, changes=(*self.changes, (change, strength))) if strength else self


@dataclass(frozen=True, slots=True)
class Vae:
    """An autoencoder between pixels and latents. ``seamless``: along which axes pictures have no edge."""

    file: WeightFile
    seamless: Literal["both", "x", "y"] | None = None


@dataclass(frozen=True, slots=True)
class ClipVision:
    """CLIP's image encoder."""

    file: WeightFile
