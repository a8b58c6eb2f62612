"""Stage 1: the KL autoencoder, from pictures alone (Rombach et al. 2022, §3.1).

The loss is of colours, of their differences between neighbours, which keeps edges sharp where a perceptual network is
not at hand, and a very small pull of the latents to a normal distribution: a larger one costs sharpness from the start.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from numpy.typing import NDArray
from torch import Tensor, nn

from nodegraph.diffusion.autoencoder import AttentionBlock, Autoencoder, ResnetBlock
from nodegraph.training.dataset import Dataset
from nodegraph.training.optimiser import Optimiser
from nodegraph.training.recipe import AUTOENCODER

KL_WEIGHT = 1e-6
SQUARES_WEIGHT = 2.0
_CROP, _CROPS = 64, 16
_WHOLE_AFTER, _WHOLES = 0.8, 6
_SPREAD_OF_INITIAL_WEIGHTS = 0.1
_FIRST_LOG_VARIANCE = -6.0


def pixels(pictures: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
    """``b h w 3`` of 0 … 255 -> ``b 3 h w`` of −1 … 1."""
    return rearrange(torch.tensor(pictures, device=device), "b h w c -> b c h w") / 127.5 - 1


def moments(vae: Autoencoder, x: Tensor) -> tuple[Tensor, Tensor]:
    """Pixels ``b 3 h w`` -> mean and log variance of their latents, each ``b z h/f w/f``."""
    mean, log_variance = vae.quant_conv(vae.encoder(x)).chunk(2, dim=1)
    return mean, log_variance.clamp(-30, 20)


def decibels(restored: Tensor, x: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each picture ``b c h w`` of −1 … 1: ``b``."""
    return -10 * torch.log10(((restored.clamp(-1, 1) - x) / 2).square().mean(dim=(1, 2, 3)))


@torch.no_grad()
def initialise(vae: Autoencoder) -> None:
    """Begin where each layer passes on what it gets, so that gradients reach everything from the first step.

    The middle of each kernel is orthogonal (Saxe et al. 2014), residual branches end in zeros (Zhang et al. 2019).
    """
    for layer in vae.modules():
        if isinstance(layer, nn.Conv2d):
            out, into, height, width = layer.weight.shape
            layer.weight.mul_(_SPREAD_OF_INITIAL_WEIGHTS)
            layer.weight[:, :, height // 2, width // 2] += nn.init.orthogonal_(torch.empty(out, into))
            assert layer.bias is not None
            layer.bias.zero_()
    for block in vae.modules():
        if isinstance(block, ResnetBlock):
            block.conv2.weight.zero_()
        elif isinstance(block, AttentionBlock):
            block.proj_out.weight.zero_()
    half = vae.config.latent_channels
    vae.quant_conv.weight[half:] *= 0.1
    assert vae.quant_conv.bias is not None
    vae.quant_conv.bias[half:] = _FIRST_LOG_VARIANCE


@dataclass
class AutoencoderStage:
    """Crops first, which are cheap and varied; whole pictures at the end, for what attends to the whole."""

    data: Dataset
    test_data: Dataset
    device: torch.device
    network: Autoencoder = field(init=False)
    name: str = "autoencoder"

    def __post_init__(self) -> None:
        self.network = Autoencoder(AUTOENCODER)
        initialise(self.network)
        # Channels last: a fifth faster on a CPU, as fast elsewhere.
        self.network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def optimiser(self) -> Optimiser:
        vae = self.network
        edges = (vae.encoder.conv_in, vae.decoder.conv_out, vae.quant_conv, vae.post_quant_conv)
        return Optimiser(vae, edges=edges, muon_rate=0.02, adam_rate=1e-3)

    def loss(self, rng: np.random.Generator, progress: float) -> Tensor:
        x = pixels(self._batch(rng, whole=progress > _WHOLE_AFTER), self.device)
        mean, log_variance = moments(self.network, x)
        restored = self.network.decode(mean + torch.randn_like(mean) * (log_variance / 2).exp())
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=(1, 2, 3)).mean() / 2
        colours = F.l1_loss(restored, x) + SQUARES_WEIGHT * F.mse_loss(restored, x)
        edges = sum(F.l1_loss(restored.diff(dim=axis), x.diff(dim=axis)) for axis in (2, 3))
        return colours + edges + KL_WEIGHT * divergence

    def test(self) -> dict[str, float]:
        x = pixels(self.test_data.pictures[:64], self.device)
        with torch.no_grad():
            latents = self.network.encode(x)
            figures = decibels(self.network.decode(latents), x)
        return {"dB": figures.mean().item(), "spread of latents": latents.std().item()}

    def _batch(self, rng: np.random.Generator, *, whole: bool) -> NDArray[np.uint8]:
        pictures = self.data.pictures
        chosen = rng.integers(len(pictures), size=_WHOLES if whole else _CROPS)
        if whole:
            return pictures[np.sort(chosen)]
        side = pictures.shape[1]
        corners = rng.integers(side - _CROP + 1, size=(_CROPS, 2))
        return np.stack(
            [pictures[index, y : y + _CROP, x : x + _CROP] for index, (y, x) in zip(chosen, corners, strict=True)]
        )
