"""One node that resizes pictures and masks in any of the ways of :mod:`nodegraph.media.resize_types`."""

from collections.abc import Mapping
from typing import Annotated, Any

from torch import Tensor

from nodegraph.graph.sockets import DYNAMIC_COMBO
from nodegraph.media.resize import ImageMethod, resize_images
from nodegraph.media.resize_types import RESIZE_TYPES, wanted_crop, wanted_size
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Matching, Named, Socket

ImageOrMask = Matching("IMAGE,MASK")


@node("ResizeImageMaskNode", category="transform", display_name="Resize Image/Mask")
def resize_image_mask(
    *,
    input: Annotated[Tensor, ImageOrMask],
    resize_type: Annotated[Mapping[str, Any], Socket(DYNAMIC_COMBO), ClientOptions({"options": RESIZE_TYPES})],
    scale_method: ImageMethod = "area",
) -> Annotated[Tensor, ImageOrMask, Named("resized")]:
    """Resize a picture or a mask to a size, by a factor, to one side, an area, a multiple, or like another."""
    kind = resize_type["resize_type"]
    images = input if input.ndim == 4 else input.reshape(-1, *input.shape[-2:], 1)
    size = wanted_size(kind, resize_type, (images.shape[2], images.shape[1]))
    resized = resize_images(images, *size, method=scale_method, crop=wanted_crop(kind, resize_type))
    return resized if input.ndim == 4 else resized[..., 0]
