"""SAG: guided away from a prediction in which what the image attends to most has been blurred.

Reference: Hong et al. 2023, "Improving Sample Quality of Diffusion Models Using Self-Attention Guidance", algorithm 1
and eq. 10 to 13, on the prediction of the negative prompt.

Shapes: b batch, h heads, n cells of the network's middle, c latent channels.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from einops import rearrange, reduce
from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage
from nodegraph.diffusion.hooks import Hooks, NetworkCall, NetworkPatch

THRESHOLD = 1.0
"""Cells that all others together attend to more than this are blurred."""

KERNEL = 9
"""Latent cells that the blur reaches over."""


@dataclass(frozen=True, slots=True)
class SelfAttentionGuidance(GuidanceOption):
    """``scale``: how much is added; ``blur_sigma``: of the Gaussian blur, in latent cells. One network call more."""

    scale: float
    blur_sigma: float

    def begin(self, ask: Ask) -> Stage:
        return _SelfAttention(self, ask)


@dataclass(eq=False)
class _SelfAttention(Stage):
    option: SelfAttentionGuidance
    ask: Ask
    attended: Tensor | None = field(init=False, default=None)

    def watch(self) -> list[NetworkPatch]:
        return [lambda call: _Watching(self, call)]

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        """result + (blurred − prediction from what is blurred)·scale."""
        if self.attended is None or self.option.scale == 0:
            return result
        blurred = self._degraded(step.uncond, self.attended)
        noise = step.x - step.uncond
        return result + (blurred - self.ask("uncond", blurred + noise, step.sigma)) * self.option.scale

    def _degraded(self, picture: Tensor, attended: Tensor) -> Tensor:
        """The picture blurred where ``attended`` (``b n``) is above the threshold."""
        height, width = picture.shape[-2:]
        rows, columns = _middle(height, width, attended.shape[1])
        mask = rearrange((attended > THRESHOLD).to(picture.dtype), "b (h w) -> b 1 h w", h=rows, w=columns)
        mask = F.interpolate(mask, (height, width))
        return gaussian_blur(picture, self.option.blur_sigma) * mask + picture * (1.0 - mask)


@dataclass(frozen=True, eq=False)
class _Watching(Hooks):
    """Remembers how much each cell of the middle is attended to in the negative's part of the batch."""

    stage: _SelfAttention
    call: NetworkCall

    def attention(self, attend: Attend) -> Attend:
        last = max(self.call.questions)

        def watched(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
            if (site.section, site.kind, site.transformer) == ("middle", "self", 0) and last > 0:
                part = self.call.questions.index(last)
                count = len(q) // len(self.call.questions)
                asked = slice(part * count, (part + 1) * count)
                maps = torch.softmax((q[asked].float() @ k[asked].float().mT) * q.shape[-1] ** -0.5, dim=-1)
                self.stage.attended = reduce(reduce(maps, "b h q k -> b q k", "mean"), "b q k -> b k", "sum")
            return attend(q, k, v, site)

        return watched


def gaussian_blur(x: Tensor, sigma: float) -> Tensor:
    """``b c h w`` convolved with a Gaussian of that standard deviation, its borders reflected."""
    if sigma <= 0:
        return x
    places = torch.linspace(-(KERNEL - 1) / 2, (KERNEL - 1) / 2, KERNEL, dtype=x.dtype, device=x.device)
    line = torch.exp(-0.5 * (places / sigma) ** 2)
    line = line / line.sum()
    kernel = torch.outer(line, line).expand(x.shape[1], 1, KERNEL, KERNEL)
    # Reflection needs more cells than the kernel reaches; a smaller latent repeats its border.
    reach = KERNEL // 2
    mode = "reflect" if min(x.shape[-2:]) > reach else "replicate"
    return F.conv2d(F.pad(x, (reach,) * 4, mode=mode), kernel, groups=x.shape[1])


def _middle(height: int, width: int, cells: int) -> tuple[int, int]:
    """Height and width of the network's middle, of so many cells, for a latent."""
    rows, columns = height, width
    while rows * columns > cells:
        rows, columns = -(-rows // 2), -(-columns // 2)
    return rows, columns
