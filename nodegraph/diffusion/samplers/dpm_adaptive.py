"""DPM-Solver-23: steps as long as the difference between second and third order allows.

References: Lu et al. 2022, "DPM-Solver", appendix C (adaptive step size); Söderlind 2003, "Digital Filters in
Adaptive Time-Stepping" (the controller). Of the schedule only its ends count.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.ancestral import ancestral_split
from nodegraph.diffusion.samplers.dpm_solver import Singlestep
from nodegraph.diffusion.samplers.step import Step
from nodegraph.errors import NonFiniteError, UserError

NEAR = 1e-5
"""A rest of λ that is as good as none."""


class StepSizeError(UserError):
    """Parameters with which a run would never end."""


@dataclass(eq=False)
class StepSize:
    """A PID controller of the step ``h`` in λ, fed with errors of which 1 is just tolerable."""

    h: float
    order: float
    pcoeff: float = 0.0
    icoeff: float = 1.0
    dcoeff: float = 0.0
    accept_safety: float = 0.81
    _inverse_errors: deque[float] = field(init=False, default_factory=lambda: deque(maxlen=3))

    def propose(self, error: float) -> bool:
        """Whether a step with that error is taken; ``h`` becomes what to try next."""
        inverse = 1.0 / (error + 1e-8)
        while len(self._inverse_errors) < 3:
            self._inverse_errors.append(inverse)
        self._inverse_errors[0] = inverse
        powers = (self.pcoeff + self.icoeff + self.dcoeff, -(self.pcoeff + 2 * self.dcoeff), self.dcoeff)
        factor = math.prod(
            value ** (power / self.order) for value, power in zip(self._inverse_errors, powers, strict=True)
        )
        factor = 1.0 + math.atan(factor - 1.0)
        accepted = factor >= self.accept_safety
        if accepted:
            self._inverse_errors.appendleft(inverse)
        self.h *= factor
        return accepted


def dpm_adaptive(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    order: int = 3,
    rtol: float = 0.05,
    atol: float = 0.0078,
    h_init: float = 0.05,
    pcoeff: float = 0.0,
    icoeff: float = 1.0,
    dcoeff: float = 0.0,
    accept_safety: float = 0.81,
    eta: float = 0.0,
) -> Iterator[Step]:
    """Third (or with ``order`` 2 second) order, three (or two) network calls a step tried; ends at the last level
    above 0.

    The error of a step is that of the whole batch, so what a picture becomes depends on its neighbours; reading it
    waits for the device.
    """
    if h_init <= 0 or (rtol <= 0 and atol <= 0):
        raise StepSizeError(
            f"h_init is {h_init:g}, rtol {rtol:g} and atol {atol:g}: no step would ever be taken. h_init must be above "
            "0, and so must rtol or atol."
        )
    lam, end = -math.log(sigmas[0]), -math.log(sigmas[-1] if sigmas[-1] > 0 else sigmas[-2])
    size = StepSize(h_init, 1.5 if eta > 0 else order, pcoeff, icoeff, dcoeff, accept_safety)
    low_before = x
    index = 0
    if lam == end:  # a single level, from which there is nowhere to go but to the picture
        denoised = denoise(x, sigmas[0])
        yield Step(0, sigmas[0], denoised, denoised)
    while lam < end - NEAR:
        target = min(end, lam + size.h)
        sigma, sigma_next = math.exp(-lam), math.exp(-target)
        reach, up = target, 0.0
        if eta > 0:
            down, _ = ancestral_split(sigma, sigma_next, eta=eta)
            reach = min(end, -math.log(down)) if down > 0 else end
            up = math.sqrt(max(sigma_next**2 - math.exp(-2 * reach), 0.0))
        step = Singlestep(denoise, x, lam)
        low = step.first(reach) if order == 2 else step.second(reach, r1=1 / 3)
        high = step.second(reach) if order == 2 else step.third(reach)
        tolerable = torch.clamp(torch.maximum(low.abs(), low_before.abs()) * rtol, min=atol)
        error = float(torch.linalg.vector_norm((low - high) / tolerable)) / math.sqrt(x.numel())
        if not math.isfinite(error):
            raise NonFiniteError(
                f"The predictions at noise level {sigma:g} hold NaN or infinity, so that no step can be chosen. Most "
                "often the precision is too low for the model: start nodegraph with --precision fp32."
            )
        if size.propose(error):
            low_before, lam = low, target
            x = high + noise(sigma, sigma_next) * up if up > 0 else high
            yield Step(index, sigma_next, x, step.denoised)
            index += 1
