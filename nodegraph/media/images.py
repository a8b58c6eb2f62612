"""Pictures between tensors and files.

Knows nothing of nodes or folders; names of files only to say which one was wrong.
Shapes: b batch, h height, w width, c channels. A picture is float32 in 0..1, a mask too.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, ImageSequence
from torch import Tensor

from nodegraph.errors import NonFiniteError, UserError
from nodegraph.media.folders import IMAGE_FORMATS
from nodegraph.media.metadata import png_info

MAX_PIXELS = 16384**2
"""More than that, over all frames, is refused: it would not be a picture but an attack on memory."""

SAVED = 4
"""PNG compression of pictures that are kept."""
SHOWN = 1
"""PNG compression of pictures that are only looked at: twice as quick to write."""

_NO_MASK = (64, 64)
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


class ImageError(UserError):
    """A picture that cannot be read or written."""


def to_bytes(image: Tensor) -> NDArray[np.uint8]:
    """``h w c`` in 0..1 as 8 bit, clipped and truncated (not rounded), as the field does.

    Raises what :func:`check_finite` raises.
    """
    check_finite(image)
    pixels: NDArray[np.uint8] = (image.float() * 255).clamp(0, 255).to(torch.uint8).cpu().numpy()
    return pixels


def check_finite(image: Tensor) -> None:
    """Raises :class:`NonFiniteError` if a value is NaN or infinite: it would become an innocent black or white."""
    if not bool(torch.isfinite(image).all()):
        share = 1 - torch.isfinite(image).float().mean().item()
        raise NonFiniteError(
            f"The picture has values that are no numbers (NaN or infinity), {share:.0%} of it; it was not saved. The "
            "node that computed it overflowed: try --precision fp32 or another VAE, or lower cfg."
        )


def check_picture(image: Tensor) -> None:
    """Raises :class:`ImageError` for what is not ``h w c`` with as many channels as a file can hold."""
    if image.ndim != 3 or image.shape[2] not in _MODES:
        raise ImageError(
            f"A picture to be saved has the shape {tuple(image.shape)}; expected height, width and 1, 3 or 4 channels."
        )


def encode_png(image: Tensor, *, text: Mapping[str, str] | None = None, compression: int = SAVED) -> bytes:
    """``h w c`` (c of 1, 3 or 4) as PNG, carrying ``text`` (:func:`nodegraph.media.metadata.as_text`)."""
    check_picture(image)
    pixels = to_bytes(image)
    buffer = BytesIO()
    picture = Pillow.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    picture.save(buffer, "PNG", pnginfo=png_info(text or {}), compress_level=compression)
    return buffer.getvalue()


def read_image(path: Path) -> tuple[Tensor, Tensor]:
    """The picture ``b h w 3`` in a file and its mask ``b h w``, which is 1 where the picture is transparent.

    An animation is a batch of its frames, those of the first one's size. The camera's orientation is applied. A
    picture without transparency has an empty mask of 64 × 64. Raises :class:`ImageError`.
    """
    try:
        with Pillow.open(path, formats=IMAGE_FORMATS) as file:
            frames = list(_frames(file, path))
    except Pillow.DecompressionBombError as error:
        raise ImageError(f"{path.name} is too large to be opened: {error}") from error
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError(
            f"{path.name} cannot be read as a picture: {error}. Is it whole, and of a known format?"
        ) from error
    images, alphas = zip(*frames, strict=True)
    empty = images[0].shape[:2] if any(alpha is not None for alpha in alphas) else _NO_MASK
    masks = [torch.zeros(empty) if alpha is None else 1.0 - alpha for alpha in alphas]
    return torch.stack(images), torch.stack(masks)


def _frames(file: Pillow.Image, path: Path) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Each frame ``h w 3`` with its opacity ``h w``, if it has one."""
    size: tuple[int, int] | None = None
    pixels = 0
    for frame in ImageSequence.Iterator(file):
        pixels += frame.width * frame.height
        if pixels > MAX_PIXELS:
            raise ImageError(f"{path.name} has more than {MAX_PIXELS} pixels over all its frames. Make it smaller.")
        upright = ImageOps.exif_transpose(frame)
        size = size or upright.size
        if upright.size == size:
            yield _colours(upright), _opacity(upright)
        if file.format == "MPO":  # further frames are other views or a depth map, not an animation
            return


def _colours(frame: Pillow.Image) -> Tensor:
    if frame.mode.startswith("I"):  # 16 bits in 32, or in 16
        frame = frame.convert("I").point(lambda value: value * (1 / 255))
    return _fractions(frame.convert("RGB"))


def _opacity(frame: Pillow.Image) -> Tensor | None:
    if "A" in frame.getbands():
        return _fractions(frame.getchannel("A"))
    if "transparency" in frame.info:
        return _fractions(frame.convert("RGBA").getchannel("A"))
    return None


def _fractions(frame: Pillow.Image) -> Tensor:
    return torch.from_numpy(np.array(frame).astype(np.float32) / 255.0)
