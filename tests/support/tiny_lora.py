"""LoRAs for the tiny checkpoint, filled with reproducible random numbers: a file for each notation of the field.

A layer is called by its name in the genuine layout, ``unet.`` or ``text.`` before it; its names in the notations are
written out by hand, so that a test compares two descriptions.
"""

import zlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

ATTENTION = "input_blocks.1.1.transformer_blocks.0.attn1.to_q"
OUTPUT = "input_blocks.1.1.transformer_blocks.0.attn2.to_out.0"
POINT = "middle_block.1.proj_in"
CONVOLUTION = "input_blocks.4.0.in_layers.2"
UPSAMPLING = "output_blocks.2.1.conv"
TEXT = "encoder.layers.1.mlp.fc1"

DIFFUSERS: Mapping[str, str] = {
    ATTENTION: "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q",
    OUTPUT: "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0",
    POINT: "mid_block.attentions.0.proj_in",
    CONVOLUTION: "down_blocks.1.resnets.0.conv1",
    UPSAMPLING: "up_blocks.0.upsamplers.0.conv",
    TEXT: "text_model.encoder.layers.1.mlp.fc1",
}


def values(name: str, *shape: int, scale: float = 0.1) -> Tensor:
    """Numbers of the name's own."""
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))


def kohya(layer: str) -> str:
    return ("lora_te_" if layer == TEXT else "lora_unet_") + DIFFUSERS[layer].replace(".", "_")


def write_lora(path: Path, tensors: Mapping[str, Tensor]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, path)
    return path


def small_lora(name: str = "one", *, rank: int = 4, alpha: float | None = 2.0) -> dict[str, Tensor]:
    """A kohya LoRA of an attention layer and a layer of the text encoder."""
    tensors = {}
    for layer, (outputs, inputs) in {ATTENTION: (32, 32), TEXT: (128, 64)}.items():
        key = kohya(layer)
        tensors[f"{key}.lora_up.weight"] = values(f"{name} up {key}", outputs, rank)
        tensors[f"{key}.lora_down.weight"] = values(f"{name} down {key}", rank, inputs, scale=1.0)
        if alpha is not None:
            tensors[f"{key}.alpha"] = torch.tensor(alpha)
    return tensors
