"""Where a U-Net lets itself be changed during a call, without knowing by whom.

The network is given a :class:`HookChain` and asks it at each place; without hooks it asks for nothing. What a call is
about (:class:`NetworkCall`) is told to patches, which answer with the hooks that are in force during it.

Shapes: b batch, c channels, h w height and width, n tokens of a feature map.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce

from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite, attend
from nodegraph.diffusion.model_sampling import ModelSampling

Layer = Callable[[Tensor], Tensor]
"""An attention layer with its context: ``b n c`` -> ``b n c``."""


class Hooks:
    """Changes inside a network during one call. Overrides what it changes."""

    def attention(self, attend: Attend) -> Attend:
        """Another function to attend with."""
        return attend

    def layer(self, layer: Layer, x: Tensor, site: AttentionSite) -> Tensor:
        """Another result of the attention layer at a site; ``x`` is normalised, ``b n c``."""
        return layer(x)

    def entered(self, x: Tensor, block: int) -> Tensor:
        """Another result ``b c h w`` of an input block, which its skip connection gets too."""
        return x

    def descended(self, x: Tensor, block: int) -> Tensor:
        """Another result ``b c h w`` of an input block, which its skip connection does not get."""
        return x

    def joined(self, x: Tensor, skip: Tensor, width: int) -> tuple[Tensor, Tensor]:
        """Another input ``b c h w`` of an output block, and another skip connection ``b c' h w`` to it.

        ``width`` is c in multiples of the network's narrowest.
        """
        return x, skip


@dataclass(frozen=True, eq=False)
class HookChain:
    """Hooks in their order: each sees what those before it have made."""

    hooks: Sequence[Hooks] = ()
    attend: Attend = field(init=False)

    def __post_init__(self) -> None:
        chained: Attend = reduce(lambda inner, hooks: hooks.attention(inner), self.hooks, attend)
        object.__setattr__(self, "attend", chained)

    def __bool__(self) -> bool:
        return bool(self.hooks)

    def layer(self, layer: Layer, x: Tensor, site: AttentionSite) -> Tensor:
        for hooks in self.hooks:
            layer = partial(hooks.layer, layer, site=site)
        return layer(x)

    def entered(self, x: Tensor, block: int) -> Tensor:
        return reduce(lambda y, hooks: hooks.entered(y, block), self.hooks, x)

    def descended(self, x: Tensor, block: int) -> Tensor:
        return reduce(lambda y, hooks: hooks.descended(y, block), self.hooks, x)

    def joined(self, x: Tensor, skip: Tensor, width: int) -> tuple[Tensor, Tensor]:
        return reduce(lambda both, hooks: hooks.joined(*both, width), self.hooks, (x, skip))


UNCHANGED = HookChain()


@dataclass(frozen=True, slots=True)
class NetworkCall:
    """A call of a network: at which level, for latents of how many cells.

    ``questions`` says of each equal part of the batch which question it answers (0 the positive, the last the
    negative).
    """

    sigma: float
    height: int
    width: int
    questions: tuple[int, ...]


NetworkPatch = Callable[[NetworkCall], Hooks | None]
"""The hooks of a patch for a call; None where it is not in force."""


class NetworkOption(ABC):
    """An option of a model that changes its network: frozen, plain data."""

    @abstractmethod
    def patch(self, sampling: ModelSampling) -> NetworkPatch:
        """Its patch for a run that begins."""
