"""The prompt and workflow that a picture carries, so that it can be made again. Imports no torch.

PNG: a ``tEXt`` chunk ``prompt`` and one for each key of ``extra_pnginfo``, normally ``workflow``; ASCII-escaped JSON.
WebP, JPEG and others: EXIF, as ``prompt:{json}`` in tag 0x0110 and ``workflow:{json}`` in 0x010F.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from nodegraph.errors import UserError

_KEYS = ("prompt", "workflow")
_PROMPT_TAG = 0x0110


class MetadataError(UserError):
    """Metadata that cannot be written, or a file that holds none that can be read."""


def as_text(prompt: Any, extra: Mapping[str, Any] | None) -> dict[str, str]:
    """What a file is to carry, each as JSON text: ``prompt`` unless it is None, and the keys of ``extra``."""
    values = {} if prompt is None else {"prompt": prompt}
    return {key: json.dumps(value) for key, value in {**values, **(extra or {})}.items()}


def png_info(text: Mapping[str, str]) -> PngInfo:
    """Text chunks for Pillow. Raises :class:`MetadataError` for a key that PNG does not allow."""
    info = PngInfo()
    for key, value in text.items():
        if not (1 <= len(key) <= 79 and key.isascii() and key.isprintable() and key == key.strip()):
            raise MetadataError(
                f"{key!r} cannot be a key of extra_pnginfo: PNG allows 1 to 79 characters, here of ASCII, no space "
                "at either end."
            )
        info.add_text(key, value)
    return info


def exif(text: Mapping[str, str]) -> Pillow.Exif:
    """EXIF for Pillow: the prompt in tag 0x0110, all else in the tags below it, each as ``key:{json}``."""
    made = Pillow.Exif()
    made.update({_PROMPT_TAG: f"prompt:{text['prompt']}"} if "prompt" in text else {})
    others = [key for key in text if key != "prompt"]
    made.update({_PROMPT_TAG - place: f"{key}:{text[key]}" for place, key in enumerate(others, start=1)})
    return made


def read_text(path: Path) -> dict[str, str]:
    """The text a picture carries, by key. Raises :class:`MetadataError` if it is no picture."""
    try:
        with Pillow.open(path) as image:
            found = _text_of(image)
            if image.format == "PNG" and not found.keys() & set(_KEYS):
                image.load()  # the chunks may stand after the picture
                found = _text_of(image)
            for value in image.getexif().values():
                key, colon, text = value.partition(":") if isinstance(value, str) else ("", "", "")
                if colon and key in _KEYS:
                    found.setdefault(key, text.rstrip("\0"))
            return found
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise MetadataError(f"{path} cannot be read as a picture: {error}.") from error


def _text_of(image: Pillow.Image) -> dict[str, str]:
    return {key: str(value) for key, value in image.info.items() if isinstance(key, str) and isinstance(value, str)}


def read_embedded(path: Path) -> dict[str, Any]:
    """The ``prompt`` and ``workflow`` that a picture carries, those that are there, parsed.

    Raises :class:`MetadataError` if there is neither, or one is not JSON.
    """
    text = read_text(path)
    embedded: dict[str, Any] = {}
    for key in _KEYS:
        if key in text:
            try:
                embedded[key] = json.loads(text[key])
            except ValueError as error:
                raise MetadataError(f"The {key} in {path} is not JSON: {error}.") from error
    if not embedded:
        raise MetadataError(
            f"{path} carries neither a prompt nor a workflow. It may have been edited or re-encoded by a program that "
            "drops metadata; use the file as it was saved."
        )
    return embedded
