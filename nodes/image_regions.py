"""Rectangles of pictures as values, and cutting them out."""

from typing import Annotated, Any

from nodegraph.errors import UserError
from nodegraph.media.geometry import window
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Range
from nodegraph.packs.types import MAX_RESOLUTION, BoundingBox, BoundingBoxDict, Image
from nodegraph.values.numbers import is_finite

Offset = Annotated[int, Range(0, MAX_RESOLUTION)]
Side = Annotated[int, Range(1, MAX_RESOLUTION)]

_SIDES = ("x", "y", "width", "height")


class BoundingBoxError(UserError):
    """What is to be a rectangle is none."""


@node("PrimitiveBoundingBox", category="utils/primitive", display_name="Bounding Box")
def primitive_bounding_box(*, x: Offset = 0, y: Offset = 0, width: Side = 512, height: Side = 512) -> BoundingBox:
    """A rectangle of a picture, in pixels from its upper left corner."""
    return {"x": x, "y": y, "width": width, "height": height}


@node("ImageCropV2", category="image/transform", display_name="Image Crop (Region)")
def image_crop_region(
    *,
    image: Image,
    crop_region: Annotated[
        BoundingBox,
        ClientOptions({"widgetType": "BOUNDING_BOX", "default": {"x": 0, "y": 0, "width": 512, "height": 512}}),
    ],
) -> Image:
    """Cut a rectangle out of a picture; what reaches over its border is left out."""
    box = _checked(crop_region)
    rows, columns = window(**box, old_width=image.shape[2], old_height=image.shape[1])
    return image[:, rows, columns]


def _checked(box: Any) -> BoundingBoxDict:
    """A rectangle of whole pixels. It may have been written by hand in a graph."""
    sides: list[Any] = [box.get(side) if isinstance(box, dict) else None for side in _SIDES]
    if not all(isinstance(side, int | float) and is_finite(side) for side in sides):
        raise BoundingBoxError(f"crop_region is {box!r}; it needs x, y, width and height, each a number of pixels.")
    x, y, width, height = (round(side) for side in sides)
    if min(x, y) < 0 or min(width, height) < 1:
        raise BoundingBoxError(
            f"crop_region begins at {x}, {y} and is {width} by {height}; it cannot begin before 0 nor be empty."
        )
    return {"x": x, "y": y, "width": width, "height": height}
