"""The stages of the starter model's training, in order, and how the time is shared out. Imports no torch."""

from collections.abc import Mapping
from typing import Literal, get_args

StageName = Literal["autoencoder", "clip", "diffusion", "image-encoder"]
STAGES: tuple[StageName, ...] = get_args(StageName)

TOTAL_MINUTES = 89.0
"""That went into the file that is shipped, on two CPU cores; painting and encoding the pictures took nine more."""

SHARES: Mapping[StageName, float] = {"autoencoder": 0.169, "clip": 0.045, "diffusion": 0.752, "image-encoder": 0.034}
"""Of the minutes for all stages together."""

NEEDS: Mapping[StageName, tuple[StageName, ...]] = {
    "autoencoder": (),
    "clip": (),
    "diffusion": ("autoencoder", "clip"),
    "image-encoder": ("clip", "diffusion"),
}
"""The stages each builds upon."""
