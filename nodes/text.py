"""Prompts: from text to conditioning."""

from dataclasses import replace
from typing import Annotated

from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.prompts import encode_prompt
from nodegraph.packs.types import Clip, Conditioning, Prompt


@node("CLIPTextEncode", category="conditioning", display_name="CLIP Text Encode (Prompt)", aliases=("prompt", "text"))
def clip_text_encode(
    ctx: Context,
    *,
    text: Annotated[Prompt, Tooltip("What the picture is to show; (words:1.2) weighs them.")],
    clip: Clip,
) -> Conditioning:
    """Encode a prompt with a text encoder, to guide a diffusion model towards a picture."""
    return encode_prompt(ctx, clip, text)


@node("CLIPSetLastLayer", category="conditioning", display_name="CLIP Set Last Layer", aliases=("clip skip",))
def clip_set_last_layer(
    *,
    clip: Clip,
    stop_at_clip_layer: Annotated[int, Range(-24, -1, step=1), Tooltip("-1 is the last, -2 the one before.")] = -1,
) -> Clip:
    """Take the features of an earlier layer of the text encoder."""
    return replace(clip, last_layer=stop_at_clip_layer)
