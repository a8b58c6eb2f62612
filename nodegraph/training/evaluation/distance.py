"""How far apart two sets of pictures are, from features of each: the kernel distance of Bińkowski et al. 2018 (KID).

It is the squared maximum mean discrepancy (Gretton et al. 2012, eq. 3) under the kernel (x·y/d + 1)³. The estimate is
unbiased, so that small sets can be compared: two sets of one distribution are at 0 on average, a little below as often
as a little above.

Shapes: n pictures, d features.
"""

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]


def standardised(features: Features, reference: Features) -> Features:
    """Features in units of how much they vary among ``reference`` (``m d``), about its mean."""
    return np.asarray((features - reference.mean(axis=0)) / (reference.std(axis=0) + 1e-6))


def kernel_distance(a: Features, b: Features) -> float:
    """Between two sets ``n d`` of equal size, at least two each. In units of the kernel; can be negative."""
    return _discrepancy(_kernel(a, a), _kernel(b, b), _kernel(a, b))


def standard_error(a: Features, b: Features) -> float:
    """Of :func:`kernel_distance`, by the jackknife: pictures are left out one pair at a time."""
    aa, bb, ab, n = _kernel(a, a), _kernel(b, b), _kernel(a, b), len(a)
    kept = [np.flatnonzero(np.arange(n) != out) for out in range(n)]
    values = [_discrepancy(*(kernel[np.ix_(rows, rows)] for kernel in (aa, bb, ab))) for rows in kept]
    return float(np.sqrt((n - 1) * np.var(values)))


def _kernel(a: Features, b: Features) -> Features:
    return np.asarray((a @ b.T / a.shape[1] + 1) ** 3)


def _discrepancy(aa: Features, bb: Features, ab: Features) -> float:
    """The unbiased estimate from kernels within and between sets ``n n``.

    Pictures of the same number may be of the same prompt; such pairs are left out between sets too.
    """
    n = len(aa)
    within_a, within_b, between = ((kernel.sum() - np.trace(kernel)) / (n * (n - 1)) for kernel in (aa, bb, ab))
    return float(within_a + within_b - 2 * between)
