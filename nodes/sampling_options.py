"""Changing how a model is run, around its network: each node adds an option to the model, and touches no weights."""

from dataclasses import replace
from typing import Annotated

from nodegraph.diffusion.differential import DifferentialDiffusion
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Omittable, Range, Tooltip
from nodegraph.packs.types import Model


@node("DifferentialDiffusion", category="_for_testing", display_name="Differential Diffusion")
def differential_diffusion(
    *,
    model: Model,
    strength: Annotated[
        float, Range(0.0, 1.0, step=0.01), Omittable(), Tooltip("1: cells are let go at once; 0: a mask as ever.")
    ] = 1.0,
) -> Model:
    """A grey noise mask says how much of the way each place may change: light places early, dark ones late."""
    return replace(model, options=(*model.options, DifferentialDiffusion(strength)))
