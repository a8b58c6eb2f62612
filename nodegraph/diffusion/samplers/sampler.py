"""A sampler as people choose it: its walk, and the little that a run must know beside it.

Shapes: b batch, c latent channels, h w latent cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.noise import NoiseSource, independent_noise, scaled_noise
from nodegraph.diffusion.samplers.exploding import in_exploding_frame
from nodegraph.diffusion.samplers.step import Step, Walk


@dataclass(frozen=True, slots=True)
class Sampler:
    """A SAMPLER.

    ``noise_source``: where its step noise comes from, of which it adds ``noise_scale`` times as much as its formula
    says. ``discard_penultimate``: made for schedules of one level more with the last but one left out.
    ``fresh_mask_noise``: outside a noise mask, the latent is renoised with noise of its own instead of the initial
    noise.

    For a flow: ``flow_walk``, where it has a form of its own; with ``log_snr`` the walk's σ stands for σ/α, which
    the exploding frame has everywhere (see :mod:`~nodegraph.diffusion.samplers.exploding`); else the walk as it is.

    ``rises``: it walks from picture to noise as well, over levels that rise.

    ``resizes``: latents change their size on the way.
    """

    name: str
    walk: Walk
    noise_source: NoiseSource = independent_noise
    noise_scale: float = 1.0
    discard_penultimate: bool = False
    fresh_mask_noise: bool = False
    flow_walk: Walk | None = None
    log_snr: bool = False
    rises: bool = False
    resizes: bool = False

    def run(self, denoise: Denoiser, x: Tensor, sigmas: Sequence[float], seed: int) -> Iterator[Step]:
        """The walk from x (``b c h w``) at ``sigmas[0]`` to ``sigmas[-1]``, with step noise of that seed."""
        noise = scaled_noise(self.noise_source(x, sigmas, seed), self.noise_scale)
        walk = self.walk
        if denoise.sampling.flow:
            walk = self.flow_walk or (in_exploding_frame(walk) if self.log_snr else walk)
        return walk(denoise, x, sigmas, noise)
