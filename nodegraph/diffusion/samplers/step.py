"""What every sampler is: a generator that walks from noise to a picture, one :class:`Step` at a time.

Whoever drives a sampler shows progress and previews between steps and stops simply by not asking for more; samplers
know nothing of networks, guidance, gates or devices.

Shapes: b batch, c latent channels, h w latent cells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import StepNoise


@dataclass(frozen=True, slots=True)
class Step:
    """One step done: ``x`` (``b c h w``) is at noise level ``sigma``; ``denoised`` is the picture the step aimed at.

    ``index`` counts from 0.
    """

    index: int
    sigma: float
    x: Tensor
    denoised: Tensor


Walk = Callable[[Denoiser, Tensor, Sequence[float], StepNoise], Iterator[Step]]
"""``walk(denoise, x, sigmas, noise)``: from x at ``sigmas[0]`` to ``sigmas[-1]``, one Step for each pair of levels."""
