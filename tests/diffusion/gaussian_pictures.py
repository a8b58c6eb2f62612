"""Pictures that are Gaussian, N(μ, c²) in every cell: their denoiser is known, and where every walk must end."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise import StepNoise, generator
from nodegraph.diffusion.noise_levels import FlowLevels
from nodegraph.diffusion.predictions import Flow

MEAN, SPREAD = 0.3, 0.7


def denoiser(predict: Callable[[Tensor, float], Tensor], sampling: ModelSampling | None = None) -> Denoiser:
    """A denoiser without guidance: what the negative alone predicts is the same."""
    return Denoiser(predict, lambda x, sigma: (predict(x, sigma),) * 2, sampling or ModelSampling())


def posterior_mean(x: Tensor, sigma: float) -> Tensor:
    """The exact prediction under exploding noise."""
    return (SPREAD**2 * x + sigma**2 * MEAN) / (SPREAD**2 + sigma**2)


def flow_posterior_mean(x: Tensor, sigma: float) -> Tensor:
    """The exact prediction under a flow."""
    if sigma >= 1.0:
        return torch.full_like(x, MEAN)
    return posterior_mean(x / (1.0 - sigma), sigma / (1.0 - sigma))


GAUSSIAN = denoiser(posterior_mean)
GAUSSIAN_FLOW = denoiser(flow_posterior_mean, ModelSampling(Flow(), FlowLevels(3.0)))


def exact(x: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """The exact solution of the probability-flow equation."""
    return MEAN + (x - MEAN) * math.sqrt((SPREAD**2 + sigma_next**2) / (SPREAD**2 + sigma**2))


def levels(high: float, low: float, steps: int) -> list[float]:
    return np.geomspace(high, low, steps + 1).tolist()


def silent(sigma: float, sigma_next: float) -> Tensor:
    raise AssertionError("a deterministic sampler asked for noise")


def gaussian(like: Tensor, seed: int = 1) -> StepNoise:
    stream = generator(seed)
    return lambda sigma, sigma_next: torch.randn(like.shape, generator=stream, dtype=like.dtype)
