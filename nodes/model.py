"""Changing how a model is used, without touching its weights."""

from dataclasses import replace
from typing import Annotated

from nodegraph.diffusion.guidance import RescaledGuidance
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range
from nodegraph.packs.types import Model


@node("RescaleCFG", category="advanced/model", display_name="Rescale CFG")
def rescale_cfg(*, model: Model, multiplier: Annotated[float, Range(0.0, 1.0, step=0.01)] = 0.7) -> Model:
    """Keep the contrast of high guidance in bounds: 0 is plain guidance, 1 fully rescaled."""
    return replace(model, options=(*model.options, RescaledGuidance(multiplier)))
