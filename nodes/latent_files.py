"""Latents to and from files."""

from typing import Annotated

from nodegraph.execution.results import Shown
from nodegraph.graph.spec import FileList
from nodegraph.media.latent_files import encode_latent, read_latent
from nodegraph.media.metadata import as_text
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.types import ExtraInfo, Latent, PromptGraph


@node("SaveLatent", category="latent", display_name="Save Latent", output=True)
def save_latent(
    ctx: Context,
    *,
    samples: Latent,
    filename_prefix: str = "latents/ComfyUI",
    prompt: PromptGraph = None,
    extra_pnginfo: ExtraInfo = None,
) -> Shown:
    """Save a latent in the output folder."""
    content = encode_latent(samples["samples"], text=as_text(prompt, extra_pnginfo))
    saved = ctx.save("output", filename_prefix, ".latent", [content])
    return Shown({"latents": [file.shown() for file in saved]})


@node("LoadLatent", category="latent", display_name="Load Latent")
def load_latent(ctx: Context, *, latent: Annotated[str, FileList("input", extensions=(".latent",))]) -> Latent:
    """Load a latent from the input folder."""
    return {"samples": read_latent(ctx.files.annotated(latent))}
