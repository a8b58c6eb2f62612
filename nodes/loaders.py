"""Opening model files. Only headers are read here; weights follow when something computes with them."""

from typing import Annotated, NamedTuple

from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import FileList, Named, Tooltip
from nodegraph.packs.types import Clip, ClipVision, Model, Vae
from nodegraph.weights.open import open_checkpoint, open_clip_vision, open_vae


class Checkpoint(NamedTuple):
    """The parts of a checkpoint."""

    model: Annotated[Model, Named("MODEL"), Tooltip("The network that denoises latents.")]
    clip: Annotated[Clip, Named("CLIP"), Tooltip("The text encoder for prompts.")]
    vae: Annotated[Vae, Named("VAE"), Tooltip("The autoencoder between pictures and latents.")]


@node("CheckpointLoaderSimple", category="loaders", display_name="Load Checkpoint")
def load_checkpoint(
    ctx: Context,
    *,
    ckpt_name: Annotated[str, FileList("checkpoints"), Tooltip("The checkpoint file to open.")],
) -> Checkpoint:
    """Open a checkpoint: diffusion model, text encoder and autoencoder in one file."""
    return Checkpoint(*open_checkpoint(ctx.models.find("checkpoints", ckpt_name)))


@node("VAELoader", category="loaders", display_name="Load VAE")
def load_vae(ctx: Context, *, vae_name: Annotated[str, FileList("vae")]) -> Vae:
    """Open an autoencoder from a file of its own."""
    return open_vae(ctx.models.find("vae", vae_name))


@node("CLIPVisionLoader", category="loaders", display_name="Load CLIP Vision")
def load_clip_vision(ctx: Context, *, clip_name: Annotated[str, FileList("clip_vision")]) -> ClipVision:
    """Open CLIP's image encoder from a file of its own."""
    return open_clip_vision(ctx.models.find("clip_vision", clip_name))
