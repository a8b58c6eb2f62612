"""Stage 3: the latent diffusion network learns to tell the noise from the picture (Ho et al. 2020, algorithm 1).

x_t = √ᾱ_t x₀ + √(1 − ᾱ_t) ε, and the network's guess of ε, given x_t, t and the caption, is compared with ε by squares
(eq. 14). One caption in ten is left empty, so that guidance has something to guide away from (Ho & Salimans 2022).
The text encoder learns along: it is what makes so small a network listen within minutes.

Two departures from the plain loss, both so that the steps that settle *what* is painted, which are the noisy ones, are
not drowned by those that settle how crisply: t is drawn more often where it is large, and each loss is divided by the
running mean of the losses at similar t.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from einops import rearrange
from torch import Tensor, nn

from nodegraph.diffusion.layers import ResBlock, SpatialTransformer
from nodegraph.diffusion.noise_levels import scaled_linear_sigmas
from nodegraph.diffusion.unet import UNet
from nodegraph.training.captions import caption, full_caption
from nodegraph.training.clip import CAPTION_LENGTH, build_text_encoder
from nodegraph.training.latents import Latents
from nodegraph.training.optimiser import Optimiser
from nodegraph.training.recipe import TEXT_ENCODER, UNET
from nodegraph.training.vocabulary import Vocabulary

if TYPE_CHECKING:
    from transformers.models.clip.modeling_clip import CLIPTextModel

_BATCH = 48
_WITHOUT_CAPTION = 0.1
_STRANGERS = 0.1
_TIMESTEPS = 1000
_TIMESTEP_POWER = 0.75
_BINS = 20
_BIN_MEMORY = 0.99
_FULL_LENGTH_AFTER = 0.8
_TESTED = 64


class GuidedUNet(nn.Module):
    """The network and the text encoder that learns with it; ``usual_loss`` is the running mean of each bin of t."""

    usual_loss: Tensor

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.unet = UNet(UNET)
        self.text_model: CLIPTextModel = build_text_encoder(vocabulary)
        initialise(self.unet)
        self.register_buffer("usual_loss", torch.ones(_BINS))

    def forward(self, x: Tensor, timesteps: Tensor, tokens: Tensor) -> Tensor:
        """Noisy latents ``b z h w``, ``b``, compact token numbers ``b n`` -> the noise in them ``b z h w``."""
        return self.unet(x, timesteps, self.text_model(input_ids=tokens).last_hidden_state)


@torch.no_grad()
def initialise(unet: UNet) -> None:
    """Every residual branch begins as nothing, and so does the prediction (Dhariwal & Nichol 2021, appendix)."""
    lasts = [unet.out[-1]]
    for block in unet.modules():
        if isinstance(block, ResBlock):
            lasts.append(block.out_layers[-1])
        elif isinstance(block, SpatialTransformer):
            lasts.append(block.proj_out)
    for last in lasts:
        for parameter in last.parameters():
            parameter.zero_()


@dataclass
class DiffusionStage:
    """Noise prediction on the latents of the training scenes."""

    latents: Latents
    test_latents: Latents
    vocabulary: Vocabulary
    device: torch.device
    name: str = "diffusion"
    network: GuidedUNet = field(init=False)
    _signal: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.network = GuidedUNet(self.vocabulary)
        # Channels last: a quarter faster on a CPU, as fast elsewhere.
        self.network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        # σ = √((1 − ᾱ)/ᾱ), so that ᾱ = 1/(σ² + 1).
        self._signal = (1 / (scaled_linear_sigmas(timesteps=_TIMESTEPS) ** 2 + 1)).float().to(self.device)

    def optimiser(self) -> Optimiser:
        unet, text = self.network.unet, self.network.text_model
        edges = (unet.input_blocks[0], unet.out, text.embeddings)
        return Optimiser(self.network, edges=edges, muon_rate=0.015, adam_rate=1e-3)

    def loss(self, rng: np.random.Generator, progress: float) -> Tensor:
        chosen = rng.integers(len(self.latents.values), size=_BATCH)
        captions = [self._caption(int(index), rng) for index in chosen]
        # Long enough for every caption at first; later as long as prompts are when the model is used.
        length = TEXT_ENCODER.positions if progress > _FULL_LENGTH_AFTER else CAPTION_LENGTH
        tokens = self.vocabulary.encode(captions, length=length, rng=rng, strangers=_STRANGERS)
        # 0 … 999, more often large. One draw in each of b equal parts of 0 … 1 makes the batch's mean less noisy.
        even = (np.arange(_BATCH) + rng.random(_BATCH)) / _BATCH
        timesteps = torch.from_numpy(_TIMESTEPS * even**_TIMESTEP_POWER).long().to(self.device)
        x0 = torch.from_numpy(self.latents.values[chosen]).to(self.device)
        losses = self._losses(x0, timesteps, tokens.to(self.device), torch.randn_like(x0))
        bins = timesteps * _BINS // _TIMESTEPS
        weighted = (losses / self.network.usual_loss[bins]).mean()
        self._remember(bins, losses.detach())
        return weighted

    def test(self) -> dict[str, float]:
        count = min(_TESTED, len(self.test_latents.values))
        tokens = self.vocabulary.encode(
            [full_caption(self.test_latents.data.scene(index)) for index in range(count)], length=TEXT_ENCODER.positions
        ).to(self.device)
        x0 = torch.from_numpy(self.test_latents.values[:count]).to(self.device)
        timesteps = torch.linspace(0.3, 0.99, count, device=self.device).mul(_TIMESTEPS).long()
        noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0)).to(self.device)
        with torch.no_grad():
            right = self._losses(x0, timesteps, tokens, noise).mean().item()
            wrong = self._losses(x0, timesteps, tokens.roll(1, dims=0), noise).mean().item()
        return {"test loss": right, "with the wrong caption": wrong}

    def _caption(self, index: int, rng: np.random.Generator) -> str:
        return "" if rng.random() < _WITHOUT_CAPTION else caption(self.latents.data.scene(index), rng)

    def _losses(self, x0: Tensor, timesteps: Tensor, tokens: Tensor, noise: Tensor) -> Tensor:
        """Mean squared error of each guess: ``b``."""
        signal = rearrange(self._signal[timesteps], "b -> b 1 1 1")
        noisy = signal.sqrt() * x0 + (1 - signal).sqrt() * noise
        return (self.network(noisy, timesteps, tokens) - noise).square().mean(dim=(1, 2, 3))

    def _remember(self, bins: Tensor, losses: Tensor) -> None:
        """Let the running means take in the batch; a bin without a sample stays as it is."""
        counts = torch.bincount(bins, minlength=_BINS)
        sums = torch.zeros_like(self.network.usual_loss).index_add_(0, bins, losses)
        means = torch.where(counts > 0, sums / counts.clamp(min=1), self.network.usual_loss)
        self.network.usual_loss.lerp_(means, 1 - _BIN_MEMORY)
