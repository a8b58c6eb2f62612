"""Denoising latents: the samplers in one piece."""

from typing import Annotated, Literal, cast

from nodegraph.diffusion.sample import SAMPLERS, SCHEDULERS, ksampler
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Options, Range, Tooltip
from nodegraph.packs.types import Conditioning, Latent, LatentDict, Model, Seed

SamplerName = Annotated[str, Options(tuple(SAMPLERS)), Tooltip("How each step is taken.")]
SchedulerName = Annotated[str, Options(tuple(SCHEDULERS)), Tooltip("How noise falls from step to step.")]
Steps = Annotated[int, Range(1, 10_000), Tooltip("How many steps; more are slower and finer.")]
Cfg = Annotated[
    float,
    Range(0.0, 100.0, step=0.1, round=0.01),
    Tooltip("How closely the prompt is followed; 1 ignores the negative one."),
]


@node("KSampler", category="sampling", display_name="KSampler")
def k_sampler(
    ctx: Context,
    *,
    model: Model,
    seed: Annotated[Seed, Tooltip("What noise to start from.")] = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: Annotated[
        float, Range(0.0, 1.0, step=0.01), Tooltip("How much is made anew; less keeps more of the latent.")
    ] = 1.0,
) -> Latent:
    """Denoise a latent under classifier-free guidance."""
    run = ksampler(
        ctx.diffusion(model),
        gate=ctx.gate,
        latent=latent_image,
        positive=positive,
        negative=negative,
        cfg=cfg,
        sampler_name=sampler_name,
        scheduler=scheduler,
        steps=steps,
        seed=seed,
        denoise=denoise,
    )
    return cast(LatentDict, run.finish(ctx.watch(run)))


@node("KSamplerAdvanced", category="sampling", display_name="KSampler (Advanced)")
def k_sampler_advanced(
    ctx: Context,
    *,
    model: Model,
    add_noise: Literal["enable", "disable"],
    noise_seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    start_at_step: Annotated[int, Range(0, 10_000)] = 0,
    end_at_step: Annotated[int, Range(0, 10_000)] = 10_000,
    return_with_leftover_noise: Literal["disable", "enable"],
) -> Latent:
    """Denoise a latent over a part of the steps, so that several samplers can share a run."""
    run = ksampler(
        ctx.diffusion(model),
        gate=ctx.gate,
        latent=latent_image,
        positive=positive,
        negative=negative,
        cfg=cfg,
        sampler_name=sampler_name,
        scheduler=scheduler,
        steps=steps,
        seed=noise_seed,
        start_at_step=start_at_step,
        end_at_step=end_at_step,
        add_noise=add_noise == "enable",
        leftover_noise=return_with_leftover_noise == "enable",
    )
    return cast(LatentDict, run.finish(ctx.watch(run)))
