"""Changing only a part of a latent: a denoiser that holds everything outside a mask at what it was.

Reference: Lugmayr et al. 2022, "RePaint", eq. 8, without resampling.

Shapes: b batch, c latent channels, h w latent cells; a mask is ``b 1 h w``, 1 where the latent may change.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.model_sampling import ModelSampling

MaskAt = Callable[[float], Tensor]
"""``mask = mask_at(sigma)``: what may change at that noise level."""


class MaskOption(ABC):
    """An option of a model that changes what a mask means: frozen, plain data."""

    @abstractmethod
    def schedule(self, mask: Tensor, sampling: ModelSampling, levels: Sequence[float]) -> MaskAt:
        """The mask at each noise level of a run that walks over ``levels``."""


def mask_schedule(
    mask: Tensor, *, options: Iterable[object], sampling: ModelSampling, levels: Sequence[float]
) -> MaskAt:
    """The mask itself at every level, unless an option says otherwise; of several the last does."""
    schedule: MaskAt = lambda sigma: mask  # noqa: E731 (a default for the loop below)
    for option in options:
        if isinstance(option, MaskOption):
            schedule = option.schedule(mask, sampling, levels)
    return schedule


def inside_mask(denoise: Denoiser, mask_at: MaskAt, *, latent: Tensor, noise: Tensor) -> Denoiser:
    """A denoiser that changes only what the mask of the level lets it.

    Outside, the network sees the latent at the current noise level and the prediction is the latent itself; between
    0 and 1 the two are blended. What the negative alone predicts is left as it is: it is a direction, not a picture.
    """

    def held(x: Tensor, sigma: float, mask: Tensor) -> Tensor:
        return x * mask + denoise.sampling.add_noise(latent, noise, sigma) * (1.0 - mask)

    def kept(denoised: Tensor, mask: Tensor) -> Tensor:
        return denoised * mask + latent * (1.0 - mask)

    def masked(x: Tensor, sigma: float) -> Tensor:
        mask = mask_at(sigma)
        return kept(denoise(held(x, sigma, mask), sigma), mask)

    def both(x: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
        mask = mask_at(sigma)
        denoised, avoided = denoise.both(held(x, sigma, mask), sigma)
        return kept(denoised, mask), avoided

    return Denoiser(masked, both, denoise.sampling)
