"""CLIP's image encoder, and how alike pictures and texts are in the space it shares with a text encoder.

The network is transformers' ``CLIPVisionModel``; the names are those of CLIP's files. Reference: Radford et al. 2021,
"Learning Transferable Visual Models From Natural Language Supervision", §2.3 and figure 3.

Shapes: b pictures or texts, h w pixels, v d widths of the two encoders, p width of the common space.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from nodegraph.diffusion.gate import Gate
from nodegraph.errors import UserError

if TYPE_CHECKING:
    from transformers.models.clip.modeling_clip import CLIPVisionModel

_MEAN = (0.48145466, 0.4578275, 0.40821073)
_DEVIATION = (0.26862954, 0.26130258, 0.27577711)

SHARPNESS = 100.0
"""What likeness is multiplied with before it is a logarithm of odds: where CLIP's training ends (§2.5)."""


class NotComparableError(UserError):
    """An image encoder that does not say how its space is that of the text encoder."""


@dataclass(frozen=True, kw_only=True)
class ImageEncoderConfig:
    """Everything that shapes the network: squares of ``patch`` pixels a side become the transformer's words.

    The defaults are CLIP ViT-L/14. ``text_width`` is that of the text encoder it was trained with, if the file says how
    its features come into the common space.
    """

    side: int = 224
    patch: int = 14
    width: int = 1024
    layers: int = 24
    heads: int = 16
    inner_width: int = 4096
    projection: int = 768
    activation: str = "quick_gelu"
    text_width: int | None = None


def build_network(config: ImageEncoderConfig) -> "CLIPVisionModel":
    """The vision transformer (Dosovitskiy et al. 2021), with whatever weights the device of the context gives it."""
    # Importing transformers takes seconds: only those who load an image encoder wait for it.
    from transformers.models.clip.configuration_clip import CLIPVisionConfig
    from transformers.models.clip.modeling_clip import CLIPVisionModel

    return CLIPVisionModel(
        CLIPVisionConfig(
            image_size=config.side,
            patch_size=config.patch,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=config.inner_width,
            hidden_act=config.activation,
        )
    )


def whitened(x: Tensor) -> Tensor:
    """Pixels ``b 3 h w`` of −1 … 1 as CLIP's image encoders take them: by mean and deviation of OpenAI's pictures."""
    mean, deviation = (torch.tensor(values, device=x.device).view(3, 1, 1) for values in (_MEAN, _DEVIATION))
    return ((x + 1) / 2 - mean) / deviation


class ImageEncoder(nn.Module):
    """The network with the ways of both encoders into the common space."""

    def __init__(self, config: ImageEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.vision_model = build_network(config)
        self.visual_projection = nn.Linear(config.width, config.projection, bias=False)
        self.text_projection = (
            None if config.text_width is None else nn.Linear(config.text_width, config.projection, bias=False)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Pictures ``b h w c`` in 0 … 1 of any size -> ``b p`` of length 1, float32."""
        pixels = self._fitted(rearrange(images[..., :3], "b h w c -> b c h w")) * 2 - 1
        weight = self.visual_projection.weight
        pooled = self.vision_model(whitened(pixels.to(weight.device)).to(weight.dtype)).pooler_output
        return F.normalize(self.visual_projection(pooled).float(), dim=-1)

    @torch.no_grad()
    def encode(self, images: Tensor, *, gate: Gate) -> Tensor:
        """Pictures ``b h w c`` -> ``b p`` of length 1, on the CPU; one picture goes through the network at a time."""
        return torch.cat([gate(partial(self.forward, image)).cpu() for image in torch.split(images, 1)])

    def texts(self, pooled: Tensor) -> Tensor:
        """The pooled features ``b d`` of a text encoder -> ``b p`` of length 1, on the CPU.

        Raises:
            NotComparableError: the file has no ``text_projection``, or one for another text encoder.
        """
        projection = self.text_projection
        if projection is None:
            raise NotComparableError(
                "clip_vision has no text_projection, so its pictures cannot be compared with texts. Use the file "
                "of a whole CLIP: starter-clip.safetensors, or model.safetensors of openai/clip-vit-large-patch14."
            )
        if projection.in_features != pooled.shape[-1]:
            raise NotComparableError(
                f"clip_vision was trained with a text encoder of width {projection.in_features}; clip is "
                f"{pooled.shape[-1]} wide. Use the two that belong together."
            )
        weight = projection.weight.float().cpu()
        return F.normalize(pooled.float() @ weight.T, dim=-1)

    def _fitted(self, x: Tensor) -> Tensor:
        """``b 3 h w`` -> ``b 3 side side``: the shorter side scaled, the middle of the longer one kept."""
        side, (height, width) = self.config.side, x.shape[-2:]
        if (height, width) != (side, side):
            scale = side / min(height, width)
            size = (max(side, round(height * scale)), max(side, round(width * scale)))
            x = F.interpolate(x, size=size, mode="bicubic", antialias=True).clamp(0, 1)
        top, left = (x.shape[-2] - side) // 2, (x.shape[-1] - side) // 2
        return x[..., top : top + side, left : left + side]
