"""Small files that change the weights of a model. Weights are changed when something computes with them."""

from functools import wraps
from typing import Annotated, Any, NamedTuple

from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import FileList, Named, Range, Tooltip
from nodegraph.packs.types import Clip, Model
from nodegraph.weights.open import open_lora

LoraName = Annotated[str, FileList("loras"), Tooltip("The LoRA: of the same family as the model.")]
ModelStrength = Annotated[
    float,
    Range(-100.0, 100.0, step=0.01),
    Tooltip("How strongly the diffusion network is changed; 0 not at all, below 0 the other way."),
]
ClipStrength = Annotated[
    float,
    Range(-100.0, 100.0, step=0.01),
    Tooltip("How strongly the text encoder is changed; 0 not at all, below 0 the other way."),
]

_SIGNATURE = ("__annotations__",)
"""What a node takes over of the one that it is another name for; its name and what it says of itself are its own."""


class Changed(NamedTuple):
    """A model and a text encoder with one change more."""

    model: Annotated[Model, Named("MODEL"), Tooltip("The network that denoises latents, changed.")]
    clip: Annotated[Clip, Named("CLIP"), Tooltip("The text encoder, changed.")]


@node("LoraLoader", category="loaders", display_name="Load LoRA", aliases=("lora",))
def load_lora(
    ctx: Context,
    *,
    model: Model,
    clip: Clip,
    lora_name: LoraName,
    strength_model: ModelStrength = 1.0,
    strength_clip: ClipStrength = 1.0,
) -> Changed:
    """Change a model and its text encoder by a LoRA. Several in a row add up, in any order."""
    if not strength_model and not strength_clip:
        return Changed(model, clip)
    lora = open_lora(ctx.models.find("loras", lora_name), used_with=(model, clip))
    return Changed(model.with_change(lora, strength_model), clip.with_change(lora, strength_clip))


@node("LoraLoaderModelOnly", category="loaders", display_name="Load LoRA (Model Only)", aliases=("lora",))
def load_lora_model_only(
    ctx: Context, *, model: Model, lora_name: LoraName, strength_model: ModelStrength = 1.0
) -> Model:
    """Change a model by a LoRA, and leave its text encoder as it is."""
    if not strength_model:
        return model
    return model.with_change(open_lora(ctx.models.find("loras", lora_name), used_with=(model,)), strength_model)


@node("LoraLoaderBypass", category="loaders", display_name="Load LoRA (Bypass)")
@wraps(load_lora, assigned=_SIGNATURE)
def load_lora_bypass(*args: Any, **inputs: Any) -> Changed:
    """The same as Load LoRA: here no LoRA changes the weights that were loaded."""
    return load_lora(*args, **inputs)


@node("LoraLoaderBypassModelOnly", category="loaders", display_name="Load LoRA (Bypass, Model Only)")
@wraps(load_lora_model_only, assigned=_SIGNATURE)
def load_lora_bypass_model_only(*args: Any, **inputs: Any) -> Model:
    """The same as Load LoRA (Model Only): here no LoRA changes the weights that were loaded."""
    return load_lora_model_only(*args, **inputs)
