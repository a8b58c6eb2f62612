"""SDE-DPM-Solver++(3M): the multistep solver of third order for the reverse equation with noise.

References: Lu et al. 2022, "DPM-Solver++", appendix A (the expansion, here with one term more) and the SDE form of its
section 5, with λ = −ln σ; η scales the noise as in :mod:`~nodegraph.diffusion.samplers.dpmpp_2m_sde`.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def dpmpp_3m_sde(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise, *, eta: float = 1.0
) -> Iterator[Step]:
    """Up to third order, stochastic, one network call a step; a last step to 0 is of first order."""
    known: deque[tuple[float, Tensor]] = deque(maxlen=2)  # (length of the step it began, prediction), newest first
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            decay = h * (1 + eta)
            x = x * math.exp(-decay) - denoised * math.expm1(-decay)
            phi_2 = math.expm1(-decay) / decay + 1
            phi_3 = phi_2 / decay - 0.5
            if len(known) == 1:
                ((h_1, previous),) = known
                x = x + (denoised - previous) * (phi_2 * h / h_1)
            elif len(known) == 2:
                (h_1, previous), (h_2, before) = known
                near, far = (denoised - previous) * (h / h_1), (previous - before) * (h / h_2)
                curve = (near - far) * (h / (h_1 + h_2))
                slope = near + curve * (h_1 / h)
                x = x + slope * phi_2 - curve * phi_3
            if eta > 0:
                x = x + noise(sigma, sigma_next) * (sigma_next * math.sqrt(-math.expm1(-2 * h * eta)))
            known.appendleft((h, denoised))
        yield Step(index, sigma_next, x, denoised)
