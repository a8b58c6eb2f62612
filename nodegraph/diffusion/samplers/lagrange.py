"""Integrals of Lagrange's basis polynomials: how much of each known value a multistep solver takes into its step.

Reference: Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", §III.1 and §III.5: known values are
interpolated by a polynomial, which is integrated over the step.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

Places = NDArray[np.float64]

NODES, WEIGHTS = leggauss(24)
"""Gauss-Legendre quadrature between -1 and 1, exact up to degree 47: far beyond what is smooth in a step."""


def lagrange_integrals(
    known: Sequence[float], start: float, end: float, weight: Callable[[Places], Places] | None = None
) -> list[float]:
    """∫ from ``start`` to ``end`` of each basis polynomial on ``known`` places, times ``weight``, in their order.

    ``weight`` is asked for all places of the quadrature at once.
    """
    half = (end - start) / 2
    points: Places = start + half * (1 + NODES)
    shares: Places = half * WEIGHTS if weight is None else half * WEIGHTS * weight(points)
    distances = [points - place for place in known]

    def integral(of: int) -> float:
        scale = math.prod(known[of] - place for index, place in enumerate(known) if index != of)
        product = math.prod((distance for index, distance in enumerate(distances) if index != of), start=shares)
        return float(product.sum()) / scale

    return [integral(index) for index in range(len(known))]
