"""The picture shown while another is being made: small, lossy, quick."""

from io import BytesIO

from PIL import Image as Pillow
from torch import Tensor

SIDE = 512
"""The square, in pixels, that a preview is fitted into."""


def preview_jpeg(pixels: Tensor, *, side: int = SIDE) -> bytes:
    """``h w 3`` uint8 on the CPU as JPEG of quality 95, scaled (bilinear) to make its longer side ``side``."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    buffer = BytesIO()
    Pillow.fromarray(pixels.numpy()).resize(size, Pillow.Resampling.BILINEAR).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()
