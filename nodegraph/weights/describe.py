"""What kind of file a header looks like, and which folder it belongs in. Imports no torch.

Goes by the names of tensors and a few shapes. Whether the networks in a file fit together is for ``recognise``.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from nodegraph.weights.header import Header

Patterns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file looks like, for a sentence (``a LoRA``), and the kind of model folder that such files belong in.

    ``kind`` is empty where that is unknown.
    """

    what: str
    kind: str = ""


_KINDS: tuple[tuple[Patterns, FileKind], ...] = (
    ((r"lora_(down|up|A|B)|\.lora\.|hada_w|lokr_w",), FileKind("a LoRA", "loras")),
    ((r"^control_model\.|^controlnet_",), FileKind("a ControlNet", "controlnet")),
    ((r"^conditioner\.embedders\.",), FileKind("a checkpoint of SDXL, which cannot be run yet", "checkpoints")),
    (
        (r"^cond_stage_model\.model\.",),
        FileKind("a checkpoint of Stable Diffusion 2.x, which cannot be run yet", "checkpoints"),
    ),
    (
        (r"joint_blocks|double_blocks|transformer_blocks\.\d+\.attn\.",),
        FileKind("a diffusion transformer, which cannot be run yet", "diffusion_models"),
    ),
    (
        (
            r"^model\.diffusion_model\.input_blocks\.0\.0\.weight$",
            r"^cond_stage_model\.transformer\.(text_model\.)?embeddings\.token_embedding\.weight$",
            r"^(first_stage_model\.)?decoder\.up\.0\.block\.0\.conv1\.weight$",
        ),
        FileKind("a checkpoint of Stable Diffusion 1.x", "checkpoints"),
    ),
    (
        (r"^model\.diffusion_model\.",),
        FileKind("a diffusion network without its text encoder or autoencoder", "diffusion_models"),
    ),
    (
        (r"^(down|up)_blocks\.",),
        FileKind("one network of a diffusers folder: use the single-file version of the checkpoint"),
    ),
    (
        (r"^decoder\.up_blocks\.",),
        FileKind("an autoencoder in the layout of diffusers: use the single-file version"),
    ),
    ((r"^(first_stage_model\.)?decoder\.",), FileKind("an autoencoder alone", "vae")),
    ((r"^vision_model\.|^visual\.transformer\.",), FileKind("a CLIP image encoder", "clip_vision")),
    ((r"text_model\.encoder\.layers",), FileKind("a text encoder alone", "text_encoders")),
    ((r"^encoder\.block\.\d+\.layer\.0\.SelfAttention\.",), FileKind("a T5 text encoder", "text_encoders")),
    (
        (r"^emb_params$|^string_to_param|^clip_[lg]$",),
        FileKind("a textual-inversion embedding", "embeddings"),
    ),
    ((r"^(body|model)\.\d+\.|^conv_first\.",), FileKind("an upscaling network", "upscale_models")),
)
"""The first row of which every pattern finds a tensor."""

_UNET_INPUT = "model.diffusion_model.input_blocks.0.0.weight"
_SEEING_MORE: Mapping[int, FileKind] = {
    8: FileKind("a checkpoint of Stable Diffusion 1.x for editing by instructions (InstructPix2Pix)", "checkpoints"),
    9: FileKind("a checkpoint of Stable Diffusion 1.x for inpainting", "checkpoints"),
}
"""By input channels: latents of 4 channels, those of a picture, and a mask."""

_PRECISIONS: Mapping[str, str] = {"F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16"}
_LISTED = 3


def look(header: Header) -> FileKind:
    """What a file looks like by the names of its tensors."""
    names = list(header.tensors)
    for patterns, found in _KINDS:
        if all(any(re.search(pattern, name) for name in names) for pattern in patterns):
            unet = header.tensors.get(_UNET_INPUT)
            channels = 0 if unet is None or len(unet.shape) < 2 else unet.shape[1]
            return _SEEING_MORE.get(channels, found) if found.kind == "checkpoints" else found
    shown = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    return FileKind(
        f"no kind of file known here ({len(names)} tensors: {shown})" if names else "an empty file (no tensors)"
    )


def describe(header: Header) -> str:
    """What a file looks like, for a message."""
    found = look(header)
    elsewhere = f" (it belongs in models/{found.kind})" if found.kind not in ("", "checkpoints") else ""
    return found.what + elsewhere


def precision(header: Header) -> str:
    """The type that most bytes of a file are of: ``fp16``, ``bf16``, ``fp8_e4m3``, ... Empty for no tensors."""
    sizes: Counter[str] = Counter()
    for tensor in header.tensors.values():
        sizes[tensor.dtype] += tensor.size
    if not sizes:
        return ""
    ((dtype, _),) = sizes.most_common(1)
    return _PRECISIONS.get(dtype, dtype.lower().replace("f8", "fp8", 1))
