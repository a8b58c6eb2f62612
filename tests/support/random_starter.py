#!/usr/bin/env python3
"""A file as the starter model's, of the real widths, filled with reproducible random weights: what tests run on.

usage: python tests/support/random_starter.py OUT.safetensors        (written in a second)

It is written by the same code as the real one and has all it has, except that it paints noise.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from support.tiny_checkpoint import tensor
from torch import nn

from nodegraph.diffusion import image_encoder
from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.diffusion.tokenizer import Tokenizer
from nodegraph.diffusion.unet import UNet
from nodegraph.training import recipe
from nodegraph.training.clip import build_text_encoder
from nodegraph.training.export import write_checkpoint, write_image_encoder
from nodegraph.training.scenes import BACKGROUNDS, COLORS, OBJECTS
from nodegraph.training.vocabulary import Vocabulary
from nodegraph.weights import keys

LATENT_SCALE = 0.5
NOTES = {"modelspec.title": "Random weights in the starter model's layout"}


def networks() -> dict[str, Any]:
    """What :func:`write_checkpoint` takes: three networks and the token ids of the text encoder's rows."""
    tokenize = Tokenizer()
    vocabulary = Vocabulary(token for word in ("a", *BACKGROUNDS, *COLORS, *OBJECTS) for token in tokenize(word))
    text_encoder = build_text_encoder(vocabulary)
    unet, autoencoder = UNet(recipe.UNET), Autoencoder(recipe.AUTOENCODER)
    fill(unet, keys.UNET_PREFIXES[0])
    fill(autoencoder, keys.AUTOENCODER_PREFIXES[0])
    fill(text_encoder, keys.TEXT_ENCODER_PREFIXES[0])
    with torch.no_grad():
        text_encoder.embeddings.token_embedding.weight[vocabulary.unknown] = 0
    return {"unet": unet, "autoencoder": autoencoder, "text_encoder": text_encoder, "rows": vocabulary.rows}


def random_image_encoder() -> dict[str, Any]:
    """What :func:`write_image_encoder` takes."""
    vision, width = image_encoder.build_network(recipe.IMAGE_ENCODER), recipe.IMAGE_ENCODER.projection
    fill(vision, "vision_model.")
    return {
        "vision": vision,
        "visual_projection": tensor("visual_projection.weight", [width, recipe.IMAGE_ENCODER.width]),
        "text_projection": tensor("text_projection.weight", [width, recipe.TEXT_ENCODER.width]),
        "logit_scale": torch.tensor(4.6),
    }


def fill(network: nn.Module, prefix: str) -> None:
    """Random weights near unit scale, those of the key that each has in a file."""
    network.load_state_dict(
        {name: tensor(prefix + name, list(like.shape), torch.float32) for name, like in network.state_dict().items()}
    )


def write_random_starter(path: Path | str, *, latent_scale: float = LATENT_SCALE) -> Path:
    """Write the checkpoint and return its path; folders are made as needed."""
    write_checkpoint(Path(path), **networks(), latent_scale=latent_scale, notes=NOTES)
    return Path(path)


def write_random_image_encoder(path: Path | str) -> Path:
    """Write the image encoder and return its path; folders are made as needed."""
    write_image_encoder(Path(path), **random_image_encoder(), notes=NOTES)
    return Path(path)


if __name__ == "__main__":
    print(write_random_starter(sys.argv[1]))  # noqa: T201
