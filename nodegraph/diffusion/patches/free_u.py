"""FreeU: on the way up, features are strengthened and the low frequencies of skip connections weakened.

Reference: Si et al. 2024, "FreeU: Free Lunch in Diffusion U-Net", eq. 4 to 6; the first version of the paper
strengthens features by the same factor in every cell.

Shapes: b batch, c channels, h w height and width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from nodegraph.diffusion.hooks import Hooks, NetworkOption, NetworkPatch
from nodegraph.diffusion.model_sampling import ModelSampling

CUTOFF = 1
"""Half the side of the square of frequencies that are low."""


@dataclass(frozen=True, slots=True)
class FreeU(NetworkOption):
    """``b1`` and ``s1`` hold where the U-Net is four times as wide as at its top, ``b2`` and ``s2`` where twice.

    ``structured``: features are strengthened the more, the stronger they are in their cell (the second version).
    """

    b1: float
    b2: float
    s1: float
    s2: float
    structured: bool

    def patch(self, sampling: ModelSampling) -> NetworkPatch:
        hooks = _FreeU({4: (self.b1, self.s1), 2: (self.b2, self.s2)}, self.structured)
        return lambda call: hooks


@dataclass(frozen=True, eq=False)
class _FreeU(Hooks):
    factors: dict[int, tuple[float, float]]
    structured: bool

    def joined(self, x: Tensor, skip: Tensor, width: int) -> tuple[Tensor, Tensor]:
        """The first half of the channels of ``x`` is strengthened."""
        if width not in self.factors:
            return x, skip
        backbone, low = self.factors[width]
        factor: Tensor | float = backbone
        if self.structured:
            mean = x.mean(dim=1, keepdim=True)
            least, most = mean.amin(dim=(2, 3), keepdim=True), mean.amax(dim=(2, 3), keepdim=True)
            factor = (backbone - 1.0) * ((mean - least) / (most - least)) + 1.0
        half = x.shape[1] // 2
        return torch.cat((x[:, :half] * factor, x[:, half:]), dim=1), scale_low_frequencies(skip, low)


def scale_low_frequencies(x: Tensor, scale: float) -> Tensor:
    """A feature map ``b c h w`` whose lowest frequencies are multiplied by ``scale``; in float32 within."""
    spectrum = torch.fft.fftshift(torch.fft.fftn(x.float(), dim=(-2, -1)), dim=(-2, -1))
    height, width = x.shape[-2] // 2, x.shape[-1] // 2
    mask = torch.ones(x.shape[-2:], device=x.device)
    mask[height - CUTOFF : height + CUTOFF, width - CUTOFF : width + CUTOFF] = scale
    filtered: Tensor = torch.fft.ifftn(torch.fft.ifftshift(spectrum * mask, dim=(-2, -1)), dim=(-2, -1)).real
    return filtered.to(x.dtype)
