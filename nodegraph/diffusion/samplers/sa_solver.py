"""SA-Solver: stochastic Adams methods, a predictor and a corrector, with noise in the middle of the run only.

Reference: Xue et al. 2023, "SA-Solver: Stochastic Adams Solver for Fast Sampling of Diffusion Models", eq. 14 to 18 and
algorithms 1 and 2, in the variance-exploding frame with λ = −ln σ. τ scales the noise: 0 is the equation without.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.lagrange import lagrange_integrals
from nodegraph.diffusion.samplers.step import Step


def sa_solver(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    eta: float = 1.0,
    sde_start_percent: float = 0.2,
    sde_end_percent: float = 0.8,
    predictor_order: int = 3,
    corrector_order: int = 4,
    pece: bool = False,
    simple_order_2: bool = False,
) -> Iterator[Step]:
    """One network call a step, or two with ``pece``, which evaluates again what the corrector has reached.

    τ is ``eta`` for steps that end between the two shares of the run, else 0. A last step to 0 goes to the
    prediction. ``simple_order_2`` rounds the weights of two predictions as the paper does in its section 6.
    """
    start, end = (denoise.sampling.percent_to_sigma(percent) for percent in (sde_start_percent, sde_end_percent))
    known: deque[tuple[float, Tensor]] = deque(maxlen=max(predictor_order, corrector_order))
    base, predicted, added = x, x, 0.0 * x  # corrected at the last level; predicted at this one; with which noise
    tau = 0.0
    for index in range(len(sigmas) - 1):
        sigma, sigma_next = sigmas[index], sigmas[index + 1]
        denoised = denoise(predicted, sigma)
        known.append((-math.log(sigma), denoised))
        corrected = index > 0 and corrector_order > 0 and (pece or sigma_next > 0)
        if corrected:
            used = list(known)[-corrector_order:]
            weigh = _weights(used, sigmas[index - 1], sigma, tau, simple=simple_order_2)
            base = _advance(base, used, weigh, sigmas[index - 1], sigma, tau) + added
            if pece:
                denoised = denoise(base, sigma)
                known[-1] = (-math.log(sigma), denoised)
        else:
            base = predicted
        if sigma_next == 0:
            predicted = denoised
        else:
            tau = eta if end <= sigma_next <= start else 0.0
            used = list(known)[-predictor_order:]
            weigh = _weights(used, sigma, sigma_next, tau, simple=simple_order_2)
            predicted = _advance(base, used, weigh, sigma, sigma_next, tau)
            if tau > 0:
                h = math.log(sigma / sigma_next)
                added = noise(sigma, sigma_next) * (sigma_next * math.sqrt(-math.expm1(-2 * tau**2 * h)))
                predicted = predicted + added
            else:
                added = 0.0 * x
        yield Step(index, sigma_next, predicted, denoised)


def _advance(
    x: Tensor, used: Sequence[tuple[float, Tensor]], weights: Sequence[float], sigma: float, target: float, tau: float
) -> Tensor:
    """Eq. 14 without its noise: what is left of x, and the weighted predictions."""
    x = x * ((target / sigma) ** (1 + tau**2))
    for (_, denoised), weight in zip(used, weights, strict=True):
        x = x + denoised * weight
    return x


def _weights(
    used: Sequence[tuple[float, Tensor]], sigma: float, target: float, tau: float, *, simple: bool
) -> list[float]:
    """The share of each prediction: its basis polynomial in λ, integrated with the weight of eq. 15."""
    rate = 1 + tau**2
    start, end = -math.log(sigma), -math.log(target)
    places = [place for place, _ in used]
    weights = lagrange_integrals(places, start, end, lambda lam: rate * np.exp(-rate * (end - lam)))
    if simple and len(used) == 2:
        # The integral of the slope's share, (rate·h − 1 + exp(−rate·h))/rate, becomes its first term in h.
        h = end - start
        exact = (rate * h + math.expm1(-rate * h)) / rate
        rounded = rate * h**2 / 2
        older, newer = places
        change = (rounded - exact) / (newer - older)
        weights = [weights[0] - change, weights[1] + change]
    return weights
