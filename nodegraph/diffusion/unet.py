"""The U-Net of Stable Diffusion 1.x (Rombach et al. 2022), at any width.

It predicts; it knows neither what is predicted (noise or velocity), nor schedules, guidance or files. Its
``state_dict`` is the genuine checkpoint layout below ``model.diffusion_model.``.

Shapes: b batch, c channels of the latent, h w its height and width, m e prompt tokens and their width.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nodegraph.diffusion.attention import Section
from nodegraph.diffusion.hooks import UNCHANGED, HookChain
from nodegraph.diffusion.layers import Downsample, ResBlock, SpatialTransformer, Upsample, timestep_embedding


@dataclass(frozen=True, kw_only=True)
class UNetConfig:
    """Everything that shapes the network; the defaults are SD 1.5.

    The tuples have one entry a resolution level, finest first. ``transformer_depth`` is the number of transformer
    layers behind each residual block of the level, 0 for none; ``linear_projection`` says whether a transformer is
    entered and left through linear layers (SD 2.x) instead of 1×1 convolutions.
    """

    in_channels: int = 4
    out_channels: int = 4
    model_channels: int = 320
    channel_mult: tuple[int, ...] = (1, 2, 4, 4)
    res_blocks: tuple[int, ...] = (2, 2, 2, 2)
    transformer_depth: tuple[int, ...] = (1, 1, 1, 0)
    middle_depth: int = 1
    context_width: int = 768
    heads: int = 8
    groups: int = 32
    linear_projection: bool = False


class Block(nn.ModuleList):
    """One numbered entry of the layout: layers applied in order, each given the arguments its kind takes."""

    def forward(
        self, x: Tensor, time: Tensor, context: Tensor, *, hooks: HookChain, size: tuple[int, int] | None = None
    ) -> Tensor:
        """``b c h w``, ``b t``, ``b m e`` -> ``b c' h' w'``; ``size`` is where an upsampling layer ends."""
        for layer in self:
            match layer:
                case ResBlock():
                    x = layer(x, time)
                case SpatialTransformer():
                    x = layer(x, context, hooks=hooks)
                case Upsample():
                    x = layer(x, size or (2 * x.shape[-2], 2 * x.shape[-1]))
                case _:
                    x = layer(x)
        return x


class UNet(nn.Module):
    """``network(x, timesteps, context)``: the prediction for noisy latents."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        time_width = 4 * config.model_channels
        widths = [mult * config.model_channels for mult in config.channel_mult]
        last = len(widths) - 1

        def res_block(into: int, out: int) -> ResBlock:
            return ResBlock(into, out, time_width=time_width, groups=config.groups)

        def transformer(channels: int, depth: int, section: Section, block: int) -> list[SpatialTransformer]:
            if not depth:
                return []
            return [
                SpatialTransformer(
                    channels,
                    config.context_width,
                    depth=depth,
                    heads=config.heads,
                    groups=config.groups,
                    linear_projection=config.linear_projection,
                    section=section,
                    block=block,
                )
            ]

        self.time_embed = nn.Sequential(
            nn.Linear(config.model_channels, time_width), nn.SiLU(), nn.Linear(time_width, time_width)
        )

        now = config.model_channels
        self.input_blocks = nn.ModuleList([Block([nn.Conv2d(config.in_channels, now, 3, padding=1)])])
        skips = [now]
        for level, width in enumerate(widths):
            for _ in range(config.res_blocks[level]):
                attention = transformer(width, config.transformer_depth[level], "input", len(self.input_blocks))
                self.input_blocks.append(Block([res_block(now, width), *attention]))
                now = width
                skips.append(now)
            if level < last:
                self.input_blocks.append(Block([Downsample(now)]))
                skips.append(now)

        attention = transformer(now, config.middle_depth, "middle", 0)
        self.middle_block = Block([res_block(now, now), *attention, res_block(now, now)])

        self.output_blocks = nn.ModuleList()
        for level in reversed(range(len(widths))):
            width = widths[level]
            for repeat in range(config.res_blocks[level] + 1):
                attention = transformer(width, config.transformer_depth[level], "output", len(self.output_blocks))
                upsample = [Upsample(width)] if level and repeat == config.res_blocks[level] else []
                self.output_blocks.append(Block([res_block(now + skips.pop(), width), *attention, *upsample]))
                now = width

        self.out = nn.Sequential(
            nn.GroupNorm(config.groups, now), nn.SiLU(), nn.Conv2d(now, config.out_channels, 3, padding=1)
        )

    def forward(self, x: Tensor, timesteps: Tensor, context: Tensor, *, hooks: HookChain = UNCHANGED) -> Tensor:
        """``b c h w``, ``b`` (0 … 999, may be fractional), ``b m e`` -> ``b c h w``, all in the network's precision."""
        time = self.time_embed(timestep_embedding(timesteps, self.config.model_channels).to(x.dtype))
        skips: list[Tensor] = []
        for index, block in enumerate(self.input_blocks):
            x = hooks.entered(block(x, time, context, hooks=hooks), index)
            skips.append(x)
            x = hooks.descended(x, index)
        x = self.middle_block(x, time, context, hooks=hooks)
        for block in self.output_blocks:
            x = torch.cat(hooks.joined(x, skips.pop(), x.shape[1] // self.config.model_channels), dim=1)
            size = tuple(skips[-1].shape[-2:]) if skips else None
            x = block(x, time, context, hooks=hooks, size=size)
        return self.out(x)
