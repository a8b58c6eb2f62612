"""Pictures that tile: what leaves at one edge comes back at the opposite one."""

from dataclasses import replace
from typing import Annotated

from nodegraph.diffusion.seamless import Axes, SeamlessTiling
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Tooltip
from nodegraph.packs.types import Model, Vae

Along = Annotated[Axes, Tooltip("x: left and right edges fit; y: top and bottom; both: the picture tiles a plane.")]


@node("SeamlessTilingModel", category="advanced/model", display_name="Seamless Tiling (Model)")
def seamless_tiling_model(*, model: Model, axes: Along = "both") -> Model:
    """Make pictures that can be laid side by side. Decode them with a VAE that tiles too."""
    return model.with_option(SeamlessTiling(axes))


@node("SeamlessTilingVAE", category="advanced/model", display_name="Seamless Tiling (VAE)")
def seamless_tiling_vae(*, vae: Vae, axes: Along = "both") -> Vae:
    """Encode and decode pictures without an edge, so that they can be laid side by side."""
    return replace(vae, seamless=axes)
