"""The colours of one picture given to another: the distribution of its colours is moved to the other's.

Shapes: pictures are ``b h w 3`` in 0..1; colours are ``n 3``, of as many pixels as there are.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TransferMethod = Literal["reinhard_lab", "mkl_lab", "histogram"]

Move = Callable[[Tensor], Tensor]
"""From colours to others."""

_LEAST = 0.01
"""A spread in CIELAB below it, which nobody sees, is not stretched further: grey stays grey."""

_LEVELS = 1025
"""So many shares of a histogram are compared; between them it is interpolated."""

_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
"""Of linear sRGB (IEC 61966-2-1)."""
_WHITE = (0.95047, 1.0, 1.08883)
"""D65."""
_BEND = 6 / 29
"""Where CIELAB's curve goes over into a straight line."""


def mover(source: Tensor, wanted: Tensor, method: TransferMethod) -> Move:
    """What moves the distribution of the colours ``source`` to that of ``wanted``.

    ``reinhard_lab``: mean and spread of each axis of CIELAB (after Reinhard et al. 2001, "Color Transfer between
    Images", who use another space of this kind). ``mkl_lab``: mean and covariance there, by the linear map that moves
    colours least (Pitié & Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping"). ``histogram``: the
    histograms of red, green and blue, each by itself.
    """
    return _MOVERS[method](source, wanted)


def _reinhard(source: Tensor, wanted: Tensor) -> Move:
    one, other = to_lab(source), to_lab(wanted)
    scale = other.std(dim=0, correction=0) / one.std(dim=0, correction=0).clamp(min=_LEAST)
    return lambda colours: from_lab((to_lab(colours) - one.mean(dim=0)) * scale + other.mean(dim=0))


def _monge_kantorovitch(source: Tensor, wanted: Tensor) -> Move:
    """T = A^-½ (A^½ B A^½)^½ A^-½ for covariances A and B (equation 7 of the paper)."""
    one, other = to_lab(source), to_lab(wanted)
    root, inverse = _roots(torch.cov(one.T, correction=0))
    inner, _ = _roots(root @ torch.cov(other.T, correction=0) @ root)
    map = inverse @ inner @ inverse
    return lambda colours: from_lab((to_lab(colours) - one.mean(dim=0)) @ map + other.mean(dim=0))


def _roots(covariance: Tensor) -> tuple[Tensor, Tensor]:
    """M^½ and M^-½ of a symmetric matrix; along an axis without spread the second is as of the least one."""
    values, vectors = torch.linalg.eigh(covariance)
    spreads = values.clamp(min=0).sqrt()
    return vectors * spreads @ vectors.T, vectors / spreads.clamp(min=_LEAST) @ vectors.T


def _histogram(source: Tensor, wanted: Tensor) -> Move:
    shares = np.linspace(0, 1, _LEVELS)
    curves = [
        _curve(np.quantile(one, shares), np.quantile(other, shares))
        for one, other in zip(source.numpy().T, wanted.numpy().T, strict=True)
    ]

    def move(colours: Tensor) -> Tensor:
        moved = [np.interp(axis, *curve) for axis, curve in zip(colours.numpy().T, curves, strict=True)]
        return torch.from_numpy(np.stack(moved, axis=1))

    return move


def _curve(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points from one quantile to the other; what is of one value goes to the middle of all it stands for."""
    values, places = np.unique(one, return_inverse=True)
    return values, np.bincount(places, weights=other) / np.bincount(places)


_MOVERS: Mapping[TransferMethod, Callable[[Tensor, Tensor], Move]] = {
    "reinhard_lab": _reinhard,
    "mkl_lab": _monge_kantorovitch,
    "histogram": _histogram,
}


def to_lab(colours: Tensor) -> Tensor:
    """CIELAB of sRGB, ``n 3``: lightness 0..100, and two axes from green to red and from blue to yellow."""
    linear = torch.where(colours <= 0.04045, colours / 12.92, ((colours.clamp(min=0) + 0.055) / 1.055) ** 2.4)
    scaled = linear @ colours.new_tensor(_TO_XYZ).T / colours.new_tensor(_WHITE)
    bent = torch.where(scaled > _BEND**3, scaled.clamp(min=0) ** (1 / 3), scaled / (3 * _BEND**2) + 4 / 29)
    x, y, z = bent.unbind(dim=1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def from_lab(lab: Tensor) -> Tensor:
    """sRGB of CIELAB, ``n 3``; colours that a screen cannot show are cut to 0..1."""
    lightness, red, yellow = lab.unbind(dim=1)
    y = (lightness + 16) / 116
    bent = torch.stack([y + red / 500, y, y - yellow / 200], dim=1)
    scaled = torch.where(bent > _BEND, bent**3, 3 * _BEND**2 * (bent - 4 / 29))
    linear = scaled * lab.new_tensor(_WHITE) @ torch.linalg.inv(lab.new_tensor(_TO_XYZ)).T
    curved = 1.055 * linear.clamp(min=0) ** (1 / 2.4) - 0.055
    return torch.where(linear <= 0.0031308, linear * 12.92, curved).clamp(0, 1)
