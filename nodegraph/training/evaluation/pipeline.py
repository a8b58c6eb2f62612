"""The model under evaluation: opened, prompted, sampled and decoded by the code that real use goes through.

Many prompts are sampled as one batch, each picture under a conditioning of its own; apart from that a batch is what a
KSampler node makes of it. Knows neither the judge nor what is measured.

Shapes: n pictures, h w pixels.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nodegraph.diffusion.autoencoder import decode_latent, encode_image
from nodegraph.diffusion.conditioning import Conditioning
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.sample import ksampler
from nodegraph.training.dataset import SIDE
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency

Pictures = NDArray[np.uint8]
"""``n h w 3``."""

BATCH = 32
_SEEDS_APART = 1_000_003


@dataclass(frozen=True)
class Recipe:
    """How pictures are sampled, as a KSampler node is told. The defaults are those of the example workflows."""

    cfg: float = 4.0
    sampler: str = "dpmpp_2m"
    scheduler: str = "karras"
    steps: int = 20


@dataclass
class Pipeline:
    """The three networks of a checkpoint. Raises what opening and loading raise (a UserError)."""

    checkpoint: Path
    device: str = "auto"
    _encoded: dict[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        model, clip, vae = open_checkpoint(self.checkpoint)
        self.weights = Residency(device=self.device)
        self.model = self.weights.diffusion(model)
        self.text_encoder = self.weights.clip(clip)
        self.vae = self.weights.vae(vae)

    def paint(
        self,
        prompts: Sequence[str],
        *,
        recipe: Recipe,
        seed: int,
        negatives: Sequence[str] | str = "",
        source: Pictures | None = None,
        mask: NDArray[np.float32] | None = None,
        denoise: float = 1.0,
    ) -> Pictures:
        """A picture for each prompt.

        ``source`` are pictures to start from, one a prompt; ``mask`` (``h w``) is 1 where they may change. Picture
        number i depends on the seed, the prompts and the number i alone.
        """
        avoided = [negatives] * len(prompts) if isinstance(negatives, str) else negatives
        encoded = None if source is None else self.encode(source)
        batches = []
        for start in range(0, len(prompts), BATCH):
            part = slice(start, start + BATCH)
            count = len(prompts[part])
            samples = self._empty(count) if encoded is None else encoded[part]
            latent = {"samples": samples}
            if mask is not None:
                latent["noise_mask"] = torch.from_numpy(mask)[None, None]
            run = ksampler(
                self.model,
                gate=open_gate,
                latent=latent,
                positive=self._conditioning(prompts[part]),
                negative=self._conditioning(avoided[part]),
                cfg=recipe.cfg,
                sampler_name=recipe.sampler,
                scheduler=recipe.scheduler,
                steps=recipe.steps,
                seed=seed * _SEEDS_APART + start,
                denoise=denoise,
            )
            last = deque(run.steps, maxlen=1).pop()
            batches.append(self.decode(run.finish(last)["samples"]))
        return np.concatenate(batches)

    def encode(self, pictures: Pictures) -> Tensor:
        """Latents of pictures, in the autoencoder's scale."""
        return encode_image(self.vae, torch.from_numpy(np.ascontiguousarray(pictures)).float() / 255, gate=open_gate)

    def decode(self, latents: Tensor) -> Pictures:
        """Pictures of latents."""
        pixels = decode_latent(self.vae, latents, gate=open_gate)
        return np.asarray((pixels * 255).round().to(torch.uint8).numpy())

    def _empty(self, count: int) -> Tensor:
        cells = SIDE // self.vae.config.downscale
        return torch.zeros(count, self.vae.config.latent_channels, cells, cells)

    def _conditioning(self, prompts: Sequence[str]) -> Conditioning:
        """One entry whose batch holds a context for each prompt."""
        for prompt in prompts:
            if prompt not in self._encoded:
                self._encoded[prompt] = self.text_encoder.encode(prompt, gate=open_gate)[0]
        return [(torch.cat([self._encoded[prompt] for prompt in prompts]), {})]
