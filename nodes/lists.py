"""Lists of things: making one, and changing each text or the order of what is in it."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import torch
from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Growing, ListOutput, Matching, Named, Range
from nodegraph.packs.one_value import one_value, widget
from nodegraph.packs.types import MAX_SEED, Conditioning, ConditioningEntry, Image, Latent

_TEXTS = "dataset/text"
_IMAGES = "dataset/image"
Images = Annotated[list[Image], ListOutput(), Named("images")]
Texts = Annotated[str, Named("texts")]
PlainSeed = Annotated[int, Range(0, MAX_SEED)]
_FIRST = widget(0)


class UnequalListsError(UserError):
    """Lists that belong together item by item, but are not equally long."""


class ImagesAndTexts(NamedTuple):
    """Pictures and what is said of each."""

    images: Images
    texts: Annotated[list[str], ListOutput()]


@node("CreateList", category="utils", display_name="Create List", takes_lists=True)
def create_list(
    *, inputs: Annotated[Mapping[str, list[Any]], Growing("input")]
) -> Annotated[list[Annotated[Any, Matching()]], ListOutput(), Named("list")]:
    """All that is linked as one list: what follows runs once for each item."""
    return [item for items in inputs.values() for item in items]


@node("AddTextPrefix", category=_TEXTS, display_name="Add Text Prefix")
def add_text_prefix(*, texts: str, prefix: str) -> Texts:
    """Put something before each text."""
    return prefix + texts


@node("AddTextSuffix", category=_TEXTS, display_name="Add Text Suffix")
def add_text_suffix(*, texts: str, suffix: str) -> Texts:
    """Put something after each text."""
    return texts + suffix


@node("ReplaceText", category=_TEXTS, display_name="Replace Text")
def replace_text(*, texts: str, find: str, replace: str) -> Texts:
    """Replace something in each text."""
    return texts.replace(find, replace)


@node("StripWhitespace", category=_TEXTS, display_name="Strip Whitespace")
def strip_whitespace(*, texts: str) -> Texts:
    """Take the blanks off the ends of each text."""
    return texts.strip()


@node("TextToLowercase", category=_TEXTS, display_name="Text to Lowercase")
def text_to_lowercase(*, texts: str) -> Texts:
    """Each text in small letters."""
    return texts.lower()


@node("TextToUppercase", category=_TEXTS, display_name="Text to Uppercase")
def text_to_uppercase(*, texts: str) -> Texts:
    """Each text in capitals."""
    return texts.upper()


@node("TruncateText", category=_TEXTS, display_name="Truncate Text")
def truncate_text(*, texts: str, max_length: Annotated[int, Range(1, 10_000)] = 77) -> Texts:
    """The first characters of each text."""
    return texts[:max_length]


@node("MergeTextLists", category=_TEXTS, display_name="Merge Text Lists")
def merge_text_lists(*, texts: str) -> Texts:
    """All texts that are linked as one list: each as it is."""
    return texts


@node("ShuffleDataset", category=_IMAGES, display_name="Shuffle Image List", takes_lists=True)
def shuffle_images(*, images: list[Image], seed: list[PlainSeed] = _FIRST) -> Images:
    """A list of pictures in another order, the same for the same seed."""
    return [images[place] for place in _shuffled(len(images), one_value(seed, "seed"))]


@node("ShuffleImageTextDataset", category=_IMAGES, display_name="Shuffle Image-Text List", takes_lists=True)
def shuffle_images_and_texts(
    *, images: list[Image], texts: list[str], seed: list[PlainSeed] = _FIRST
) -> ImagesAndTexts:
    """Pictures and their texts in another order that both keep, the same for the same seed."""
    if len(images) != len(texts):
        raise UnequalListsError(
            f"images has {len(images)} items and texts {len(texts)}; each picture needs one text. Link lists of equal "
            "length."
        )
    order = _shuffled(len(images), one_value(seed, "seed"))
    return ImagesAndTexts([images[place] for place in order], [texts[place] for place in order])


@node("MergeImageLists", category=_IMAGES, display_name="Merge Image Lists", takes_lists=True)
def merge_image_lists(*, images: list[Image]) -> Images:
    """All pictures in one list."""
    return list(images)


class Buckets(NamedTuple):
    """Latents and conditionings of one resolution each."""

    latents: Annotated[list[Latent], ListOutput()]
    conditioning: Annotated[list[Conditioning], ListOutput()]


@node("ResolutionBucket", category="dataset", display_name="Resolution Bucket", takes_lists=True)
def resolution_bucket(*, latents: list[Latent], conditioning: list[Conditioning]) -> Buckets:
    """Sort latents and their conditionings by resolution: one batch for each, in order of its first latent."""
    if len(latents) != len(conditioning):
        raise UnequalListsError(
            f"latents has {len(latents)} items and conditioning {len(conditioning)}; each latent needs one. Link lists "
            "of equal length."
        )
    buckets: dict[tuple[int, ...], tuple[list[Tensor], list[ConditioningEntry]]] = {}
    for place, (latent, entries) in enumerate(zip(latents, conditioning, strict=True)):
        samples = latent["samples"]
        if len(entries) != samples.shape[0]:
            raise UnequalListsError(
                f"item {place} of latents is a batch of {samples.shape[0]}, and that of conditioning has "
                f"{len(entries)} entries; each latent of a batch needs one."
            )
        batches, told = buckets.setdefault(tuple(samples.shape[1:]), ([], []))
        batches.append(samples)
        told.extend(entries)
    return Buckets(
        [{"samples": torch.cat(batches)} for batches, _ in buckets.values()], [told for _, told in buckets.values()]
    )


def _shuffled(count: int, seed: int) -> list[int]:
    """The places of ``count`` items in an order that the seed decides."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed)).tolist()
