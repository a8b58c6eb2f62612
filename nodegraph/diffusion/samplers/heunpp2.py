"""Heun++: Heun's method with slopes looked at up to two levels ahead, weighted by noise level.

The field's "heunpp2" (author unknown): a slope at a level far below the first of the run weighs little, since there
the picture hardly changes. It has no derivation from a Taylor expansion; a run of many steps is of first order.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise
from nodegraph.diffusion.samplers.step import Step


def heunpp2(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], noise: StepNoise) -> Iterator[Step]:
    """Deterministic, three network calls a step, two in the last but one, one in the last."""
    for index, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        slopes = [(x - denoised) / sigma]
        # The last level, at which the picture is done, is not looked at.
        ahead = sigmas[index : index + 3] if index + 3 < len(sigmas) else sigmas[index:-1]
        reached = x
        for level, level_next in pairwise(ahead):
            reached = reached + slopes[-1] * (level_next - level)
            slopes.append((reached - denoise(reached, level_next)) / level_next)
        shares = [level / (len(slopes) * sigmas[0]) for level in ahead[1:]]
        slope = slopes[0] * (1.0 - sum(shares))
        for later, share in zip(slopes[1:], shares, strict=True):
            slope = slope + later * share
        x = x + slope * (sigma_next - sigma)
        yield Step(index, sigma_next, x, denoised)
