"""The model that comes with the package, so that the first run paints: ``starter.safetensors`` and its image encoder.

The folder is laid out as a user's models folder is. Nothing is ever written to it; a file of the user's of the same
name is taken instead. How the files were made: :mod:`nodegraph.training`.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Holds ``checkpoints`` and ``clip_vision``."""

CHECKPOINT = FOLDER / "checkpoints" / "starter.safetensors"
IMAGE_ENCODER = FOLDER / "clip_vision" / "starter-clip.safetensors"
