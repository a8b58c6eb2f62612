"""The stages of the starter model's training, in order, and how the time is shared out. Imports no torch."""

from collections.abc import Mapping
from typing import Literal, get_args

StageName = Literal["autoencoder", "clip", "diffusion", "image-encoder"]
STAGES: tuple[StageName, ...] = get_args(StageName)

TOTAL_MINUTES = 92.0
"""That two CPU cores need for all stages; painting and encoding the pictures takes them ten more."""

SHARES: Mapping[StageName, float] = {"autoencoder": 0.29, "clip": 0.055, "diffusion": 0.6, "image-encoder": 0.055}
"""Of the minutes for all stages together."""

NEEDS: Mapping[StageName, tuple[StageName, ...]] = {
    "autoencoder": (),
    "clip": (),
    "diffusion": ("autoencoder", "clip"),
    "image-encoder": ("clip", "diffusion"),
}
"""The stages each builds upon."""
