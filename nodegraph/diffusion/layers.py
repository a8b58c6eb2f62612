"""Building blocks of the U-Net: timestep embedding, residual block, transformer, down- and upsampling.

Attribute names are those of the genuine checkpoint layout, so a block's ``state_dict`` is the layout below its prefix.
Knows nothing of how blocks are arranged.

Shapes: b batch, c channels, h w latent height and width, n = h·w, t width of the timestep embedding, m e prompt
tokens and their width.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

import math
from dataclasses import replace
from functools import partial

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from nodegraph.diffusion.attention import Attention, AttentionSite, Section
from nodegraph.diffusion.hooks import UNCHANGED, HookChain


def timestep_embedding(timesteps: Tensor, width: int, *, max_period: float = 10_000.0) -> Tensor:
    """Sinusoids of a (possibly fractional) timestep, cosines first: ``b`` -> ``b width`` in float32.

    Vaswani et al. 2017, §3.5, in the arrangement of Ho et al. 2020.
    """
    half = width // 2
    exponents = torch.arange(half, dtype=torch.float32, device=timesteps.device) / half
    angles = timesteps.float()[:, None] * torch.exp(-math.log(max_period) * exponents)
    return F.pad(torch.cat((angles.cos(), angles.sin()), dim=-1), (0, width % 2))


class Downsample(nn.Module):
    """Halve height and width, rounding up."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """``b c h w`` -> ``b c ⌈h/2⌉ ⌈w/2⌉``."""
        return self.op(x)


class Upsample(nn.Module):
    """Enlarge to the size of the skip connection that comes next."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """``b c h w`` -> ``b c size``. Sizes that are not 2h, 2w come from odd sizes on the way down."""
        return self.conv(F.interpolate(x, size=size, mode="nearest"))


class ResBlock(nn.Module):
    """Residual block of Ho et al. 2020, conditioned by adding the projected timestep embedding."""

    def __init__(self, in_channels: int, out_channels: int, *, time_width: int, groups: int) -> None:
        super().__init__()
        self.in_layers = nn.Sequential(
            nn.GroupNorm(groups, in_channels), nn.SiLU(), nn.Conv2d(in_channels, out_channels, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(time_width, out_channels))
        # The layout's third entry is the dropout of training.
        self.out_layers = nn.Sequential(
            nn.GroupNorm(groups, out_channels),
            nn.SiLU(),
            nn.Identity(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1),
        )
        self.skip_connection = nn.Identity() if in_channels == out_channels else nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """``b c h w``, ``b t`` -> ``b c' h w``."""
        y = self.in_layers(x) + rearrange(self.emb_layers(time), "b c -> b c 1 1")
        return self.skip_connection(x) + self.out_layers(y)


class GatedGelu(nn.Module):
    """GEGLU (Shazeer 2020, "GLU Variants Improve Transformer")."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, x: Tensor) -> Tensor:
        """``b n c`` -> ``b n inner``."""
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """Two linear layers, four times as wide inside."""

    def __init__(self, width: int) -> None:
        super().__init__()
        # The layout's second entry is the dropout of training.
        self.net = nn.Sequential(GatedGelu(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """``b n c`` -> ``b n c``."""
        return self.net(x)


class TransformerLayer(nn.Module):
    """Self-attention, cross-attention to the prompt, feed-forward; each residual, normalised before."""

    def __init__(
        self, width: int, context_width: int, *, heads: int, section: Section, block: int, transformer: int
    ) -> None:
        super().__init__()
        self_site = AttentionSite(section, block, transformer, "self")
        self.attn1 = Attention(width, width, heads=heads, site=self_site)
        self.ff = FeedForward(width)
        self.attn2 = Attention(width, context_width, heads=heads, site=replace(self_site, kind="cross"))
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width)

    def forward(self, x: Tensor, context: Tensor, *, hooks: HookChain = UNCHANGED) -> Tensor:
        """``b n c``, ``b m e`` -> ``b n c``."""
        x = x + hooks.layer(partial(self.attn1, attend=hooks.attend), self.norm1(x), self.attn1.site)
        x = x + hooks.layer(partial(self.attn2, context=context, attend=hooks.attend), self.norm2(x), self.attn2.site)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """Transformer layers over the cells of a feature map (Rombach et al. 2022, §3.3), residual around the whole."""

    def __init__(
        self,
        channels: int,
        context_width: int,
        *,
        depth: int,
        heads: int,
        groups: int,
        linear_projection: bool,
        section: Section,
        block: int,
    ) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.proj_in = _projection(channels, linear=linear_projection)
        self.transformer_blocks = nn.ModuleList(
            TransformerLayer(channels, context_width, heads=heads, section=section, block=block, transformer=index)
            for index in range(depth)
        )
        self.proj_out = _projection(channels, linear=linear_projection)

    def forward(self, x: Tensor, context: Tensor, *, hooks: HookChain = UNCHANGED) -> Tensor:
        """``b c h w``, ``b m e`` -> ``b c h w``."""
        height, width = x.shape[-2:]
        y = rearrange(self.norm(x), "b c h w -> b (h w) c")
        y = _pointwise(self.proj_in, y)
        for layer in self.transformer_blocks:
            y = layer(y, context, hooks=hooks)
        y = _pointwise(self.proj_out, y)
        return x + rearrange(y, "b (h w) c -> b c h w", h=height, w=width)


def _projection(channels: int, *, linear: bool) -> nn.Linear | nn.Conv2d:
    return nn.Linear(channels, channels) if linear else nn.Conv2d(channels, channels, 1)


def _pointwise(layer: nn.Linear | nn.Conv2d, x: Tensor) -> Tensor:
    """A linear layer, or the 1×1 convolution that is the same thing, on ``b n c``."""
    return F.linear(x, layer.weight.flatten(1), layer.bias)
