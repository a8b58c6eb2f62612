"""Latents on disk: ``.latent`` files, which are safetensors with one tensor and, in the header, where it came from."""

from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from nodegraph.errors import NonFiniteError, UserError

_TENSOR = "latent_tensor"
_VERSION = "latent_format_version_0"
"""An empty tensor whose presence says that the latent is as the autoencoder wrote it."""
_OLD_SCALE = 0.18215
"""Files without it hold SD 1.x latents already scaled for the network."""


class LatentFileError(UserError):
    """A file that holds no latent."""


def encode_latent(samples: Tensor, *, text: Mapping[str, str] | None = None) -> bytes:
    """Samples ``b c h w`` as a file carrying ``text``. Raises :class:`NonFiniteError`."""
    if not bool(torch.isfinite(samples).all()):
        raise NonFiniteError(
            "The latent has values that are no numbers (NaN or infinity); it was not saved. The node that computed it "
            "overflowed: try --precision fp32, or lower cfg."
        )
    tensors = {_TENSOR: samples.detach().cpu().contiguous(), _VERSION: torch.zeros(0)}
    return safetensors.torch.save(tensors, metadata=dict(text) if text else None)


def read_latent(path: Path) -> Tensor:
    """The samples ``b c h w`` of a file, float32. Raises :class:`LatentFileError`."""
    try:
        with safe_open(path, framework="pt") as file:
            names = set(file.keys())
            if _TENSOR not in names:
                raise LatentFileError(f"{path.name} holds no {_TENSOR!r}: it was not written by Save Latent.")
            samples: Tensor = file.get_tensor(_TENSOR).float()
    except (SafetensorError, OSError) as error:
        raise LatentFileError(f"{path.name} cannot be read as a latent: {error}. Is the file whole?") from error
    return samples if _VERSION in names else samples / _OLD_SCALE
