"""The names of a U-Net's modules in diffusers, beside those that diffusers' own conversion gives them."""

import pytest
import torch
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint

from nodegraph.diffusion.unet import UNet, UNetConfig
from nodegraph.weights.module_names import diffusers_blocks, diffusers_name

CONFIGS = {
    "SD 1.5": UNetConfig(),
    "attention at the bottom, none at the top": UNetConfig(
        channel_mult=(1, 2), res_blocks=(1, 1), transformer_depth=(0, 1)
    ),
    "three blocks a level": UNetConfig(channel_mult=(1, 2, 2), res_blocks=(3, 3, 3), transformer_depth=(1, 0, 2)),
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_names_are_those_of_diffusers_conversion(config: UNetConfig) -> None:
    with torch.device("meta"):
        names = list(UNet(config).state_dict())
    numbered = {f"model.diffusion_model.{name}": torch.tensor(index) for index, name in enumerate(names)}
    levels = len(config.channel_mult)
    shape = {"layers_per_block": config.res_blocks[0], "block_out_channels": [0] * levels, "class_embed_type": None}
    theirs = {int(number): key for key, number in convert_ldm_unet_checkpoint(numbered, config=shape).items()}
    blocks = diffusers_blocks(config)
    for index, name in enumerate(names):
        module, _, parameter = name.rpartition(".")
        assert f"{diffusers_name(module, blocks)}.{parameter}" == theirs[index]
