"""Between tensors and Pillow's pictures, for drawing. Shapes: h w pixels, 3 colours in 0 … 1."""

import numpy as np
import torch
from PIL import Image as Pillow
from torch import Tensor

from nodegraph.media.images import to_bytes


def as_pillow(picture: Tensor) -> Pillow.Image:
    """``h w c`` as a picture to be drawn with; opacity is left out."""
    return Pillow.fromarray(to_bytes(picture[..., :3]))


def as_images(drawn: Pillow.Image) -> Tensor:
    """What was drawn as a batch of one, ``1 h w 3``."""
    return torch.from_numpy(np.array(drawn.convert("RGB")).astype(np.float32) / 255.0)[None]
