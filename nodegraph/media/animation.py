"""Batches of pictures as one moving picture, in bytes. Pictures are ``b h w c`` in 0..1, one frame each."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image as Pillow
from torch import Tensor

from nodegraph.media.images import to_bytes
from nodegraph.media.metadata import exif, png_info


def encode_animated_png(images: Tensor, *, fps: float, compression: int, text: Mapping[str, str]) -> bytes:
    """An animated PNG that shows its first frame where only still ones are known; it carries ``text``."""
    return _encoded(images, "PNG", fps, pnginfo=png_info(text), compress_level=compression)


def encode_animated_webp(
    images: Tensor, *, fps: float, lossless: bool, quality: int, effort: int, text: Mapping[str, str]
) -> bytes:
    """An animated WebP, which carries ``text``. ``effort`` is 0 (quick) to 6 (small)."""
    return _encoded(images, "WEBP", fps, lossless=lossless, quality=quality, method=effort, exif=exif(text).tobytes())


def _encoded(images: Tensor, kind: str, fps: float, **options: Any) -> bytes:
    first, *others = (Pillow.fromarray(to_bytes(image)) for image in images)
    buffer = BytesIO()
    first.save(buffer, kind, save_all=True, append_images=others, duration=round(1000 / fps), loop=0, **options)
    return buffer.getvalue()
