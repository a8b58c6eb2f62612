#!/usr/bin/env python3
"""Checkpoints in the genuine SD 1.x single-file layout, of any size, filled with reproducible random weights.

usage: python tests/support/tiny_checkpoint.py OUT.safetensors        (34 MB, written in a second)

The keys and shapes are written out here independently of the networks, so that a test which loads such a file compares
two descriptions of the layout. At the genuine sizes :func:`layout` is the genuine layout (a test says so).
"""

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

Shape = list[int]
Keys = Iterator[tuple[str, Shape]]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large each part is. The defaults are small; ``GENUINE`` has those of SD 1.5."""

    width: int = 32
    mult: tuple[int, ...] = (1, 2, 4, 4)
    res_blocks: int = 2
    attention: tuple[bool, ...] = (True, True, True, False)
    context: int = 64
    text_layers: int = 2
    text_hidden: int = 128
    vocabulary: int = 49408
    vae_width: int = 32
    vae_mult: tuple[int, ...] = (1, 2, 4, 4)
    vae_res_blocks: int = 2
    latent: int = 4
    inpainting: bool = False
    editing: bool = False


TINY = Sizes()
GENUINE = Sizes(width=320, context=768, text_layers=12, text_hidden=3072, vae_width=128)


def _weight(key: str, *shape: int, bias: bool = True) -> Keys:
    yield f"{key}.weight", list(shape)
    if bias:
        yield f"{key}.bias", [shape[0]]


def _conv(key: str, out: int, into: int, kernel: int = 3) -> Keys:
    return _weight(key, out, into, kernel, kernel)


def _res_block(key: str, into: int, out: int, time: int) -> Keys:
    yield from _weight(f"{key}.in_layers.0", into)
    yield from _conv(f"{key}.in_layers.2", out, into)
    yield from _weight(f"{key}.emb_layers.1", out, time)
    yield from _weight(f"{key}.out_layers.0", out)
    yield from _conv(f"{key}.out_layers.3", out, out)
    if into != out:
        yield from _conv(f"{key}.skip_connection", out, into, 1)


def _transformer(key: str, width: int, context: int) -> Keys:
    yield from _weight(f"{key}.norm", width)
    yield from _conv(f"{key}.proj_in", width, width, 1)
    block = f"{key}.transformer_blocks.0"
    for name, source in (("attn1", width), ("attn2", context)):
        yield from _weight(f"{block}.{name}.to_q", width, width, bias=False)
        yield from _weight(f"{block}.{name}.to_k", width, source, bias=False)
        yield from _weight(f"{block}.{name}.to_v", width, source, bias=False)
        yield from _weight(f"{block}.{name}.to_out.0", width, width)
    for norm in ("norm1", "norm2", "norm3"):
        yield from _weight(f"{block}.{norm}", width)
    yield from _weight(f"{block}.ff.net.0.proj", 8 * width, width)
    yield from _weight(f"{block}.ff.net.2", width, 4 * width)
    yield from _conv(f"{key}.proj_out", width, width, 1)


def _unet(sizes: Sizes) -> Keys:
    time, context = 4 * sizes.width, sizes.context
    yield from _weight("time_embed.0", time, sizes.width)
    yield from _weight("time_embed.2", time, time)
    yield from _conv("input_blocks.0.0", sizes.width, 9 if sizes.inpainting else 8 if sizes.editing else sizes.latent)
    index, now, skips = 1, sizes.width, [sizes.width]
    for level, mult in enumerate(sizes.mult):
        for _ in range(sizes.res_blocks):
            yield from _res_block(f"input_blocks.{index}.0", now, mult * sizes.width, time)
            now = mult * sizes.width
            if sizes.attention[level]:
                yield from _transformer(f"input_blocks.{index}.1", now, context)
            skips.append(now)
            index += 1
        if level < len(sizes.mult) - 1:
            yield from _conv(f"input_blocks.{index}.0.op", now, now)
            skips.append(now)
            index += 1
    yield from _res_block("middle_block.0", now, now, time)
    yield from _transformer("middle_block.1", now, context)
    yield from _res_block("middle_block.2", now, now, time)
    index = 0
    for level, mult in reversed(list(enumerate(sizes.mult))):
        for repeat in range(sizes.res_blocks + 1):
            block = f"output_blocks.{index}"
            yield from _res_block(f"{block}.0", now + skips.pop(), mult * sizes.width, time)
            now = mult * sizes.width
            if sizes.attention[level]:
                yield from _transformer(f"{block}.1", now, context)
            if level and repeat == sizes.res_blocks:
                yield from _conv(f"{block}.{2 if sizes.attention[level] else 1}.conv", now, now)
            index += 1
    yield from _weight("out.0", now)
    yield from _conv("out.2", sizes.latent, now)


def _vae_block(key: str, into: int, out: int) -> Keys:
    yield from _weight(f"{key}.norm1", into)
    yield from _conv(f"{key}.conv1", out, into)
    yield from _weight(f"{key}.norm2", out)
    yield from _conv(f"{key}.conv2", out, out)
    if into != out:
        yield from _conv(f"{key}.nin_shortcut", out, into, 1)


def _vae_middle(key: str, width: int) -> Keys:
    yield from _vae_block(f"{key}.block_1", width, width)
    yield from _weight(f"{key}.attn_1.norm", width)
    for name in ("q", "k", "v", "proj_out"):
        yield from _conv(f"{key}.attn_1.{name}", width, width, 1)
    yield from _vae_block(f"{key}.block_2", width, width)


def _vae(sizes: Sizes) -> Keys:
    widths = [mult * sizes.vae_width for mult in sizes.vae_mult]
    last = len(widths) - 1
    yield from _conv("encoder.conv_in", sizes.vae_width, 3)
    now = sizes.vae_width
    for level, width in enumerate(widths):
        for block in range(sizes.vae_res_blocks):
            yield from _vae_block(f"encoder.down.{level}.block.{block}", now, width)
            now = width
        if level < last:
            yield from _conv(f"encoder.down.{level}.downsample.conv", now, now)
    yield from _vae_middle("encoder.mid", now)
    yield from _weight("encoder.norm_out", now)
    yield from _conv("encoder.conv_out", 2 * sizes.latent, now)
    yield from _conv("decoder.conv_in", now, sizes.latent)
    yield from _vae_middle("decoder.mid", now)
    for level, width in reversed(list(enumerate(widths))):
        for block in range(sizes.vae_res_blocks + 1):
            yield from _vae_block(f"decoder.up.{level}.block.{block}", now, width)
            now = width
        if level:
            yield from _conv(f"decoder.up.{level}.upsample.conv", now, now)
    yield from _weight("decoder.norm_out", now)
    yield from _conv("decoder.conv_out", 3, now)
    yield from _conv("quant_conv", 2 * sizes.latent, 2 * sizes.latent, 1)
    yield from _conv("post_quant_conv", sizes.latent, sizes.latent, 1)


def _text_encoder(sizes: Sizes) -> Keys:
    width = sizes.context
    yield "embeddings.token_embedding.weight", [sizes.vocabulary, width]
    yield "embeddings.position_embedding.weight", [77, width]
    yield "embeddings.position_ids", [1, 77]
    for index in range(sizes.text_layers):
        layer = f"encoder.layers.{index}"
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield from _weight(f"{layer}.self_attn.{name}", width, width)
        yield from _weight(f"{layer}.layer_norm1", width)
        yield from _weight(f"{layer}.mlp.fc1", sizes.text_hidden, width)
        yield from _weight(f"{layer}.mlp.fc2", width, sizes.text_hidden)
        yield from _weight(f"{layer}.layer_norm2", width)
    yield from _weight("final_layer_norm", width)


PARTS = {
    "model.diffusion_model.": _unet,
    "first_stage_model.": _vae,
    "cond_stage_model.transformer.text_model.": _text_encoder,
}


def layout(sizes: Sizes = TINY) -> dict[str, Shape]:
    """Every key of the single file with its shape."""
    return {prefix + key: shape for prefix, part in PARTS.items() for key, shape in part(sizes)}


def tensor(key: str, shape: Shape, dtype: torch.dtype = torch.float16) -> torch.Tensor:
    """Weights that keep activations near unit scale, drawn from a generator of the key's own."""
    if key.endswith("position_ids"):
        return torch.arange(shape[-1])[None]
    generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))
    values = torch.randn(shape, generator=generator)
    if len(shape) == 1:
        values = 0.02 * values + (1.0 if key.endswith("weight") else 0.0)
    elif "embedding" in key:
        values = 0.02 * values
    else:
        values = values / values[0].numel() ** 0.5
    return values.to(dtype)


def state_dict(sizes: Sizes = TINY, *, dtype: torch.dtype = torch.float16) -> dict[str, torch.Tensor]:
    """The tensors of such a file, by key."""
    return {key: tensor(key, shape, dtype) for key, shape in layout(sizes).items()}


def write(
    path: Path | str, sizes: Sizes = TINY, *, dtype: torch.dtype = torch.float16, metadata: dict[str, str] | None = None
) -> Path:
    """Write a checkpoint and return its path; folders are made as needed."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(state_dict(sizes, dtype=dtype), path, metadata=metadata)
    return path


if __name__ == "__main__":
    print(write(sys.argv[1]))  # noqa: T201
