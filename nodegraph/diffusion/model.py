"""A diffusion network together with everything that gives its answers a meaning.

Says nothing of where weights come from, of guidance or of samplers.

Shapes: b batch, c latent channels, h w latent cells, n context tokens, d context width.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from nodegraph.diffusion.hooks import UNCHANGED, HookChain
from nodegraph.diffusion.latents import LatentFormat
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.scheduled_weights import UNSCHEDULED, NetworkSwitch, WeightSchedule

Beside = Literal["picture", "mask and picture"]
"""What a network may be shown beside the noisy latent."""


class Network(Protocol):
    """A noise-predicting network: ``b c h w``, timesteps ``b`` (float), context ``b n d`` -> ``b c h w``."""

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor, *, hooks: HookChain = UNCHANGED) -> Tensor: ...


@dataclass(frozen=True)
class DiffusionModel:
    """A network loaded on ``device``, computing in ``dtype``; the calculation around it is float32.

    ``options`` are those of the handle it was loaded from, in the order they were applied; guidance looks for its own.
    ``context_width``, where known, is the only width of context (d) that the network takes. ``beside`` says what it
    sees beside the noisy latent: c more channels of a picture, and for inpainting one of a mask. ``switch`` has the
    networks with weights that are scheduled; None where they cannot be changed.
    """

    network: Network
    sampling: ModelSampling
    latent: LatentFormat
    device: torch.device
    dtype: torch.dtype
    options: tuple[Hashable, ...] = ()
    context_width: int | None = None
    beside: Beside | None = None
    switch: NetworkSwitch[Network] | None = None

    @torch.no_grad()
    def denoise(
        self,
        x: Tensor,
        sigma: float,
        context: Tensor,
        hooks: HookChain = UNCHANGED,
        *,
        beside: Tensor | None = None,
        schedule: WeightSchedule = UNSCHEDULED,
    ) -> Tensor:
        """One network call: the predicted picture ``b c h w`` float32; context ``b n d`` is already in ``dtype``.

        ``beside`` (``b e h w``) is shown to the network beside x, as it is. ``schedule`` says with which weights.
        """
        switched = self.switch(schedule, sigma) if self.switch is not None else None
        network = switched if switched is not None else self.network
        scaled = self.sampling.scale_input(x, sigma)
        scaled = (scaled if beside is None else torch.cat([scaled, beside], dim=1)).to(self.dtype)
        timestep = self.sampling.timestep(sigma)
        timesteps = torch.full((x.shape[0],), timestep, device=self.device)
        # Without hooks the network is called as plainly as it can be.
        changed = {"hooks": hooks} if hooks else {}
        output = network(scaled, timesteps, context, **changed)
        return self.sampling.denoised(x, output.float(), sigma, timestep)
