"""Changing what happens inside the network: each node adds an option to the model, and touches no weights."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from nodegraph.diffusion.patches.attention_multiply import AttentionMultiply
from nodegraph.diffusion.patches.downscale import Downscale
from nodegraph.diffusion.patches.free_u import FreeU
from nodegraph.diffusion.patches.hyper_tile import HyperTile
from nodegraph.diffusion.patches.perturbed_attention import PerturbedAttentionGuidance
from nodegraph.diffusion.patches.self_attention_guidance import SelfAttentionGuidance
from nodegraph.diffusion.patches.token_merging import TokenMerging
from nodegraph.diffusion.text_attention import AttentionFactors
from nodegraph.media.resize import resize
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Clip, Model

Strength = Annotated[float, Range(0.0, 10.0, step=0.01)]
Share = Annotated[float, Range(0.0, 1.0, step=0.001)]


@node("FreeU", category="model_patches/unet")
def free_u(*, model: Model, b1: Strength = 1.1, b2: Strength = 1.2, s1: Strength = 0.9, s2: Strength = 0.2) -> Model:
    """Stronger features (b) and weaker skip connections (s) on the network's way up."""
    return model.with_option(FreeU(b1, b2, s1, s2, structured=False))


@node("FreeU_V2", category="model_patches/unet")
def free_u_v2(*, model: Model, b1: Strength = 1.3, b2: Strength = 1.4, s1: Strength = 0.9, s2: Strength = 0.2) -> Model:
    """As FreeU, strengthening features the more, the stronger they are."""
    return model.with_option(FreeU(b1, b2, s1, s2, structured=True))


@node(
    "PatchModelAddDownscale", category="model_patches/unet", display_name="PatchModelAddDownscale (Kohya Deep Shrink)"
)
def deep_shrink(
    *,
    model: Model,
    block_number: Annotated[int, Range(1, 32), Tooltip("The input block from which on maps are smaller.")] = 3,
    downscale_factor: Annotated[float, Range(0.1, 9.0, step=0.001)] = 2.0,
    start_percent: Share = 0.0,
    end_percent: Share = 0.35,
    downscale_after_skip: Annotated[bool, Tooltip("Whether the skip connection of that block keeps its size.")] = True,
    downscale_method: Literal["bicubic", "nearest-exact", "bilinear", "area", "bislerp"],
    upscale_method: Literal["bicubic", "nearest-exact", "bilinear", "area", "bislerp"],
) -> Model:
    """Make the early steps of a large picture on smaller feature maps, so that it is composed as a small one."""
    shrink = partial(resize, method=downscale_method, crop="disabled")
    grow = partial(resize, method=upscale_method, crop="disabled")
    return model.with_option(
        Downscale(block_number, downscale_factor, start_percent, end_percent, downscale_after_skip, shrink, grow)
    )


@node("HyperTile", category="model_patches/unet")
def hyper_tile(
    *,
    model: Model,
    tile_size: Annotated[int, Range(1, 2048), Tooltip("The least side of a tile, in pixels.")] = 256,
    swap_size: Annotated[int, Range(1, 128), Tooltip("In how many ways tiles are cut.")] = 2,
    max_depth: Annotated[int, Range(0, 10), Tooltip("Down to how many halvings of the picture.")] = 0,
    scale_depth: Annotated[bool, Tooltip("Whether tiles keep their size in cells further down.")] = False,
) -> Model:
    """Attention within tiles: much faster for large pictures."""
    return model.with_option(HyperTile(tile_size, swap_size, max_depth, scale_depth))


@node("TomePatchModel", category="model_patches/unet")
def token_merging(*, model: Model, ratio: Annotated[float, Range(0.0, 1.0, step=0.01)] = 0.3) -> Model:
    """Cells that look alike attend as one: faster, and less exact."""
    return model.with_option(TokenMerging(ratio))


@node("PerturbedAttentionGuidance", category="model_patches/unet")
def perturbed_attention_guidance(
    *, model: Model, scale: Annotated[float, Range(0.0, 100.0, step=0.01, round=0.01)] = 3.0
) -> Model:
    """Guidance away from a prediction in which the picture does not look at itself."""
    return model.with_option(PerturbedAttentionGuidance(scale))


@node("SelfAttentionGuidance", category="_for_testing", display_name="Self-Attention Guidance")
def self_attention_guidance(
    *,
    model: Model,
    scale: Annotated[float, Range(-2.0, 5.0, step=0.01)] = 0.5,
    blur_sigma: Annotated[float, Range(0.0, 10.0, step=0.1)] = 2.0,
) -> Model:
    """Guidance away from a prediction in which what the picture looks at is blurred."""
    return model.with_option(SelfAttentionGuidance(scale, blur_sigma))


@node("UNetSelfAttentionMultiply", category="_for_testing/attention_experiments")
def self_attention_multiply(
    *, model: Model, q: Strength = 1.0, k: Strength = 1.0, v: Strength = 1.0, out: Strength = 1.0
) -> Model:
    """Queries, keys, values and results of the picture's attention to itself, multiplied."""
    return model.with_option(AttentionMultiply("self", q, k, v, out))


@node("UNetCrossAttentionMultiply", category="_for_testing/attention_experiments")
def cross_attention_multiply(
    *, model: Model, q: Strength = 1.0, k: Strength = 1.0, v: Strength = 1.0, out: Strength = 1.0
) -> Model:
    """Queries, keys, values and results of the picture's attention to the prompt, multiplied."""
    return model.with_option(AttentionMultiply("cross", q, k, v, out))


@node("CLIPAttentionMultiply", category="_for_testing/attention_experiments")
def clip_attention_multiply(
    *, clip: Clip, q: Strength = 1.0, k: Strength = 1.0, v: Strength = 1.0, out: Strength = 1.0
) -> Clip:
    """Queries, keys, values and results of the text encoder's attention, multiplied."""
    return replace(clip, attention=(*clip.attention, AttentionFactors(q, k, v, out)))
