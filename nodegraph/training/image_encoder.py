"""The trained CLIP, read from the two files it is shipped in: says how alike pictures and texts are.

Shapes: n pictures or texts, h w pixels, p width of the common space.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.image_encoder import ImageEncoder
from nodegraph.diffusion.text_encoder import TextEncoder
from nodegraph.weights.header import read_header
from nodegraph.weights.load import load_image_encoder, load_text_encoder
from nodegraph.weights.recognise import recognise_checkpoint, recognise_image_encoder

_BATCH = 64


@dataclass(frozen=True, eq=False)
class TrainedClip:
    """Pictures and texts as vectors of length 1 in the common space."""

    text_encoder: TextEncoder
    image_encoder: ImageEncoder

    @torch.no_grad()
    def encode_images(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """``n h w 3`` -> ``n p``."""
        parts = (torch.from_numpy(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH))
        return np.asarray(torch.cat([self.image_encoder(part.float() / 255) for part in parts]).numpy())

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """-> ``n p``."""
        pooled = torch.cat([self.text_encoder.encode(text, gate=open_gate)[1] for text in texts])
        return np.asarray(self.image_encoder.texts(pooled).numpy())


def load_clip(checkpoint: Path, image_encoder: Path) -> TrainedClip:
    """Open a starter checkpoint and the image encoder that was trained with it.

    Raises what opening a checkpoint raises.
    """
    cpu = torch.device("cpu")
    text = recognise_checkpoint(read_header(checkpoint)).text_encoder
    vision = recognise_image_encoder(read_header(image_encoder))
    return TrainedClip(
        load_text_encoder(checkpoint, text, device=cpu, dtype=torch.float32),
        load_image_encoder(image_encoder, vision, device=cpu, dtype=torch.float32),
    )
