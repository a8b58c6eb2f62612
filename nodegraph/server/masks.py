"""Painting a mask into a picture: the upload of an editor's mask. Pixels only, no requests."""

import os
from pathlib import Path

from PIL.PngImagePlugin import PngInfo

from nodegraph.server.files import StorageError, UploadError, opened_image


def apply_mask(original: Path, mask: Path) -> None:
    """Replace the file ``mask`` by a PNG of the colours of ``original`` under the alpha of ``mask``. Blocks.

    The original's text chunks stay, so that the workflow in it is not lost.

    Raises:
        UploadError: one of them is no picture, or they differ in size.
        StorageError: the disk does not take the result.
    """
    with opened_image(original, original.name) as picture, opened_image(mask, "the mask") as drawn:
        if picture.size != drawn.size:
            raise UploadError(f"The mask has {drawn.size} pixels, the picture {original.name!r} {picture.size}.")
        texts = PngInfo()
        for key, text in getattr(picture, "text", {}).items():
            texts.add_text(key, text)
        masked = picture.convert("RGBA")
        masked.putalpha(drawn.convert("RGBA").getchannel("A"))
    finished = mask.with_name(f"{mask.name}.png")
    try:
        masked.save(finished, "png", pnginfo=texts, compress_level=4)
        os.replace(finished, mask)
    except OSError as error:
        raise StorageError(f"The masked picture could not be stored: {error.strerror or error}.") from error
    finally:
        finished.unlink(missing_ok=True)
