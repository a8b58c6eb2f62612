"""Deep shrink: early steps are made on a smaller feature map, so that a large picture is composed as a small one.

The field's name for it is Kohya's, who published it without a paper ("Kohya Deep Shrink", 2023).

Shapes: b batch, c channels, h w height and width.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.hooks import Hooks, NetworkCall, NetworkOption, NetworkPatch
from nodegraph.diffusion.model_sampling import ModelSampling

Resize = Callable[[Tensor, int, int], Tensor]
"""``resize(x, width, height)``: ``b c h w`` -> ``b c height width``."""


@dataclass(frozen=True, slots=True)
class Downscale(NetworkOption):
    """From input block ``block`` on, maps are smaller by ``factor``, until output blocks meet their skip connections.

    In force between two shares of the run. ``after_skip``: the skip connection of that block keeps its size.
    """

    block: int
    factor: float
    start_percent: float
    end_percent: float
    after_skip: bool
    shrink: Resize
    grow: Resize

    def patch(self, sampling: ModelSampling) -> NetworkPatch:
        hooks = _Downscale(self)
        start, end = (sampling.percent_to_sigma(share) for share in (self.start_percent, self.end_percent))

        def in_force(call: NetworkCall) -> Hooks | None:
            return hooks if end <= call.sigma <= start else None

        return in_force


@dataclass(frozen=True, eq=False)
class _Downscale(Hooks):
    option: Downscale

    def entered(self, x: Tensor, block: int) -> Tensor:
        return self._shrunk(x, block) if not self.option.after_skip else x

    def descended(self, x: Tensor, block: int) -> Tensor:
        return self._shrunk(x, block) if self.option.after_skip else x

    def joined(self, x: Tensor, skip: Tensor, width: int) -> tuple[Tensor, Tensor]:
        if x.shape[-2:] == skip.shape[-2:]:
            return x, skip
        return self.option.grow(x, skip.shape[-1], skip.shape[-2]), skip

    def _shrunk(self, x: Tensor, block: int) -> Tensor:
        if block != self.option.block:
            return x
        height, width = (max(1, round(side / self.option.factor)) for side in x.shape[-2:])
        return self.option.shrink(x, width, height)
