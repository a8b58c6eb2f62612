"""For learning by looking: what pictures lose in the autoencoder, how alike they are to texts, and side by side."""

import math
from typing import Annotated, NamedTuple

import torch

from nodegraph.diffusion.autoencoder import centre_crop, decode_latent, encode_image
from nodegraph.diffusion.image_encoder import SHARPNESS
from nodegraph.errors import UserError
from nodegraph.media.colours import brightness
from nodegraph.media.figures.palette import heat, signed
from nodegraph.media.figures.sheet import Tile, draw_sheet
from nodegraph.media.figures.table import draw_table
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Multiline, Range, Tooltip
from nodegraph.packs.prompts import encode_prompt_once
from nodegraph.packs.types import Clip, ClipVision, Image, Vae

CATEGORY = "learn/pictures"

_MOST = 24
"""Pictures and texts that a table has room for."""


class TableError(UserError):
    """Nothing to compare, or more than a table has room for."""


class RoundTrip(NamedTuple):
    """A picture that was encoded and decoded again."""

    restored: Image
    lost: Annotated[Image, Tooltip("How far each pixel is from what it was, the farthest brightest.")]
    sheet: Image
    psnr: Annotated[float, Tooltip("Peak signal-to-noise ratio in dB, of the whole batch; 30 and more is good.")]


@node("LearnRoundTrip", category=CATEGORY, display_name="Autoencoder Round Trip", aliases=("teach", "VAE", "PSNR"))
def autoencoder_round_trip(
    ctx: Context,
    *,
    image: Annotated[Image, Tooltip("Of a batch, the first is shown on the sheet.")],
    vae: Vae,
) -> RoundTrip:
    """Encode a picture to a latent and decode it, and show what was lost on the way."""
    autoencoder = ctx.vae(vae)
    before = centre_crop(image[..., :3], autoencoder.config.downscale)
    samples = encode_image(autoencoder, before, gate=ctx.gate)
    after = decode_latent(autoencoder, samples, gate=ctx.gate)
    wrong = (after - before).square().mean(dim=-1)
    # A perfect copy would be infinitely good; 100 dB is more than eight bits can tell.
    psnr = -10 * math.log10(max(float(wrong.mean()), 1e-10))
    most = float(wrong.max().sqrt())
    lost = torch.stack([heat(each.sqrt() / max(most, 1e-6)) for each in wrong])
    shift = brightness(after)[0] - brightness(before)[0]
    widest = max(float(shift.abs().max()), 1e-6)
    tiles = [
        Tile(before[0], f"{before.shape[2]} x {before.shape[1]} x 3\nnumbers"),
        Tile(after[0], f"from {samples.shape[3]} x {samples.shape[2]} x {samples.shape[1]}\n{psnr:.1f} dB"),
        Tile(lost[0], f"yellow: off by\n{most:.0%}"),
        Tile(signed(shift / widest), f"orange: brighter by\n{widest:.0%}"),
    ]
    heads = ["picture", "restored", "what is lost", "brightness"]
    return RoundTrip(after, lost, draw_sheet([tiles], heads=heads), psnr)


class Likeness(NamedTuple):
    """How alike pictures and texts are."""

    table: Image
    text: Annotated[str, Tooltip("The same table as text, a row for each picture.")]


@node("LearnClipSimilarity", category=CATEGORY, display_name="CLIP Similarity", aliases=("teach", "table", "caption"))
def clip_similarity(
    ctx: Context,
    *,
    clip: Clip,
    clip_vision: Annotated[ClipVision, Tooltip("The image encoder that was trained with the text encoder.")],
    images: Annotated[Image, Tooltip("Each picture of the batch is a row.")],
    texts: Annotated[str, Multiline(), Tooltip("Each line is a column.")] = "",
) -> Likeness:
    """How alike CLIP finds pictures and texts: the cosine of the angle between them in the space both are put into.

    Below it stands how probable CLIP holds each text for the picture, if it is one of them.
    """
    lines = [line.strip() for line in texts.splitlines() if line.strip()]
    if not 0 < len(lines) <= _MOST or len(images) > _MOST:
        raise TableError(
            f"texts has {len(lines)} lines and images {len(images)} pictures; a table takes from 1 to {_MOST} of each."
        )
    encoder = ctx.clip_vision(clip_vision)
    pooled = torch.cat([encode_prompt_once(ctx, clip, line)[1]["pooled_output"] for line in lines])
    alike = encoder.encode(images, gate=ctx.gate) @ encoder.texts(pooled).T
    chances = (alike * SHARPNESS).softmax(dim=-1)
    told = [
        [f"{value:.3f}\n{chance:.0%}" for value, chance in zip(row, shares, strict=True)]
        for row, shares in zip(alike.tolist(), chances.tolist(), strict=True)
    ]
    rows = [["", *lines], *([f"picture {index + 1}", *map(_three, row)] for index, row in enumerate(alike.tolist()))]
    return Likeness(draw_table(list(images), lines, alike, told), "\n".join("\t".join(row) for row in rows))


@node("LearnSheet", category=CATEGORY, display_name="Labelled Sheet", aliases=("teach", "grid", "contact sheet"))
def labelled_sheet(
    *,
    images: Annotated[Image, Tooltip("Each picture of the batch is a tile.")],
    labels: Annotated[str, Multiline(), Tooltip("What is written below each, a line for each.")] = "",
    columns: Annotated[int, Range(1, 64)] = 5,
) -> Image:
    """Pictures of a batch in rows, each with what is said of it."""
    lines = labels.splitlines()
    tiles = [Tile(image, lines[index] if index < len(lines) else "") for index, image in enumerate(images)]
    return draw_sheet([tiles[start : start + columns] for start in range(0, len(tiles), columns)])


def _three(value: float) -> str:
    return f"{value:.3f}"
