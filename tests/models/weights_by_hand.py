"""Small files in the real format of safetensors, with the names of tensors that tell what a file is. No torch."""

import json
from collections.abc import Sequence
from pathlib import Path

CHECKPOINT = (
    "model.diffusion_model.input_blocks.0.0.weight",
    "first_stage_model.decoder.up.0.block.0.conv1.weight",
    "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
)
VAE = ("decoder.conv_in.weight",)
LORA = ("lora_unet_down_blocks_0.lora_down.weight",)
UNKNOWN = ("w0", "w1")


def content(names: Sequence[str] = CHECKPOINT, *, size: int = 1000, fill: int = 7) -> bytes:
    """A file whose tensors, of ``size`` numbers of 16 bits each, hold ``fill`` in every byte."""
    length = 2 * size
    entries = {
        name: {"dtype": "F16", "shape": [size], "data_offsets": [place * length, (place + 1) * length]}
        for place, name in enumerate(names)
    }
    header = json.dumps(entries).encode()
    return len(header).to_bytes(8, "little") + header + bytes([fill]) * (length * len(names))


def write(path: Path, names: Sequence[str] = CHECKPOINT, *, size: int = 1000, fill: int = 7) -> Path:
    """Write such a file, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content(names, size=size, fill=fill))
    return path
