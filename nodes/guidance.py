"""Changing how a model follows the prompt: each node adds an option to the model, and touches no weights."""

from typing import Annotated

from nodegraph.diffusion.guidance.epsilon_scaling import EpsilonScaling
from nodegraph.diffusion.guidance.frequency_scaled import FrequencyScaling
from nodegraph.diffusion.guidance.mahiro import Mahiro
from nodegraph.diffusion.guidance.normed import NormedGuidance
from nodegraph.diffusion.guidance.perpendicular import PerpendicularNegative
from nodegraph.diffusion.guidance.projected import ProjectedGuidance
from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.diffusion.guidance.strength_override import StrengthOverride
from nodegraph.diffusion.guidance.tangential import TangentialDamping
from nodegraph.diffusion.guidance.temporal_rescaling import TemporalRescaling
from nodegraph.diffusion.guidance.zero_star import ZeroStarGuidance
from nodegraph.diffusion.patches.normalized_attention import NormalizedAttention
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Range, Tooltip
from nodegraph.packs.types import Conditioning, Model

CATEGORY = "advanced/guidance"

Patched = Annotated[Model, Named("patched_model")]


@node("RescaleCFG", category="advanced/model", display_name="Rescale CFG")
def rescale_cfg(*, model: Model, multiplier: Annotated[float, Range(0.0, 1.0, step=0.01)] = 0.7) -> Model:
    """Keep the contrast of high guidance in bounds: 0 is plain guidance, 1 fully rescaled."""
    return model.with_option(RescaledGuidance(multiplier))


@node("APG", category="sampling/custom_sampling", display_name="Adaptive Projected Guidance")
def adaptive_projected_guidance(
    *,
    model: Model,
    eta: Annotated[float, Range(-10.0, 10.0, step=0.01), Tooltip("What is left of the part that oversaturates.")] = 1.0,
    norm_threshold: Annotated[float, Range(0.0, 50.0, step=0.1), Tooltip("The longest guidance; 0 for any.")] = 5.0,
    momentum: Annotated[float, Range(-5.0, 1.0, step=0.01), Tooltip("How much of former steps is added.")] = 0.0,
) -> Model:
    """High guidance without its oversaturation."""
    return model.with_option(ProjectedGuidance(eta, norm_threshold, momentum))


@node("TCFG", category=CATEGORY, display_name="Tangential Damping CFG")
def tangential_damping(*, model: Model) -> Patched:
    """Of the negative prompt, only what lies along a direction that both prompts share."""
    return model.with_option(TangentialDamping())


@node("CFGZeroStar", category=CATEGORY)
def cfg_zero_star(*, model: Model) -> Patched:
    """The negative scaled to lie near the positive before it is guided against."""
    return model.with_option(ZeroStarGuidance())


@node("CFGNorm", category=CATEGORY)
def cfg_norm(*, model: Model, strength: Annotated[float, Range(0.0, 100.0, step=0.01)] = 1.0) -> Patched:
    """Guidance that makes no part of the picture stronger than the positive prompt does."""
    return model.with_option(NormedGuidance(strength))


@node("Mahiro", category="_for_testing", display_name="Mahiro CFG")
def mahiro(*, model: Model) -> Patched:
    """Guidance that leans to the positive prompt where the negative would not change much."""
    return model.with_option(Mahiro())


@node("Epsilon Scaling", category="model_patches/unet")
def epsilon_scaling(
    *,
    model: Model,
    scaling_factor: Annotated[float, Range(0.5, 1.5, step=0.001), Tooltip("The noise is divided by this.")] = 1.005,
) -> Model:
    """Slightly less noise than the network predicts, against the drift of sampling."""
    return model.with_option(EpsilonScaling(scaling_factor))


@node("TemporalScoreRescaling", category="model_patches/unet", display_name="TSR - Temporal Score Rescaling")
def temporal_score_rescaling(
    *,
    model: Model,
    tsr_k: Annotated[
        float, Range(0.01, 100.0, step=0.001), Tooltip("Below 1 more detail, above 1 smoother; 1 changes nothing.")
    ] = 0.95,
    tsr_sigma: Annotated[float, Range(0.01, 100.0, step=0.001), Tooltip("The larger, the earlier.")] = 1.0,
) -> Patched:
    """Noise scaled towards the end of the run, for pictures that are more or less like each other."""
    return model.with_option(TemporalRescaling(tsr_k, tsr_sigma))


@node("FreSca", category="_for_testing")
def frequency_scaling(
    *,
    model: Model,
    scale_low: Annotated[float, Range(0, 10, step=0.01), Tooltip("How much coarse shapes are guided.")] = 1.0,
    scale_high: Annotated[float, Range(0, 10, step=0.01), Tooltip("How much details are guided.")] = 1.25,
    freq_cutoff: Annotated[int, Range(1, 10_000, step=1), Tooltip("Up to where frequencies are low.")] = 20,
) -> Model:
    """Guidance of details and of coarse shapes, each with a strength of its own."""
    return model.with_option(FrequencyScaling(scale_low, scale_high, freq_cutoff))


@node("CFGOverride", category="sampling/custom_sampling", display_name="CFG Override")
def cfg_override(
    *,
    model: Model,
    cfg: Annotated[
        float, Range(0.0, 100.0, step=0.1, round=0.01), Tooltip("1 leaves the negative prompt out: faster.")
    ] = 1.0,
    start_percent: Annotated[float, Range(0.0, 1.0, step=0.001), Tooltip("From where on the way …")] = 0.0,
    end_percent: Annotated[float, Range(0.0, 1.0, step=0.001), Tooltip("… to where.")] = 1.0,
) -> Model:
    """Another strength of guidance on a part of the way from noise (0) to picture (1)."""
    return model.with_option(StrengthOverride(cfg, start_percent, end_percent))


@node("PerpNeg", category="_for_testing", display_name="Perp-Neg", deprecated=True)
def perp_neg(
    *,
    model: Model,
    empty_conditioning: Conditioning,
    neg_scale: Annotated[float, Range(0.0, 100.0, step=0.01), Tooltip("How much the negative counts.")] = 1.0,
) -> Model:
    """Take from the negative prompt only what the positive does not ask for. PerpNegGuider does it in fewer calls."""
    return model.with_option(PerpendicularNegative(empty_conditioning, neg_scale))


@node("NAGuidance", category="model_patches/unet", display_name="Normalized Attention Guidance")
def normalized_attention_guidance(
    *,
    model: Model,
    nag_scale: Annotated[float, Range(0.0, 50.0, step=0.1), Tooltip("How far away from the negative prompt.")] = 5.0,
    nag_alpha: Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("How much of it is taken.")] = 0.5,
    nag_tau: Annotated[float, Range(1.0, 10.0, step=0.01), Tooltip("How much longer than before it may be.")] = 1.5,
) -> Model:
    """The negative prompt within attention: it holds without guidance (cfg 1) too, as few-step models need it."""
    return model.with_option(NormalizedAttention(nag_scale, nag_alpha, nag_tau))
