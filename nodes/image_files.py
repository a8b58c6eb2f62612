"""Pictures to and from files."""

import secrets
import string
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from einops import rearrange
from torch import Tensor

from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Shown
from nodegraph.graph.spec import FileList
from nodegraph.media.folders import IMAGE_EXTENSIONS, FolderKind
from nodegraph.media.images import SAVED, SHOWN, encode_png, read_image
from nodegraph.media.metadata import as_text
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Named, Socket, Tooltip
from nodegraph.packs.types import ExtraInfo, Image, Mask, PromptGraph


class LoadedImage(NamedTuple):
    """A picture and its transparency."""

    image: Annotated[Image, Named("IMAGE")]
    mask: Annotated[Mask, Named("MASK"), Tooltip("1 where the picture is transparent.")]


@node("LoadImage", category="image", display_name="Load Image")
def load_image(
    ctx: Context, *, image: Annotated[str, FileList("input", extensions=IMAGE_EXTENSIONS, upload="image")]
) -> LoadedImage:
    """Load a picture from the input folder."""
    return LoadedImage(*read_image(ctx.files.annotated(image)))


@node("LoadImageMask", category="mask", display_name="Load Image (as Mask)")
def load_image_mask(
    ctx: Context,
    *,
    image: Annotated[str, FileList("input", extensions=IMAGE_EXTENSIONS, upload="image")],
    channel: Literal["alpha", "red", "green", "blue"],
) -> Mask:
    """Load one channel of a picture as a mask; of its alpha, 1 where it is transparent."""
    pixels, transparent = read_image(ctx.files.annotated(image))
    return transparent if channel == "alpha" else pixels[..., ("red", "green", "blue").index(channel)]


@node("LoadImageOutput", category="image", display_name="Load Image (from Outputs)")
def load_image_output(
    ctx: Context, *, image: Annotated[str, FileList("output", extensions=IMAGE_EXTENSIONS, upload="image")]
) -> LoadedImage:
    """Load a picture from the output folder."""
    return LoadedImage(*read_image(ctx.files.annotated(image, "output")))


@node("SaveImage", category="image", display_name="Save Image", output=True)
def save_image(
    ctx: Context,
    *,
    images: Annotated[Image, Tooltip("The pictures to save.")],
    filename_prefix: Annotated[
        str, Tooltip("Begins the file's name; may hold folders and tokens such as %year% or %width%.")
    ] = "ComfyUI",
    prompt: PromptGraph = None,
    extra_pnginfo: ExtraInfo = None,
) -> Shown:
    """Save pictures in the output folder, with the workflow that made them."""
    text = as_text(prompt, extra_pnginfo)
    return Shown({"images": _save(ctx, "output", filename_prefix, images, text, compression=SAVED)})


@node("PreviewImage", category="image", display_name="Preview Image", output=True)
def preview_image(ctx: Context, *, images: Image, prompt: PromptGraph = None, extra_pnginfo: ExtraInfo = None) -> Shown:
    """Show pictures without keeping them."""
    return Shown({"images": _show(ctx, images, as_text(prompt, extra_pnginfo))})


@node("MaskPreview", category="mask", display_name="Preview Mask", output=True)
def mask_preview(ctx: Context, *, mask: Mask, prompt: PromptGraph = None, extra_pnginfo: ExtraInfo = None) -> Shown:
    """Show masks as grey pictures, without keeping them."""
    pictures = rearrange(mask.reshape(-1, *mask.shape[-2:]), "b h w -> b h w 1")
    return Shown({"images": _show(ctx, pictures, as_text(prompt, extra_pnginfo))})


@node("ImageCompare", category="image", display_name="Compare Images", output=True)
def image_compare(
    ctx: Context,
    *,
    compare_view: Annotated[Any, Socket("IMAGECOMPARE"), ClientOptions({"socketless": True})] = None,
    image_a: Annotated[Image | None, Tooltip("Shown on the left of the line.")] = None,
    image_b: Annotated[Image | None, Tooltip("Shown on the right of the line.")] = None,
) -> Shown:
    """Show two pictures over each other, with a line between them that is moved."""
    shown = {"a_images": image_a, "b_images": image_b}
    return Shown({name: [] if images is None else _show(ctx, images, {}) for name, images in shown.items()})


@node(
    "SaveImageWebsocket",
    category="image",
    display_name="Save Image (Websocket)",
    output=True,
    fingerprint=lambda given: ALWAYS,
)
def save_image_websocket(ctx: Context, *, images: Image) -> None:
    """Send pictures as PNG to the program that asked for the run, and keep no file."""
    for done, image in enumerate(images, start=1):
        ctx.send_picture("image/png", encode_png(image, compression=SHOWN))
        ctx.progress(done, len(images))


def _show(ctx: Context, images: Tensor, text: Mapping[str, Any]) -> list[dict[str, str]]:
    prefix = "ComfyUI_temp_" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(5))
    return _save(ctx, "temp", prefix, images, text, compression=SHOWN)


def _save(
    ctx: Context, kind: FolderKind, prefix: str, images: Tensor, text: Mapping[str, Any], *, compression: int
) -> list[dict[str, str]]:
    height, width = images.shape[1:3]
    contents = (encode_png(image, text=text, compression=compression) for image in images)
    saved = ctx.save(kind, prefix, ".png", contents, width=width, height=height)
    return [file.shown() for file in saved]
