"""Data sets in folders: pictures, and beside each a text of the same name."""

from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Literal, NamedTuple

from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.execution.results import Shown
from nodegraph.graph.spec import FileList
from nodegraph.media.folders import IMAGE_EXTENSIONS
from nodegraph.media.images import SAVED, encode_png, read_image
from nodegraph.media.save import BATCH_NUMBER, SavedFile, expand_tokens
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ListOutput, Named, Tooltip
from nodegraph.packs.one_value import one_value, widget
from nodegraph.packs.types import Image

CATEGORY = "dataset"

_LARGEST_TEXT = 1024 * 1024
_FOLDER = widget("dataset")
_PREFIX = widget("image")
_MODE: list[Literal["overwrite", "increment"]] = widget("overwrite")

Folder = Annotated[str, FileList("input", folders=True), Tooltip("A folder within the input folder.")]
Images = Annotated[list[Image], ListOutput(), Named("images")]
FolderName = Annotated[list[str], Tooltip("A folder within the output folder; empty for that itself.")]
Prefix = Annotated[list[str], Tooltip("Begins the files' names.")]
Mode = Annotated[
    list[Literal["overwrite", "increment"]],
    Tooltip("Overwrite counts from 1 and replaces what has these names, texts too; increment goes on after it."),
]


class DatasetError(UserError):
    """A data set that cannot be read or written."""


class ImagesAndTexts(NamedTuple):
    """Pictures and what is said of each."""

    images: Images
    texts: Annotated[list[str], ListOutput()]


@node("LoadImageDataSetFromFolder", category=CATEGORY, display_name="Load Image Dataset from Folder")
def load_image_dataset(ctx: Context, *, folder: Folder) -> Images:
    """Load all pictures of a folder, in order of their names; what follows runs once for each."""
    kind, name, pictures = _pictures(ctx, folder)
    return [_loaded(ctx, kind, name, picture) for picture in pictures]


@node("LoadImageTextDataSetFromFolder", category=CATEGORY, display_name="Load Image and Text Dataset from Folder")
def load_image_text_dataset(ctx: Context, *, folder: Folder) -> ImagesAndTexts:
    """Load all pictures of a folder with the texts of the same names (a.png and a.txt); without one it is empty."""
    kind, name, pictures = _pictures(ctx, folder)
    images = [_loaded(ctx, kind, name, picture) for picture in pictures]
    there = frozenset(ctx.files.list(kind, (".txt",), name))
    return ImagesAndTexts(images, [_text(ctx, kind, name, _beside(picture), there) for picture in pictures])


@node(
    "SaveImageDataSetToFolder",
    category=CATEGORY,
    display_name="Save Image Dataset to Folder",
    output=True,
    takes_lists=True,
)
def save_image_dataset(
    ctx: Context,
    *,
    images: list[Image],
    folder_name: FolderName = _FOLDER,
    filename_prefix: Prefix = _PREFIX,
    mode: Mode = _MODE,
) -> Shown:
    """Save pictures in a folder within the output folder."""
    saved = _saved(ctx, _one_by_one(images), None, folder_name, filename_prefix, mode)
    return Shown({"images": [file.shown() for file in saved]})


@node(
    "SaveImageTextDataSetToFolder",
    category=CATEGORY,
    display_name="Save Image and Text Dataset to Folder",
    output=True,
    takes_lists=True,
)
def save_image_text_dataset(
    ctx: Context,
    *,
    images: list[Image],
    folder_name: FolderName = _FOLDER,
    filename_prefix: Prefix = _PREFIX,
    mode: Mode = _MODE,
    texts: Annotated[list[str] | None, Tooltip("One for each picture.")] = None,
) -> Shown:
    """Save pictures in a folder within the output folder, and beside each its text under the same name (.txt)."""
    pictures = _one_by_one(images)
    if texts is not None and len(texts) != len(pictures):
        raise DatasetError(
            f"images has {len(pictures)} pictures and texts {len(texts)} items; each picture needs one text."
        )
    saved = _saved(ctx, pictures, texts, folder_name, filename_prefix, mode)
    return Shown({"images": [file.shown() for file in saved]})


def _pictures(ctx: Context, folder: str) -> tuple[str, str, list[str]]:
    """The folder's kind and name, and the names of the pictures in it."""
    kind, name = ctx.files.annotated_folder(folder)
    pictures = ctx.files.list(kind, IMAGE_EXTENSIONS, name)
    if not pictures:
        raise DatasetError(f"folder {folder!r} has no pictures in it. Put some there, or choose another.")
    return kind, name, pictures


def _loaded(ctx: Context, kind: str, folder: str, name: str) -> Tensor:
    return read_image(ctx.files.resolve(kind, folder, name))[0]


def _beside(picture: str) -> str:
    """The name of the text that belongs to a picture."""
    return PurePath(picture).with_suffix(".txt").name


def _text(ctx: Context, kind: str, folder: str, name: str, there: frozenset[str]) -> str:
    if name not in there:
        return ""
    path = ctx.files.resolve(kind, folder, name)
    if path.stat().st_size > _LARGEST_TEXT:
        raise DatasetError(f"{name} in {folder} has more than {_LARGEST_TEXT} bytes; it is no text for a picture.")
    return path.read_text(encoding="utf-8-sig", errors="replace").strip()


def _one_by_one(images: list[Tensor]) -> list[Tensor]:
    return [picture for batch in images for picture in batch]


def _saved(
    ctx: Context,
    pictures: list[Tensor],
    texts: list[str] | None,
    folder_name: list[str],
    filename_prefix: list[str],
    mode: list[Literal["overwrite", "increment"]],
) -> list[SavedFile]:
    """``folder/prefix_00001_.png`` and on; beside each its text, and none where there are no texts."""
    folder, prefix = one_value(folder_name, "folder_name"), one_value(filename_prefix, "filename_prefix")
    name = f"{folder}/{prefix}" if folder else prefix
    contents = (encode_png(picture, compression=SAVED) for picture in pictures)
    if one_value(mode, "mode") == "increment":
        saved = ctx.save("output", name, ".png", contents)
    else:
        plain = expand_tokens(name, width=0, height=0, now=datetime.now())
        saved = [
            ctx.save_as("output", "", f"{plain.replace(BATCH_NUMBER, str(place))}_{place + 1:05}_.png", content)
            for place, content in enumerate(contents)
        ]
    for place, file in enumerate(saved):
        if texts is not None:
            ctx.save_as("output", file.subfolder, _beside(file.filename), texts[place].encode())
        else:  # that of a picture that was overwritten
            ctx.files.resolve("output", file.subfolder, _beside(file.filename)).unlink(missing_ok=True)
    return saved
