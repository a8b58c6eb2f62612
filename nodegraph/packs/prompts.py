"""From a prompt to a conditioning, with all that a handle of a text encoder says of how to encode."""

from dataclasses import replace

from nodegraph.diffusion.conditioning_options import with_hooks
from nodegraph.diffusion.scheduled_weights import encoder_ranges
from nodegraph.packs.context import Context
from nodegraph.packs.types import ConditioningEntry
from nodegraph.weights.handles import Clip


def encode_prompt(ctx: Context, clip: Clip, text: str) -> list[ConditioningEntry]:
    """An entry for each range of the way in which the handle's hooks leave the weights as they are; without, one."""
    entries: list[ConditioningEntry] = []
    for part in encoder_ranges(clip.hooks, scheduled=clip.scheduled):
        encoder = ctx.clip(replace(clip, changes=(*clip.changes, *part.weights)))
        context, pooled = encoder.encode(text, gate=ctx.gate, last_layer=clip.last_layer)
        entries.append((context, {"pooled_output": pooled, **part.options}))
    return with_hooks(entries, clip.hooks) if clip.hooks and clip.hooks_in_conditionings else entries


def encode_prompt_once(ctx: Context, clip: Clip, text: str) -> ConditioningEntry:
    """As :func:`encode_prompt`, with the strengths that hooks have at the beginning: the only entry."""
    (entry,) = encode_prompt(ctx, replace(clip, scheduled=False), text)
    return entry
