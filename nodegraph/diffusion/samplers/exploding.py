"""A flow seen as if its noise exploded, for samplers whose formulas are written in the signal-to-noise ratio.

x = (1 − σ)·x0 + σ·n divided by 1 − σ is x0 + ν·n with ν = σ/(1 − σ): a walk made for the one frame is right for the
other (Kingma et al. 2021, "Variational Diffusion Models", §5.1: only the signal-to-noise ratio matters).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.noise_levels import NoiseLevels
from nodegraph.diffusion.predictions import Eps
from nodegraph.diffusion.samplers.step import Step, Walk

ALMOST_ALL_NOISE = 1e-4
"""The share of the way that stands for its very beginning, where the ratio would be infinite."""


def in_exploding_frame(walk: Walk) -> Walk:
    """A walk over the levels of a flow, from one over levels of exploding noise."""

    def walked(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
        levels = list(sigmas)
        if levels[0] >= 1.0:
            levels[0] = denoise.sampling.percent_to_sigma(ALMOST_ALL_NOISE)

        def predict(z: Tensor, nu: float) -> Tensor:
            return denoise(z * _alpha(nu), _sigma(nu))

        def both(z: Tensor, nu: float) -> tuple[Tensor, Tensor]:
            return denoise.both(z * _alpha(nu), _sigma(nu))

        def step_noise(nu: float, nu_next: float) -> Tensor:
            return noise(_sigma(nu), _sigma(nu_next))

        sampling = replace(denoise.sampling, prediction=Eps(), levels=_Exploded(denoise.sampling.levels))
        exploded = Denoiser(predict, both, sampling)
        start = x / (1.0 - levels[0])
        steps = walk(exploded, start, [_nu(level) for level in levels], step_noise)
        for step, level in zip(steps, levels[1:], strict=True):
            yield Step(step.index, level, step.x * (1.0 - level), step.denoised)

    return walked


@dataclass(frozen=True, eq=False)
class _Exploded(NoiseLevels):
    """The levels of a flow, told as ν."""

    levels: NoiseLevels

    @property
    def sigmas(self) -> Tensor:  # type: ignore[override]  # where others keep a table, this one makes it
        return self.levels.sigmas / (1.0 - self.levels.sigmas)

    def sigma(self, timestep: float | Tensor) -> Tensor:
        sigma = self.levels.sigma(timestep)
        return sigma / (1.0 - sigma)

    def timestep(self, sigma: float) -> float:
        return self.levels.timestep(_sigma(sigma))

    def percent_to_sigma(self, percent: float) -> float:
        sigma = self.levels.percent_to_sigma(percent)
        return _nu(sigma) if sigma < 1.0 else float(torch.inf)

    def _at(self, share: float) -> float:
        return self.percent_to_sigma(1.0 - share)


def _nu(sigma: float) -> float:
    return sigma / (1.0 - sigma)


def _sigma(nu: float) -> float:
    return nu / (1.0 + nu)


def _alpha(nu: float) -> float:
    return 1.0 / (1.0 + nu)
