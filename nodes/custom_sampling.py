"""Denoising latents: the sampler taken apart into noise, guider, sampler and noise levels."""

from typing import Annotated, NamedTuple, cast

from nodegraph.diffusion import guidance, noise
from nodegraph.diffusion.sample import SAMPLERS, SCHEDULERS, find_sampler, sample_custom, scheduled_sigmas
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Options, Range
from nodegraph.packs.types import Conditioning, Guider, Latent, LatentDict, Model, Noise, Sampler, Seed, Sigmas


class Sampled(NamedTuple):
    """What a run leaves."""

    output: Latent
    denoised_output: Latent


@node("RandomNoise", category="sampling/custom_sampling/noise", display_name="Random Noise")
def random_noise(*, noise_seed: Seed = 0) -> Noise:
    """Noise drawn from a seed."""
    return noise.RandomNoise(noise_seed)


@node("CFGGuider", category="sampling/custom_sampling/guiders", display_name="CFG Guider")
def cfg_guider(
    *,
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    cfg: Annotated[float, Range(0.0, 100.0, step=0.1, round=0.01)] = 8.0,
) -> Guider:
    """A model under classifier-free guidance."""
    return guidance.Guider(model, positive, negative, cfg)


@node("KSamplerSelect", category="sampling/custom_sampling/samplers", display_name="KSampler Select")
def k_sampler_select(*, sampler_name: Annotated[str, Options(tuple(SAMPLERS))]) -> Sampler:
    """Choose a sampler by name."""
    return find_sampler(sampler_name)


@node("BasicScheduler", category="sampling/custom_sampling/schedulers", display_name="Basic Scheduler")
def basic_scheduler(
    ctx: Context,
    *,
    model: Model,
    scheduler: Annotated[str, Options(tuple(SCHEDULERS))],
    steps: Annotated[int, Range(1, 10_000)] = 20,
    denoise: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0,
) -> Sigmas:
    """The noise levels of a schedule; with ``denoise`` below 1, the last part of a longer one."""
    return scheduled_sigmas(ctx.diffusion(model).sampling.levels, scheduler, steps, denoise=denoise)


@node("SamplerCustomAdvanced", category="sampling/custom_sampling", display_name="Sampler Custom (Advanced)")
def sampler_custom_advanced(
    ctx: Context, *, noise: Noise, guider: Guider, sampler: Sampler, sigmas: Sigmas, latent_image: Latent
) -> Sampled:
    """Denoise a latent with the given noise, guider and sampler over the given noise levels.

    ``denoised_output`` is the picture the last step aimed at, with no noise left in it.
    """
    run = sample_custom(
        ctx.diffusion(guider.model),
        gate=ctx.gate,
        latent=latent_image,
        noise=noise,
        guider=guider,
        sampler=sampler,
        sigmas=sigmas,
    )
    last = ctx.watch(run)
    return Sampled(cast(LatentDict, run.finish(last)), cast(LatentDict, run.finish_denoised(last)))
