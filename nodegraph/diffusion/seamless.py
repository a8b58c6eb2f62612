"""Pictures that continue at the opposite edge: convolutions that wrap around instead of padding with zeros.

A network whose every convolution wraps around knows no edge: rolling its input by whole cells rolls its output. The
rest of these networks (norms, attention, nearest-neighbour scaling) knows none anyway, but a U-Net that halves n times
only keeps its steps under rolls by multiples of 2ⁿ cells.

Shapes: ``b c h w``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

import torch.nn.functional as F
from torch import Tensor, nn

from nodegraph.diffusion.shared_weights import copied_around_weights

Axes = Literal["both", "x", "y"]
"""Along which the picture continues: x from its right edge to its left, y from bottom to top."""

N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class SeamlessTiling:
    """An option of a model: its network wraps around."""

    axes: Axes = "both"


class WrappingPad(nn.Module):
    """Padding (left, right, top, bottom) by what is at the opposite edge along ``axes``, by zeros along the other."""

    def __init__(self, padding: tuple[int, int, int, int], axes: Axes) -> None:
        super().__init__()
        left, right, top, bottom = padding
        self.wrapped = (left * (axes != "y"), right * (axes != "y"), top * (axes != "x"), bottom * (axes != "x"))
        self.zeros = tuple(whole - part for whole, part in zip(padding, self.wrapped, strict=True))

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c (top + h + bottom) (left + w + right)``."""
        return F.pad(F.pad(x, self.wrapped, mode="circular"), self.zeros)


def seamless(network: N, axes: Axes) -> N:
    """A network that wraps around, with the weights of another, which stays as it is. No module, no change."""
    if not isinstance(network, nn.Module):
        return network
    wrapping = copied_around_weights(network)
    for name, layer in list(wrapping.named_modules()):
        if isinstance(layer, nn.ZeroPad2d):
            wrapping.set_submodule(name, WrappingPad(layer.padding, axes))
        elif isinstance(layer, nn.Conv2d) and any(layer.padding):
            assert not isinstance(layer.padding, str)
            rows, columns = layer.padding
            layer.padding = (0, 0)
            wrapping.set_submodule(name, nn.Sequential(WrappingPad((columns, columns, rows, rows), axes), layer))
    return wrapping


def wrapped(network: N, options: Iterable[object]) -> N:
    """The network of a model with its options; of several that wrap around the last holds."""
    tiling = [option for option in options if isinstance(option, SeamlessTiling)]
    return seamless(network, tiling[-1].axes) if tiling else network
