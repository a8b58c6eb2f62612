"""The trained CLIP, read from the two files it is shipped in: says how alike pictures and texts are.

Shapes: n pictures or texts, h w pixels, p width of the common space.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.text_encoder import TextEncoder
from nodegraph.training.autoencoder import pixels
from nodegraph.training.clip import build_image_encoder, whitened
from nodegraph.weights.header import read_header
from nodegraph.weights.load import load_text_encoder
from nodegraph.weights.recognise import recognise_checkpoint

_VISION = "vision_model."
_BATCH = 64


class TrainedClip:
    """Pictures and texts as vectors of length 1 in the common space."""

    def __init__(self, text_encoder: TextEncoder, tensors: dict[str, Tensor]) -> None:
        self._text_encoder = text_encoder
        self._text_projection = tensors["text_projection.weight"]
        self._visual_projection = tensors["visual_projection.weight"]
        self._vision = build_image_encoder()
        self._vision.load_state_dict(
            {name.removeprefix(_VISION): tensor for name, tensor in tensors.items() if name.startswith(_VISION)}
        )
        self._vision.requires_grad_(False).train(False)

    def encode_images(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """``n h w 3`` -> ``n p``."""
        parts = [
            self._vision(whitened(pixels(pictures[start : start + _BATCH]))).pooler_output
            for start in range(0, len(pictures), _BATCH)
        ]
        return _projected(torch.cat(parts), self._visual_projection)

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """-> ``n p``."""
        encode = partial(self._text_encoder.encode, gate=open_gate)
        return _projected(torch.cat([encode(text)[1] for text in texts]), self._text_projection)


def load_clip(checkpoint: Path, image_encoder: Path) -> TrainedClip:
    """Open a starter checkpoint and the image encoder that was trained with it.

    Raises what opening a checkpoint raises.
    """
    header = read_header(checkpoint)
    part = recognise_checkpoint(header).text_encoder
    text_encoder = load_text_encoder(checkpoint, part, device=torch.device("cpu"), dtype=torch.float32)
    tensors = {name: tensor.float() for name, tensor in load_file(image_encoder).items()}
    return TrainedClip(text_encoder, tensors)


def _projected(vectors: Tensor, projection: Tensor) -> NDArray[np.float32]:
    return np.asarray(F.normalize(vectors @ projection.T, dim=-1).numpy())
