#!/usr/bin/env python3
"""A file as the starter model's, of the real widths, filled with reproducible random weights: what tests run on.

usage: python tests/support/random_starter.py OUT.safetensors        (16 MB, written in a second)

It is written by the same code as the real one and has all it has, except that it paints noise.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from support.tiny_checkpoint import tensor
from torch import Tensor, nn

from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.diffusion.text_encoder import build_network
from nodegraph.diffusion.tokenizer import END, START, Tokenizer
from nodegraph.diffusion.unet import UNet
from nodegraph.training import recipe
from nodegraph.training.captions import caption
from nodegraph.training.export import write_checkpoint
from nodegraph.training.scenes import sample_scene
from nodegraph.weights import keys

LATENT_SCALE = 0.5
NOTES = {"modelspec.title": "Random weights in the starter model's layout"}


def token_rows() -> Tensor:
    """The ids ``r`` of the tokens in a handful of captions, ascending."""
    rng = np.random.default_rng(0)
    tokenize = Tokenizer()
    words = {token for _ in range(200) for token in tokenize(caption(sample_scene(rng), rng))}
    return torch.tensor(sorted(words | {START, END}))


def fill(network: nn.Module, prefix: str) -> None:
    """Random weights near unit scale, those of the key that each has in a file."""
    network.load_state_dict(
        {name: tensor(prefix + name, list(like.shape), torch.float32) for name, like in network.state_dict().items()}
    )


def write_random_starter(path: Path | str) -> Path:
    """Write the file and return its path; folders are made as needed."""
    path = Path(path)
    rows = token_rows()
    unet, autoencoder = UNet(recipe.UNET), Autoencoder(recipe.AUTOENCODER)
    text_encoder = build_network(recipe.TEXT_ENCODER)
    text_encoder.embeddings.token_embedding = nn.Embedding(len(rows) + 1, recipe.TEXT_ENCODER.width)
    fill(unet, keys.UNET_PREFIXES[0])
    fill(autoencoder, keys.AUTOENCODER_PREFIXES[0])
    fill(text_encoder, keys.TEXT_ENCODER_PREFIXES[0])
    with torch.no_grad():
        text_encoder.embeddings.token_embedding.weight[-1] = 0
    write_checkpoint(
        path,
        unet=unet,
        autoencoder=autoencoder,
        text_encoder=text_encoder,
        rows=rows,
        latent_scale=LATENT_SCALE,
        notes=NOTES,
    )
    return path


if __name__ == "__main__":
    print(write_random_starter(sys.argv[1]))  # noqa: T201
