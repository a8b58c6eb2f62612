"""The socket types of the field as annotations for node functions, and what values travel through them.

A pack makes a type of its own the same way: ``Depth = Annotated[torch.Tensor, Socket("DEPTH")]``. Values are immutable
once returned: a node never changes what it was given.

Shapes: b batch, h height, w width, c channels, n tokens, d features.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, TypedDict

from torch import Tensor

from nodegraph.diffusion import latent_operations, noise, scheduled_weights
from nodegraph.diffusion.guidance import guiders
from nodegraph.diffusion.samplers import sampler
from nodegraph.graph import sockets
from nodegraph.graph.spec import Hidden
from nodegraph.packs.markers import ControlAfterGenerate, HiddenInput, Multiline, Range, Socket
from nodegraph.weights import handles

MAX_RESOLUTION = 16384
"""The longest side, in pixels, that the field's nodes accept."""

MAX_SEED = 2**64 - 1


class LatentDict(TypedDict):
    """A batch of latents: what the autoencoder makes of pictures, before any scaling by the latent format."""

    samples: Tensor
    """b c h w; in the SD 1.x family a cell stands for a square of eight pixels a side."""
    noise_mask: NotRequired[Tensor]
    """b 1 h w in pixels or b h w, 0..1: where 1, the latent is to be denoised."""
    batch_index: NotRequired[list[int]]
    """For each item its place in the batch it was taken from, which decides its noise."""
    own_seeds: NotRequired[bool]
    """Whether each item is sampled as if it were alone, with the seed of the run plus its place."""


class BoundingBoxDict(TypedDict):
    """A rectangle of a picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


ConditioningEntry = tuple[Tensor, Mapping[str, Any]]
"""Text features (b n d), and how they apply: ``pooled_output``, ``area``, ``mask``, ``strength``, …"""

Image = Annotated[Tensor, Socket(sockets.IMAGE)]
"""float32, b h w c, 0..1; c is 3, or 4 with alpha."""
Mask = Annotated[Tensor, Socket(sockets.MASK)]
"""float32, b h w, 0..1."""
Latent = Annotated[LatentDict, Socket(sockets.LATENT)]
Conditioning = Annotated[list[ConditioningEntry], Socket(sockets.CONDITIONING)]
Model = Annotated[handles.Model, Socket(sockets.MODEL)]
Clip = Annotated[handles.Clip, Socket(sockets.CLIP)]
ClipVision = Annotated[handles.ClipVision, Socket(sockets.CLIP_VISION)]
Vae = Annotated[handles.Vae, Socket(sockets.VAE)]
Sigmas = Annotated[Tensor, Socket(sockets.SIGMAS)]
"""float32, one dimension: noise levels, falling, usually ending in 0."""
Noise = Annotated[noise.Noise, Socket(sockets.NOISE)]
Sampler = Annotated[sampler.Sampler, Socket(sockets.SAMPLER)]
Guider = Annotated[guiders.Guider[handles.Model], Socket(sockets.GUIDER)]
LatentOperation = Annotated[latent_operations.LatentOperation, Socket(sockets.LATENT_OPERATION)]
"""A function of a latent's samples, ``b c h w`` to the same."""
BoundingBox = Annotated[BoundingBoxDict, Socket(sockets.BOUNDING_BOX)]
Svg = Annotated[list[str], Socket(sockets.SVG)]
"""Vector pictures, each a document as text."""
Color = Annotated[str, Socket(sockets.COLOR)]
"""``#rrggbb``."""
Hooks = Annotated[scheduled_weights.Hooks, Socket(sockets.HOOKS)]
"""Changes of weights for a conditioning: tuples, never changed."""
HookKeyframes = Annotated[tuple[scheduled_weights.Keyframe, ...], Socket(sockets.HOOK_KEYFRAMES)]
"""By their starts; see :mod:`~nodegraph.diffusion.scheduled_weights`."""

Seed = Annotated[int, Range(0, MAX_SEED), ControlAfterGenerate()]
Text = Annotated[str, Multiline()]
Prompt = Annotated[str, Multiline(dynamic_prompts=True)]
Anything = Annotated[Any, Socket(sockets.ANY)]

PromptGraph = Annotated[dict[str, Any] | None, HiddenInput(Hidden.PROMPT)]
"""The graph being run, in API format: what a saved file carries to be made again."""
ExtraInfo = Annotated[dict[str, Any] | None, HiddenInput(Hidden.EXTRA_PNGINFO)]
"""What the client wants saved files to carry besides, normally its ``workflow``."""
