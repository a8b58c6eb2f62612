"""A diffusion model whose predictions can be worked out by hand."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling


@dataclass
class ConstantPictures:
    """A network for which the context names the picture: every cell of x0 is the context's mean.

    Remembers the shapes it was called with.
    """

    sampling: ModelSampling
    calls: list[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        self.calls.append((tuple(x.shape), tuple(context.shape)))
        sigma = self.sampling.levels.sigma(float(timesteps[0]))
        picture = context.mean(dim=(1, 2)).reshape(-1, 1, 1, 1)
        return (x * torch.sqrt(sigma**2 + 1) - picture) / sigma


def toy_model(*options: Hashable) -> DiffusionModel:
    sampling = ModelSampling()
    network = ConstantPictures(sampling)
    return DiffusionModel(
        network, sampling, replace(SD15, scale=0.5), torch.device("cpu"), torch.float32, options, context_width=6
    )


def prompt(value: float, *, tokens: int = 3, **options: object) -> list[tuple[Tensor, dict[str, object]]]:
    return [(torch.full((1, tokens, 6), value), options)]
