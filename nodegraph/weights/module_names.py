"""The names that diffusers gives to the modules of a U-Net, beside those of the genuine checkpoint layout.

Most LoRAs name what they change after diffusers, which numbers blocks by resolution level and then by kind.
"""

from collections.abc import Mapping

from nodegraph.diffusion.unet import UNetConfig

_IN_RES_BLOCK: Mapping[str, str] = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}


def diffusers_blocks(config: UNetConfig) -> dict[str, str]:
    """For each block of the layout (``input_blocks.1.0``) the one of diffusers (``down_blocks.0.resnets.0``)."""
    last = len(config.channel_mult) - 1
    blocks = {
        "time_embed.0": "time_embedding.linear_1",
        "time_embed.2": "time_embedding.linear_2",
        "input_blocks.0.0": "conv_in",
        "middle_block.0": "mid_block.resnets.0",
        "out.0": "conv_norm_out",
        "out.2": "conv_out",
    }
    if config.middle_depth:
        blocks["middle_block.1"] = "mid_block.attentions.0"
    blocks[f"middle_block.{1 + bool(config.middle_depth)}"] = "mid_block.resnets.1"

    index = 1
    for level, count in enumerate(config.res_blocks):
        for number in range(count):
            blocks[f"input_blocks.{index}.0"] = f"down_blocks.{level}.resnets.{number}"
            if config.transformer_depth[level]:
                blocks[f"input_blocks.{index}.1"] = f"down_blocks.{level}.attentions.{number}"
            index += 1
        if level < last:
            blocks[f"input_blocks.{index}.0.op"] = f"down_blocks.{level}.downsamplers.0.conv"
            index += 1

    index = 0
    for up, level in enumerate(reversed(range(last + 1))):
        attended = bool(config.transformer_depth[level])
        for number in range(config.res_blocks[level] + 1):
            blocks[f"output_blocks.{index}.0"] = f"up_blocks.{up}.resnets.{number}"
            if attended:
                blocks[f"output_blocks.{index}.1"] = f"up_blocks.{up}.attentions.{number}"
            if level and number == config.res_blocks[level]:
                blocks[f"output_blocks.{index}.{1 + attended}.conv"] = f"up_blocks.{up}.upsamplers.0.conv"
            index += 1
    return blocks


def diffusers_name(module: str, blocks: Mapping[str, str]) -> str:
    """The name diffusers gives to a module of the layout; ``blocks`` are those of its network."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        block = blocks.get(".".join(parts[:length]))
        if block is not None:
            inside = ".".join(parts[length:])
            return ".".join(filter(None, (block, _IN_RES_BLOCK.get(inside, inside))))
    return module
