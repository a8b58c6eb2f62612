"""Pictures, ``b h w c``, cut into overlapping tiles and put together from them."""

from typing import Annotated

from einops import rearrange

from nodegraph.diffusion.tiles import TilesError, joined, windows
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ListOutput, Range, Tooltip
from nodegraph.packs.one_value import one_value, widget
from nodegraph.packs.types import MAX_RESOLUTION, Image

CATEGORY = "image/batch"

Side = Annotated[int, Range(64, MAX_RESOLUTION)]
FinalSide = Range(64, 32768)
Overlap = Range(0, 4096)
_SIDE = widget(1024)
_OVERLAP = widget(128)


@node("SplitImageToTileList", category=CATEGORY, display_name="Split Image into List of Tiles")
def split_image_to_tile_list(
    *,
    image: Image,
    tile_width: Side = 1024,
    tile_height: Side = 1024,
    overlap: Annotated[int, Overlap, Tooltip("Pixels that neighbours share.")] = 128,
) -> Annotated[list[Image], ListOutput()]:
    """Cut a picture into tiles of one size, row by row; what follows runs once for each.

    The last tile of a row or column is moved back into the picture; a picture smaller than a tile is one.
    """
    channels_first = rearrange(image, "b h w c -> b c h w")
    places = windows(image.shape[1], image.shape[2], tile_height=tile_height, tile_width=tile_width, overlap=overlap)
    return [rearrange(place.of(channels_first), "b c h w -> b h w c") for place in places]


@node("ImageMergeTileList", category=CATEGORY, display_name="Merge List of Tiles to Image", takes_lists=True)
def image_merge_tile_list(
    *,
    image_list: list[Image],
    final_width: list[Annotated[int, FinalSide]] = _SIDE,
    final_height: list[Annotated[int, FinalSide]] = _SIDE,
    overlap: list[Annotated[int, Overlap, Tooltip("As the tiles have it now: scaled with them.")]] = _OVERLAP,
) -> Image:
    """Put a picture together from the tiles of Split Image into List of Tiles, fading from each to the next.

    Tiles may have been scaled, all alike, if the final size and the overlap are scaled by the same factor.
    """
    width, height = one_value(final_width, "final_width"), one_value(final_height, "final_height")
    shared = one_value(overlap, "overlap")
    if not image_list:
        raise TilesError("image_list is empty: there is no picture without tiles.")
    first = image_list[0]
    tile_height, tile_width = first.shape[1:3]
    if any(tile.shape != first.shape for tile in image_list):
        shapes = sorted({f"{tile.shape[2]} by {tile.shape[1]}" for tile in image_list})
        raise TilesError(f"image_list has tiles of several sizes or channels ({', '.join(shapes)}); all must be alike.")
    places = windows(height, width, tile_height=tile_height, tile_width=tile_width, overlap=shared)
    if len(places) != len(image_list) or tile_height > height or tile_width > width:
        raise TilesError(
            f"image_list has {len(image_list)} tiles of {tile_width} by {tile_height}; with an overlap of {shared} a "
            f"picture of {width} by {height} is made of {len(places)}. Set final_width, final_height and overlap to "
            "what the picture was split with, or to as many times that as the tiles were scaled."
        )
    tiles = (rearrange(tile, "b h w c -> b c h w") for tile in image_list)
    return rearrange(joined(tiles, places, feather=shared), "b c h w -> b h w c")
