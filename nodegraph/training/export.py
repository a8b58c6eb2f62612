"""Trained networks as the files that are shipped: genuine names, float16, and metadata that says what shapes cannot.

The checkpoint has the single-file layout of Stable Diffusion 1.x, so that one code loads it and its large relatives;
what it was made with and how well it does stands in its metadata, by the ModelSpec standard where that has a key
(github.com/Stability-AI/ModelSpec). Equal weights and notes give equal bytes. Knows nothing of how weights are trained.

Shapes: r rows of the token table, d width of the text encoder, v of the image encoder, p of what both are projected to.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save
from torch import Tensor

from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.diffusion.predictions import PredictionName
from nodegraph.diffusion.tokenizer import VOCABULARY_SIZE
from nodegraph.diffusion.unet import UNet
from nodegraph.errors import UserError
from nodegraph.weights import keys
from nodegraph.weights.header import read_header, replace_metadata
from nodegraph.weights.recognise import METADATA
from nodegraph.write import write_file

if TYPE_CHECKING:
    from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPVisionModel

_TABLE = "embeddings.token_embedding.weight"
_POSITIONS = "embeddings.position_ids"  # they count from 0; genuine files hold them
_VISION_PREFIX = "vision_model."
_TITLE = "modelspec.title"

# The standard asks for a name of its own where other code is needed: the widths and the stored token rows are not
# those that a loader for Stable Diffusion 1.x expects.
_CHECKPOINT_SPEC = {
    "modelspec.architecture": "stable-diffusion-v1-small",
    "modelspec.implementation": "https://github.com/CompVis/stable-diffusion",
}
_IMAGE_ENCODER_SPEC = {
    "modelspec.architecture": "clip-vision-small",
    "modelspec.implementation": "transformers",
}
_PREDICTION_TYPES: Mapping[PredictionName, str] = {"eps": "epsilon", "v": "v"}


class ExportError(UserError):
    """Weights or notes that cannot be written to a file as they are."""


def write_checkpoint(
    path: Path,
    *,
    unet: UNet,
    autoencoder: Autoencoder,
    text_encoder: "CLIPTextModel",
    rows: Tensor,
    latent_scale: float,
    notes: Mapping[str, str],
    latent_rgb: Tensor | None = None,
    prediction: PredictionName = "eps",
) -> None:
    """Write a single-file checkpoint, whole or not at all; an existing file gives way.

    ``rows`` (``r``, whole numbers) are the token ids of the first r rows of the text encoder's table, which has r + 1:
    the last stands for all other tokens, is zero and is not written. ``latent_rgb`` (``(c + 1) 3``) are the colours of
    previews, by :func:`~nodegraph.training.latent_colours.fit_latent_rgb`. ``notes`` are further metadata and must hold
    ``modelspec.title``. Raises ExportError for weights that float16 cannot hold, rows that do not fit the table and
    notes that lack the title or contradict the networks; SaveError if the file cannot be written.
    """
    text = text_encoder.state_dict()
    text[_TABLE] = _stored_rows(text[_TABLE], rows)
    parts = (
        (keys.UNET_PREFIXES[0], unet.state_dict()),
        (keys.AUTOENCODER_PREFIXES[0], autoencoder.state_dict()),
        (keys.TEXT_ENCODER_PREFIXES[0], text),
    )
    tensors = {prefix + name: _half(prefix + name, tensor) for prefix, part in parts for name, tensor in part.items()}
    numbers = keys.TEXT_ENCODER_PREFIXES[0] + keys.STORED_ROWS[_TABLE]
    tensors[numbers] = rows.to(device="cpu", dtype=torch.int32, copy=True)
    tensors[keys.TEXT_ENCODER_PREFIXES[0] + _POSITIONS] = torch.arange(text_encoder.config.max_position_embeddings)[
        None
    ]
    configuration = {
        "nodegraph.unet.heads": str(unet.config.heads),
        "nodegraph.unet.groups": str(unet.config.groups),
        "nodegraph.vae.groups": str(autoencoder.config.groups),
        "nodegraph.text.heads": str(text_encoder.config.num_attention_heads),
        "nodegraph.text.activation": str(text_encoder.config.hidden_act),
        "nodegraph.prediction": prediction,
        "nodegraph.latent_scale": repr(float(latent_scale)),
        "modelspec.prediction_type": _PREDICTION_TYPES[prediction],
        **_CHECKPOINT_SPEC,
    }
    if latent_rgb is not None:
        configuration["nodegraph.latent_rgb"] = json.dumps([[round(x, 4) for x in row] for row in latent_rgb.tolist()])
    _write(path, tensors, configuration, notes)


def write_image_encoder(
    path: Path,
    *,
    vision: "CLIPVisionModel",
    visual_projection: Tensor,
    text_projection: Tensor,
    logit_scale: Tensor,
    notes: Mapping[str, str],
) -> None:
    """Write CLIP's image encoder with both projections (``p v`` and ``p d``) and the logarithm of the logit scale.

    With the text encoder of the checkpoint it was trained with it compares pictures and words. ``notes`` and errors are
    as for :func:`write_checkpoint`.
    """
    tensors = {
        f"{_VISION_PREFIX}{name.removeprefix(_VISION_PREFIX)}": tensor for name, tensor in vision.state_dict().items()
    }
    tensors["visual_projection.weight"] = visual_projection
    tensors["text_projection.weight"] = text_projection
    tensors["logit_scale"] = logit_scale
    configuration = {
        "nodegraph.vision.heads": str(vision.config.num_attention_heads),
        "nodegraph.vision.activation": str(vision.config.hidden_act),
        **_IMAGE_ENCODER_SPEC,
    }
    _write(path, {name: _half(name, tensor) for name, tensor in tensors.items()}, configuration, notes)


def with_notes(path: Path, notes: Mapping[str, str]) -> None:
    """Add notes to the metadata of a file, or replace those of the same key; its tensors stay as they are, to the bit.

    Raises ExportError for notes that contradict what the file says of its networks, SaveError if it cannot be written,
    BrokenFileError and MissingFileError as :func:`~nodegraph.weights.header.read_header` does.
    """
    metadata = dict(read_header(path).metadata)
    fixed = {key: value for key, value in metadata.items() if key in METADATA}
    write_file(path, replace_metadata(path.read_bytes(), metadata | _agreeing(notes, fixed)), replace=True)


def _write(path: Path, tensors: Mapping[str, Tensor], fixed: Mapping[str, str], notes: Mapping[str, str]) -> None:
    if not notes.get(_TITLE):
        raise ExportError(f"{path.name} needs a title among its notes: {_TITLE!r} is missing")
    content = save(dict(tensors))
    spec = {
        "format": "pt",
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.hash_sha256": f"0x{_digest_of_tensors(content)}",
    }
    write_file(path, replace_metadata(content, {**spec, **_agreeing(notes, fixed), **fixed}), replace=True)


def _agreeing(notes: Mapping[str, str], fixed: Mapping[str, str]) -> dict[str, str]:
    """The notes, none of which says other than what follows from the networks."""
    for key in notes.keys() & (fixed.keys() | METADATA.keys()):
        if notes[key] != fixed.get(key):
            said = f"they say {fixed[key]!r}" if key in fixed else "they do not say it"
            raise ExportError(f"the note {key!r} says {notes[key]!r}, but it is for the networks to say: {said}")
    return dict(notes)


def _digest_of_tensors(content: bytes) -> str:
    """SHA-256 of everything behind a safetensors file's header, which is what ModelSpec hashes."""
    return hashlib.sha256(memoryview(content)[8 + int.from_bytes(content[:8], "little") :]).hexdigest()


