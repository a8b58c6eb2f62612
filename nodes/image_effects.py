"""Effects on pictures, ``b h w c``: blending, blurring, noise, fewer colours, edges, shapes, brightness and colour."""

from typing import Annotated, NamedTuple

import torch
from einops import rearrange, repeat
from torch import Tensor

from nodegraph.diffusion.blur import convolve, gaussian_kernel, sharpening_kernel
from nodegraph.diffusion.conditioning import to_batch
from nodegraph.diffusion.noise import generator
from nodegraph.media.colours import BlendMode, Dither, blend, from_differences, quantize, to_differences
from nodegraph.media.geometry import opaque
from nodegraph.media.resize import fit_images
from nodegraph.media.structures import MorphologyOperation, edges, morphology
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Image, Seed

CATEGORY = "image/postprocessing"

Radius = Annotated[int, Range(1, 31, step=1)]
Sigma = Annotated[float, Range(0.1, 10.0, step=0.1), Tooltip("In radii.")]
FineSigma = Annotated[float, Range(0.1, 10.0, step=0.01), Tooltip("In radii.")]
Threshold = Annotated[float, Range(0.01, 0.99, step=0.01)]


@node("ImageBlend", category=CATEGORY, display_name="Image Blend")
def image_blend(
    *,
    image1: Image,
    image2: Image,
    blend_factor: Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("0 leaves the first picture as it is.")] = 0.5,
    blend_mode: BlendMode,
) -> Image:
    """Blend a second picture into the first, to whose size and number it is brought."""
    channels = max(image1.shape[3], image2.shape[3])
    below, above = opaque(image1, channels), opaque(image2, channels)
    fitted = to_batch(fit_images(above, below, method="bicubic"), below.shape[0])
    return blend(below, fitted.to(below), blend_mode, blend_factor)


@node("ImageBlur", category=CATEGORY, display_name="Image Blur")
def image_blur(*, image: Image, blur_radius: Radius = 1, sigma: Sigma = 1.0) -> Image:
    """Blur a picture."""
    return _convolved(image, gaussian_kernel(blur_radius, sigma))


@node("ImageSharpen", category=CATEGORY, display_name="Image Sharpen")
def image_sharpen(
    *,
    image: Image,
    sharpen_radius: Radius = 1,
    sigma: FineSigma = 1.0,
    alpha: Annotated[float, Range(0.0, 5.0, step=0.01)] = 1.0,
) -> Image:
    """Sharpen a picture."""
    return _convolved(image, sharpening_kernel(sharpen_radius, sigma, alpha)).clamp(0, 1)


def _convolved(images: Tensor, kernel: Tensor) -> Tensor:
    return rearrange(convolve(rearrange(images, "b h w c -> b c h w"), kernel), "b c h w -> b h w c")


@node("ImageQuantize", category=CATEGORY, display_name="Image Quantize")
def image_quantize(*, image: Image, colors: Annotated[int, Range(1, 256, step=1)] = 256, dither: Dither) -> Image:
    """Leave a picture few colours."""
    return torch.stack([quantize(picture, colors, dither) for picture in image])


@node("ImageAddNoise", category="image", display_name="Add Noise to Image")
def image_add_noise(
    *, image: Image, seed: Seed = 0, strength: Annotated[float, Range(0.0, 1.0, step=0.01)] = 0.5
) -> Image:
    """Add normally distributed noise to every value."""
    noise = torch.randn(image.shape, generator=generator(seed)).to(image)
    return (image + strength * noise).clamp(0, 1)


@node("Canny", category="image/preprocessors")
def canny(*, image: Image, low_threshold: Threshold = 0.4, high_threshold: Threshold = 0.8) -> Image:
    """The edges of a picture, white on black."""
    return edges(image, low_threshold, high_threshold)


@node("Morphology", category=CATEGORY, display_name="Image Morphology")
def image_morphology(
    *, image: Image, operation: MorphologyOperation, kernel_size: Annotated[int, Range(3, 999, step=1)] = 3
) -> Image:
    """Make what is bright in a picture wider or narrower, or show what that changes."""
    return morphology(image, operation, kernel_size)


class Differences(NamedTuple):
    """Brightness, and how far blue and red differ from it, as grey pictures."""

    Y: Image
    U: Image
    V: Image


@node("ImageRGBToYUV", category="image/batch", display_name="Image RGB to YUV")
def image_rgb_to_yuv(*, image: Image) -> Differences:
    """Take a picture apart into brightness and two differences of colour."""
    return Differences(*(repeat(part, "b h w -> b h w c", c=3) for part in to_differences(image)))


@node("ImageYUVToRGB", category="image/batch", display_name="Image YUV to RGB")
def image_yuv_to_rgb(*, Y: Image, U: Image, V: Image) -> Image:  # noqa: N803 (the field's names)
    """Put a picture together from its brightness and two differences of colour, which are made like the first."""
    parts = (fit_images(part, Y, method="bilinear") for part in (Y, U, V))
    return from_differences(*(to_batch(part[..., :3].mean(dim=-1), Y.shape[0]) for part in parts))
