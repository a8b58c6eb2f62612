"""Changing how a model is run, around its network: each node adds an option to the model, and touches no weights."""

from typing import Annotated, Literal

from nodegraph.diffusion.compiled import TorchCompile
from nodegraph.diffusion.differential import DifferentialDiffusion
from nodegraph.diffusion.guidance.step_cache import EasyCache, LazyCache
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Omittable, Range, Tooltip
from nodegraph.packs.types import Model

Threshold = Annotated[
    float, Range(0.0, 3.0, step=0.01), Tooltip("How much may change before the network is called; 0 calls it always.")
]
From = Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("From where on the way steps may be skipped.")]
To = Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("Up to where on the way steps may be skipped.")]
Verbose = Annotated[bool, Tooltip("Whether the log tells of each step.")]


@node("DifferentialDiffusion", category="_for_testing", display_name="Differential Diffusion")
def differential_diffusion(
    *,
    model: Model,
    strength: Annotated[
        float, Range(0.0, 1.0, step=0.01), Omittable(), Tooltip("1: cells are let go at once; 0: a mask as ever.")
    ] = 1.0,
) -> Model:
    """A grey noise mask says how much of the way each place may change: light places early, dark ones late."""
    return model.with_option(DifferentialDiffusion(strength))


@node("EasyCache", category="advanced/debug/model")
def easy_cache(
    *,
    model: Model,
    reuse_threshold: Threshold = 0.2,
    start_percent: From = 0.15,
    end_percent: To = 0.95,
    verbose: Verbose = False,
) -> Model:
    """Skip the network at steps where its answers would change little. Faster, and not quite the same picture."""
    return model.with_option(EasyCache(reuse_threshold, start_percent, end_percent, verbose))


@node("LazyCache", category="advanced/debug/model")
def lazy_cache(
    *,
    model: Model,
    reuse_threshold: Threshold = 0.2,
    start_percent: From = 0.15,
    end_percent: To = 0.95,
    verbose: Verbose = False,
) -> Model:
    """Skip network and guidance at steps where the result would change little. Simpler than EasyCache."""
    return model.with_option(LazyCache(reuse_threshold, start_percent, end_percent, verbose))


@node("TorchCompileModel", category="_for_testing", experimental=True)
def torch_compile_model(
    *,
    model: Model,
    backend: Annotated[
        Literal["inductor", "cudagraphs"], Tooltip("inductor writes code of its own; cudagraphs replays calls on CUDA.")
    ],
) -> Model:
    """Compile the network at its first call, once for each size of picture and batch: slow then, faster afterwards.

    Calls with patches inside the network (FreeU, HyperTile, token merging and the like) are made without it.
    """
    return model.with_option(TorchCompile(backend))
