"""Changing how a model follows the prompt: each node adds an option to the model, and touches no weights."""

from typing import Annotated

from nodegraph.diffusion.guidance.epsilon_scaling import EpsilonScaling
from nodegraph.diffusion.guidance.mahiro import Mahiro
from nodegraph.diffusion.guidance.normed import NormedGuidance
from nodegraph.diffusion.guidance.projected import ProjectedGuidance
from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.diffusion.guidance.tangential import TangentialDamping
from nodegraph.diffusion.guidance.zero_star import ZeroStarGuidance
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Named, Range, Tooltip
from nodegraph.packs.types import Model

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
