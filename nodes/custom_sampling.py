"""Denoising latents: the sampler taken apart into noise, guider, sampler (`samplers.py`) and levels (`sigmas.py`)."""

from typing import Annotated, Literal, NamedTuple, cast

from nodegraph.diffusion import noise
from nodegraph.diffusion.guidance.guiders import (
    BasicGuider,
    CfgGuider,
    DualCfgGuider,
    DualModelGuider,
    PerpNegGuider,
)
from nodegraph.diffusion.sample import add_noise, sample_custom
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Conditioning, Guider, Latent, LatentDict, Model, Noise, Sampler, Seed, Sigmas

Cfg = Annotated[float, Range(0.0, 100.0, step=0.1, round=0.01)]


class Sampled(NamedTuple):
    """What a run leaves."""

    output: Latent
    denoised_output: Latent


@node("RandomNoise", category="sampling/custom_sampling/noise", display_name="Random Noise")
def random_noise(*, noise_seed: Seed = 0) -> Noise:
    """Noise drawn from a seed."""
    return noise.RandomNoise(noise_seed)


@node("DisableNoise", category="sampling/custom_sampling/noise")
def disable_noise() -> Noise:
    """No noise: for a latent that still carries some from an earlier run."""
    return noise.NoNoise()


@node("AddNoise", category="_for_testing/custom_sampling/noise")
def add_noise_to_latent(ctx: Context, *, model: Model, noise: Noise, sigmas: Sigmas, latent_image: Latent) -> Latent:
    """A latent with noise on it: as much as lies between the first and the last level, or is at the only one."""
    return cast(LatentDict, add_noise(ctx.diffusion(model), latent=latent_image, noise=noise, sigmas=sigmas))


@node("BasicGuider", category="sampling/custom_sampling/guiders")
def basic_guider(*, model: Model, conditioning: Conditioning) -> Guider:
    """A model that follows one prompt, without guidance."""
    return BasicGuider(model, conditioning)


@node("CFGGuider", category="sampling/custom_sampling/guiders", display_name="CFG Guider")
def cfg_guider(
    *,
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    cfg: Cfg = 8.0,
) -> Guider:
    """A model under classifier-free guidance."""
    return CfgGuider(model, positive, negative, cfg)


@node("DualCFGGuider", category="sampling/custom_sampling/guiders")
def dual_cfg_guider(
    *,
    model: Model,
    cond1: Conditioning,
    cond2: Conditioning,
    negative: Conditioning,
    cfg_conds: Cfg = 8.0,
    cfg_cond2_negative: Cfg = 8.0,
    style: Literal["regular", "nested"],
) -> Guider:
    """A model that follows two prompts, each with a strength of its own."""
    return DualCfgGuider(model, cond1, cond2, negative, cfg_conds, cfg_cond2_negative, style)


@node("PerpNegGuider", category="_for_testing")
def perp_neg_guider(
    *,
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    empty_conditioning: Conditioning,
    cfg: Cfg = 8.0,
    neg_scale: Annotated[float, Range(0.0, 100.0, step=0.01), Tooltip("How much the negative counts.")] = 1.0,
) -> Guider:
    """Guidance that takes from the negative prompt only what the positive does not ask for."""
    return PerpNegGuider(model, positive, empty_conditioning, negative, cfg, neg_scale)


@node("DualModelGuider", category="sampling/custom_sampling/guiders", display_name="Dual Model Guider")
def dual_model_guider(
    *,
    model: Model,
    positive: Conditioning,
    cfg: Annotated[
        float, Range(0.0, 100.0, step=0.1, round=0.01), Tooltip("How far to go away from the other prediction.")
    ] = 4.0,
    model_negative: Annotated[Model | None, Tooltip("What predicts the negative; without one, the same model.")] = None,
    negative: Annotated[
        Conditioning | None, Tooltip("What it is asked with; without one, the positive, to go away from its mistakes.")
    ] = None,
) -> Guider:
    """Guidance whose negative another model predicts. With neither of the last two inputs, no guidance."""
    other, asked = model_negative or model, positive if negative is None else negative
    return DualModelGuider(model, positive, asked, cfg, other)


@node("SamplerCustom", category="sampling/custom_sampling", display_name="Sampler Custom")
def sampler_custom(
    ctx: Context,
    *,
    model: Model,
    add_noise: bool = True,
    noise_seed: Seed = 0,
    cfg: Cfg = 8.0,
    positive: Conditioning,
    negative: Conditioning,
    sampler: Sampler,
    sigmas: Sigmas,
    latent_image: Latent,
) -> Sampled:
    """Denoise a latent with the given sampler over the given noise levels."""
    run = sample_custom(
        ctx.diffusion(model),
        gate=ctx.gate,
        latent=latent_image,
        noise=noise.RandomNoise(noise_seed) if add_noise else noise.NoNoise(noise_seed),
        guider=CfgGuider(model, positive, negative, cfg),
        sampler=sampler,
        sigmas=sigmas,
    )
    last = ctx.watch(run)
    return Sampled(cast(LatentDict, run.finish(last)), cast(LatentDict, run.finish_denoised(last)))


@node("SamplerCustomAdvanced", category="sampling/custom_sampling", display_name="Sampler Custom (Advanced)")
def sampler_custom_advanced(
    ctx: Context, *, noise: Noise, guider: Guider, sampler: Sampler, sigmas: Sigmas, latent_image: Latent
) -> Sampled:
    """Denoise a latent with the given noise, guider and sampler over the given noise levels.

    ``denoised_output`` is the picture the last step aimed at, with no noise left in it.
    """
    loaded = guider.with_models(ctx.diffusion)
    run = sample_custom(
        loaded.model,
        gate=ctx.gate,
        latent=latent_image,
        noise=noise,
        guider=loaded,
        sampler=sampler,
        sigmas=sigmas,
    )
    last = ctx.watch(run)
    return Sampled(cast(LatentDict, run.finish(last)), cast(LatentDict, run.finish_denoised(last)))
