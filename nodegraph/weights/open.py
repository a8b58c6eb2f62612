"""Open a weight file: read its header, recognise it, and hand out handles on its parts. No tensor is read.

What a loader node calls; what is wrong with a file shows here rather than in the middle of a picture.
"""

from collections.abc import Iterable
from pathlib import Path

from nodegraph.weights.handles import Clip, ClipVision, Model, Vae, WeightChange
from nodegraph.weights.header import read_header, weight_file
from nodegraph.weights.lora import check_lora, fit_lora
from nodegraph.weights.recognise import recognise_autoencoder, recognise_checkpoint, recognise_image_encoder


def open_checkpoint(path: Path | str) -> tuple[Model, Clip, Vae]:
    """Handles on the three parts of a single-file checkpoint.

    Raises MissingFileError, BrokenFileError (truncated, damaged, another format) or UnrecognisedFileError (a sound
    file that is something else).
    """
    file = weight_file(Path(path))
    recognise_checkpoint(read_header(Path(path)))
    return Model(file), Clip(file), Vae(file)


def open_vae(path: Path | str) -> Vae:
    """A handle on the autoencoder in a file, alone or in a checkpoint. Raises like :func:`open_checkpoint`."""
    file = weight_file(Path(path))
    recognise_autoencoder(read_header(Path(path)))
    return Vae(file)


def open_clip_vision(path: Path | str) -> ClipVision:
    """A handle on CLIP's image encoder in a file of its own. Raises like :func:`open_checkpoint`."""
    file = weight_file(Path(path))
    recognise_image_encoder(read_header(Path(path)))
    return ClipVision(file)


def open_lora(path: Path | str, *, used_with: Iterable[Model | Clip] = ()) -> WeightChange:
    """A LoRA, which fits the checkpoints of these handles, if there are any. Raises like :func:`open_checkpoint`.

    Raises:
        UnfitLoraError: it is no LoRA, or one for another kind of model.
    """
    file, header = weight_file(Path(path)), read_header(Path(path))
    check_lora(header)
    for changed in {handle.file.path for handle in used_with}:
        of = read_header(Path(changed))
        fit_lora(header, recognise_checkpoint(of), of)
    return WeightChange(file, "lora")


def open_checkpoint_as_change(path: Path | str) -> WeightChange:
    """A checkpoint whose weights are to take the place of another's. Raises like :func:`open_checkpoint`."""
    model, _, _ = open_checkpoint(path)
    return WeightChange(model.file, "checkpoint")
