"""Samplers for models that predict a picture at once, with their parameters in the open."""

from dataclasses import replace
from functools import partial
from typing import Annotated

from nodegraph.diffusion.sample import SAMPLERS
from nodegraph.diffusion.samplers.lcm import Growing, lcm
from nodegraph.media.resize import LatentMethod, resize
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Options, Range, Tooltip
from nodegraph.packs.types import Sampler

CATEGORY = "sampling/custom_sampling/samplers"

NoiseScale = Range(0.0, 64.0, step=0.01)


@node("SamplerLCM", category=CATEGORY)
def sampler_lcm(
    *,
    s_noise: Annotated[float, NoiseScale, Tooltip("How strong the noise is that the first step adds.")] = 1.0,
    s_noise_end: Annotated[float, NoiseScale, Tooltip("How strong that of the last is; between, evenly.")] = 1.0,
    noise_clip_std: Annotated[
        float, Range(0.0, 10.0, step=0.01), Tooltip("At how many standard deviations noise is cut off; 0 nowhere.")
    ] = 0.0,
) -> Sampler:
    """Predict the picture, noise it again, repeat."""
    walk = partial(lcm, first_scale=s_noise, last_scale=s_noise_end, clip=noise_clip_std)
    return replace(SAMPLERS["lcm"], walk=walk)


@node("SamplerLCMUpscale", category=CATEGORY)
def sampler_lcm_upscale(
    *,
    scale_ratio: Annotated[float, Range(0.1, 20.0, step=0.01), Tooltip("How much larger the picture ends.")] = 1.0,
    scale_steps: Annotated[
        int, Range(-1, 1000, step=1), Tooltip("Over how many of the first steps it grows; -1 over half of them.")
    ] = -1,
    upscale_method: Annotated[LatentMethod, Options(("bislerp", "nearest-exact", "bilinear", "area", "bicubic"))],
) -> Sampler:
    """As the sampler lcm, while the picture grows."""
    growing = Growing(
        scale_ratio,
        None if scale_steps < 0 else scale_steps,
        partial(resize, method=upscale_method, crop="disabled"),
    )
    return replace(SAMPLERS["lcm"], walk=growing, noise_source=growing.noise_source, resizes=True)
