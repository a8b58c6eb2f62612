"""Changes of weights that belong to conditionings instead of models, and that may come and go on the way."""

from dataclasses import replace
from typing import Annotated

from nodegraph.diffusion.scheduled_weights import WeightHook, combined_hooks, with_keyframes
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import FileList, Range, Tooltip
from nodegraph.packs.types import Clip, HookKeyframes, Hooks
from nodegraph.weights.open import open_checkpoint_as_change, open_lora

CATEGORY = "advanced/hooks"

LoraName = Annotated[str, FileList("loras"), Tooltip("The LoRA: of the same family as the model it will be used with.")]
CheckpointName = Annotated[
    str, FileList("checkpoints"), Tooltip("The checkpoint whose weights take the place of the model's: of its family.")
]
ModelStrength = Annotated[
    float, Range(-20.0, 20.0, step=0.01), Tooltip("How strongly the diffusion network is changed; 0 not at all.")
]
ClipStrength = Annotated[
    float,
    Range(-20.0, 20.0, step=0.01),
    Tooltip("How strongly the text encoder is changed, where Set CLIP Hooks gives it the hooks; 0 not at all."),
]
Previous = Annotated[Hooks | None, Tooltip("Hooks that hold besides.")]


@node("CreateHookLora", category=f"{CATEGORY}/create", display_name="Create Hook LoRA", idempotent=False)
def create_hook_lora(
    ctx: Context,
    *,
    lora_name: LoraName,
    strength_model: ModelStrength = 1.0,
    strength_clip: ClipStrength = 1.0,
    prev_hooks: Previous = None,
) -> Hooks:
    """Change weights by a LoRA for the conditionings that get this hook, and for no other."""
    if not strength_model and not strength_clip:
        return prev_hooks or ()
    lora = open_lora(ctx.models.find("loras", lora_name))
    return combined_hooks(prev_hooks, (WeightHook(lora, strength_model, strength_clip, origin=ctx.node_id),))


@node(
    "CreateHookLoraModelOnly",
    category=f"{CATEGORY}/create",
    display_name="Create Hook LoRA (Model Only)",
    idempotent=False,
)
def create_hook_lora_model_only(
    ctx: Context, *, lora_name: LoraName, strength_model: ModelStrength = 1.0, prev_hooks: Previous = None
) -> Hooks:
    """As Create Hook LoRA, and the text encoder stays as it is."""
    return create_hook_lora(
        ctx, lora_name=lora_name, strength_model=strength_model, strength_clip=0.0, prev_hooks=prev_hooks
    )


@node(
    "CreateHookModelAsLora", category=f"{CATEGORY}/create", display_name="Create Hook Model as LoRA", idempotent=False
)
def create_hook_model_as_lora(
    ctx: Context,
    *,
    ckpt_name: CheckpointName,
    strength_model: ModelStrength = 1.0,
    strength_clip: ClipStrength = 1.0,
    prev_hooks: Previous = None,
) -> Hooks:
    """Predict conditionings with another checkpoint: at strength 1 its weights hold, at 0.5 the mean of both."""
    if not strength_model and not strength_clip:
        return prev_hooks or ()
    checkpoint = open_checkpoint_as_change(ctx.models.find("checkpoints", ckpt_name))
    return combined_hooks(prev_hooks, (WeightHook(checkpoint, strength_model, strength_clip, origin=ctx.node_id),))


@node(
    "CreateHookModelAsLoraModelOnly",
    category=f"{CATEGORY}/create",
    display_name="Create Hook Model as LoRA (MO)",
    idempotent=False,
)
def create_hook_model_as_lora_model_only(
    ctx: Context, *, ckpt_name: CheckpointName, strength_model: ModelStrength = 1.0, prev_hooks: Previous = None
) -> Hooks:
    """As Create Hook Model as LoRA, and the text encoder stays as it is."""
    return create_hook_model_as_lora(
        ctx, ckpt_name=ckpt_name, strength_model=strength_model, strength_clip=0.0, prev_hooks=prev_hooks
    )


@node("CombineHooks2", category=f"{CATEGORY}/combine", display_name="Combine Hooks [2]")
def combine_hooks_2(*, hooks_A: Hooks | None = None, hooks_B: Hooks | None = None) -> Hooks:  # noqa: N803
    """Let the hooks of two hold at once; what is the same in both counts once."""
    return combined_hooks(hooks_A, hooks_B)


@node("CombineHooks4", category=f"{CATEGORY}/combine", display_name="Combine Hooks [4]")
def combine_hooks_4(
    *,
    hooks_A: Hooks | None = None,  # noqa: N803 (saved workflows name them so)
    hooks_B: Hooks | None = None,  # noqa: N803
    hooks_C: Hooks | None = None,  # noqa: N803
    hooks_D: Hooks | None = None,  # noqa: N803
) -> Hooks:
    """Let the hooks of four hold at once; what is the same in several counts once."""
    return combined_hooks(hooks_A, hooks_B, hooks_C, hooks_D)


@node("CombineHooks8", category=f"{CATEGORY}/combine", display_name="Combine Hooks [8]")
def combine_hooks_8(
    *,
    hooks_A: Hooks | None = None,  # noqa: N803
    hooks_B: Hooks | None = None,  # noqa: N803
    hooks_C: Hooks | None = None,  # noqa: N803
    hooks_D: Hooks | None = None,  # noqa: N803
    hooks_E: Hooks | None = None,  # noqa: N803
    hooks_F: Hooks | None = None,  # noqa: N803
    hooks_G: Hooks | None = None,  # noqa: N803
    hooks_H: Hooks | None = None,  # noqa: N803
) -> Hooks:
    """Let the hooks of eight hold at once; what is the same in several counts once."""
    return combined_hooks(hooks_A, hooks_B, hooks_C, hooks_D, hooks_E, hooks_F, hooks_G, hooks_H)


@node("SetHookKeyframes", category=f"{CATEGORY}/scheduling", display_name="Set Hook Keyframes")
def set_hook_keyframes(*, hooks: Hooks, hook_kf: HookKeyframes | None = None) -> Hooks:
    """Say how strong hooks are on which part of the way; it replaces what was said before."""
    return hooks if hook_kf is None else with_keyframes(hooks, hook_kf)


@node("SetClipHooks", category=f"{CATEGORY}/clip", display_name="Set CLIP Hooks")
def set_clip_hooks(
    *,
    clip: Clip,
    apply_to_conds: Annotated[
        bool, Tooltip("Whether prompts that are encoded get the hooks, so that they change the diffusion network too.")
    ] = True,
    schedule_clip: Annotated[
        bool,
        Tooltip("Whether prompts are encoded anew at each keyframe, or once with the strengths at the beginning."),
    ] = False,
    hooks: Hooks | None = None,
) -> Clip:
    """Change the text encoder by hooks; they take the place of those it has."""
    if hooks is None:
        return clip
    return replace(clip, hooks=hooks, scheduled=schedule_clip, hooks_in_conditionings=apply_to_conds)
