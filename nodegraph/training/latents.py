"""A dataset as the diffusion network sees it: every picture through the finished autoencoder, once, into a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.training.autoencoder import pixels
from nodegraph.training.dataset import Dataset

_BATCH = 64


@dataclass(frozen=True)
class Latents:
    """``values``: ``n z h w``, scaled to a spread of one by ``scale``, which the checkpoint's metadata names."""

    data: Dataset
    values: NDArray[np.float32]
    scale: float


def encode_dataset(
    data: Dataset,
    vae: Autoencoder,
    path: Path,
    *,
    scale: float | None = None,
    report: Callable[[int], None] = lambda done: None,
) -> Latents:
    """Encode every picture, or read what was encoded before. ``scale``: that of other latents, if not one's own."""
    if not path.exists():
        pictures, parts = data.pictures, []
        with torch.inference_mode():
            for start in range(0, data.count, _BATCH):
                parts.append(vae.encode(pixels(pictures[start : start + _BATCH], vae.device)).cpu().numpy())
                report(min(start + _BATCH, data.count))
        unfinished = path.with_suffix(".partial")
        with unfinished.open("wb") as file:
            np.save(file, np.concatenate(parts))
        unfinished.replace(path)
    unscaled = np.load(path)
    factor = 1 / float(unscaled.std()) if scale is None else scale
    return Latents(data, (unscaled * factor).astype(np.float32), factor)
