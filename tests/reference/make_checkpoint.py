#!/usr/bin/env python3
"""Write a checkpoint in the genuine SD 1.5 single-file layout, filled with reproducible random weights.

usage: make_checkpoint.py OUT.safetensors [FILE-KIND]      (default kind: "SD 1.5"; 2.1 GB, fp16, about 20 s)

Every tensor is drawn from its own generator, seeded with the CRC-32 of its key, so the file does not depend on order.
It makes no pictures worth looking at, but it drives every layer of the real architecture: two programs that read the
layout the same way and compute the same functions give the same numbers. The kinds are those listed under "files" in
checkpoint-layouts.json.gz beside this script.
"""

import gzip
import json
import sys
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file

NORMS = ("norm", "layer_norm", "in_layers.0", "out_layers.0", ".out.0.")


def tensor(key: str, shape: list[int]) -> torch.Tensor:
    if key.endswith("position_ids"):
        return torch.arange(77)[None]
    g = torch.Generator().manual_seed(zlib.crc32(key.encode()))
    if len(shape) < 2:
        norm = key.endswith("weight") and any(n in key for n in NORMS)
        t = torch.ones(shape) if norm else torch.randn(shape, generator=g) * 0.02
    elif "embedding" in key:
        t = torch.randn(shape, generator=g) * 0.02
    else:
        fan_in = 1
        for s in shape[1:]:
            fan_in *= s
        t = torch.randn(shape, generator=g) / fan_in**0.5
    return t.half().contiguous()


if __name__ == "__main__":
    out, kind = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "SD 1.5")
    layouts = json.loads(gzip.decompress(Path(__file__).with_name("checkpoint-layouts.json.gz").read_bytes()))
    save_file({k: tensor(k, s) for part in layouts["files"][kind] for k, s in layouts[part].items()}, out)
    sys.stdout.write(out + "\n")
