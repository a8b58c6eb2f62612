"""Open a weight file: read its header, recognise it, and hand out handles on its parts. No tensor is read.

What a loader node calls; what is wrong with a file shows here rather than in the middle of a picture.
"""

from pathlib import Path

from nodegraph.weights.handles import Clip, Model, Vae
from nodegraph.weights.header import read_header, weight_file
from nodegraph.weights.recognise import recognise_autoencoder, recognise_checkpoint


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
