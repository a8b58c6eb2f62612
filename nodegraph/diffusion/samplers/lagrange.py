"""Integrals of Lagrange's basis polynomials: how much of each known value a multistep solver takes into its step.

Reference: Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", §III.1 and §III.5: known values are
interpolated by a polynomial, which is integrated over the step.
"""

import math
from collections.abc import Callable, Sequence

from numpy.polynomial.legendre import leggauss

NODES, WEIGHTS = (values.tolist() for values in leggauss(24))
"""Gauss-Legendre quadrature between -1 and 1, exact up to degree 47: far beyond what is smooth in a step."""


def lagrange_integrals(
    known: Sequence[float], start: float, end: float, weight: Callable[[float], float] = lambda at: 1.0
) -> list[float]:
    """∫ from ``start`` to ``end`` of each basis polynomial on ``known`` places, times ``weight``, in their order."""
    half = (end - start) / 2
    points = [start + half * (1 + node) for node in NODES]
    weighted = [half * share * weight(point) for share, point in zip(WEIGHTS, points, strict=True)]

    def integral(of: int) -> float:
        others = [place for index, place in enumerate(known) if index != of]
        scale = math.prod(known[of] - other for other in others)
        values = [math.prod(point - other for other in others) for point in points]
        return sum(share * value for share, value in zip(weighted, values, strict=True)) / scale

    return [integral(index) for index in range(len(known))]
