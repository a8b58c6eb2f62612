"""Operations on latents as values, and where they are applied: to a latent, or to the guidance of each step."""

from typing import Annotated

from nodegraph.diffusion.latent_operations import OperatedGuidance, Sharpen, TonemapReinhard
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Latent, LatentOperation, Model

CATEGORY = "latent/advanced/operations"


@node("LatentApplyOperation", category=CATEGORY)
def latent_apply_operation(*, samples: Latent, operation: LatentOperation) -> Latent:
    """Apply an operation to a latent."""
    return {**samples, "samples": operation(samples["samples"])}


@node("LatentApplyOperationCFG", category=CATEGORY)
def latent_apply_operation_cfg(*, model: Model, operation: LatentOperation) -> Model:
    """Apply an operation to what the positive prompt adds to the negative, at each step."""
    return model.with_option(OperatedGuidance(operation))


@node("LatentOperationTonemapReinhard", category=CATEGORY)
def latent_operation_tonemap_reinhard(
    *, multiplier: Annotated[float, Range(0.0, 100.0, step=0.01), Tooltip("Lower is stronger.")] = 1.0
) -> LatentOperation:
    """Shorten what is far stronger than the rest."""
    return TonemapReinhard(multiplier)


@node("LatentOperationSharpen", category=CATEGORY)
def latent_operation_sharpen(
    *,
    sharpen_radius: Annotated[int, Range(1, 31, step=1)] = 9,
    sigma: Annotated[float, Range(0.1, 10.0, step=0.1), Tooltip("In radii.")] = 1.0,
    alpha: Annotated[float, Range(0.0, 5.0, step=0.01)] = 0.1,
) -> LatentOperation:
    """Sharpen against the neighbourhood."""
    return Sharpen(sharpen_radius, sigma, alpha)
