"""Gradient estimation: Euler steps along a slope that is extrapolated from the last two.

References: Permenter & Yuan 2024, "Interpreting and Improving Diffusion Models from an Optimization Perspective",
algorithm 2 with γ = 2; Chung et al. 2024, "CFG++".
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def gradient_estimation(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    noise: StepNoise,
    *,
    gamma: float = 2.0,
    cfg_pp: bool = False,
) -> Iterator[Step]:
    """First order, deterministic, one network call a step; ``gamma`` 1 is Euler.

    With ``cfg_pp`` slopes are those of the noise that the negative alone predicts.
    """
    before: Tensor | None = None
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        if cfg_pp:
            denoised, direction = denoise.both(x, sigma)
        else:
            denoised = direction = denoise(x, sigma)
        slope = (x - direction) / sigma
        if sigma_next == 0:
            x = denoised
        else:
            x = denoised + slope * sigma_next if cfg_pp else x + slope * (sigma_next - sigma)
            if before is not None:
                x = x + (slope - before) * ((gamma - 1.0) * (sigma_next - sigma))
        before = slope
        yield Step(index, sigma_next, x, denoised)