def _stored_rows(table: Tensor, rows: Tensor) -> Tensor:
    """The rows ``r d`` of a table ``(r + 1) d`` that are written."""
    if rows.ndim != 1 or len(table) != len(rows) + 1:
        raise ExportError(
            f"the text encoder's table has {len(table)} rows and the token ids the shape {list(rows.shape)}; expected "
            "one id for each row but the last"
        )
    if len(set(rows.tolist())) != len(rows) or not 0 <= int(rows.min()) <= int(rows.max()) < VOCABULARY_SIZE:
        raise ExportError(f"token ids must differ from one another and lie in 0 … {VOCABULARY_SIZE - 1}")
    if table[-1].any():
        raise ExportError("the last row of the text encoder's table stands for tokens never seen and must be zero")
    return table[:-1]


def _half(name: str, tensor: Tensor) -> Tensor:
    """A contiguous float16 copy on the CPU."""
    half = tensor.detach().to(device="cpu", dtype=torch.float16).contiguous()
    if not half.isfinite().all():
        largest = float(tensor.detach().abs().max())
        raise ExportError(
            f"{name!r} holds values up to {largest:g}, which float16 cannot hold (65504 at most): the training diverged"
        )
    return half.clone() if half.data_ptr() == tensor.data_ptr() else half
