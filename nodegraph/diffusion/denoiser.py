"""What a sampler asks: the picture behind a noisy latent.

A denoiser is a network under guidance. Samplers know nothing else of networks, guidance, masks or devices.

Shapes: everything is ``b c h w`` float32; a noise level is one number for the whole batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.model_sampling import ModelSampling

Predict = Callable[[Tensor, float], Tensor]
"""``picture = predict(x, sigma)``."""

PredictBoth = Callable[[Tensor, float], tuple[Tensor, Tensor]]
"""``picture, avoided = both(x, sigma)``: as Predict, and what the negative conditioning alone predicts."""


@dataclass(frozen=True, eq=False)
class Denoiser:
    """``denoised = denoise(x, sigma)``: the predicted picture from x at that noise level.

    :attr:`both` tells what the negative alone predicts too, which CFG++ samplers renoise along. :attr:`sampling` says
    how pictures and noise are mixed.
    """

    predict: Predict
    both: PredictBoth
    sampling: ModelSampling

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        return self.predict(x, sigma)


def for_any_size(make: Callable[[Sequence[int]], Denoiser], sampling: ModelSampling) -> Denoiser:
    """A denoiser that is made anew (for a shape ``b c h w``) whenever latents of another size come."""
    made: dict[Sequence[int], Denoiser] = {}

    def fitting(x: Tensor) -> Denoiser:
        if x.shape not in made:
            made[x.shape] = make(x.shape)
        return made[x.shape]

    return Denoiser(lambda x, sigma: fitting(x)(x, sigma), lambda x, sigma: fitting(x).both(x, sigma), sampling)
