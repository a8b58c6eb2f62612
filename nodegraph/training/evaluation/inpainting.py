"""Whether a masked region shows what the prompt asks for while the rest of the picture stays as it was.

The object in the middle of a rendering is masked and another is asked for in its place, before the same background.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nodegraph.training.attributes import Look
from nodegraph.training.dataset import SIDE
from nodegraph.training.evaluation.agreement import agreement
from nodegraph.training.evaluation.bench import Bench, Outcome, judged_cells
from nodegraph.training.evaluation.pipeline import Pictures
from nodegraph.training.evaluation.prompts import captions, renderings, seen_scenes, strangers
from nodegraph.training.evaluation.restoration import psnr
from nodegraph.training.evaluation.sheets import Cell, contact_sheet
from nodegraph.training.scenes import PLACES, Scene

_REGION = slice(SIDE * 3 // 16, SIDE * 13 // 16)
"""Rows and columns that are painted anew: whole latent cells, and wider than an object that is not big."""

_BORDER = SIDE // 16
"""Pixels around the region that are not counted as the rest: the decoder blends what is next to each other."""

_MIDDLE = "in the middle"
_SEED = 4
_SHOWN = 8


def inpainting(bench: Bench) -> Outcome:
    """``object`` and ``color`` are those in the region; ``dB`` compares the rest with the source's.

    ``dB of the autoencoder`` is what a picture loses outside the region by being encoded and decoded alone.
    """
    sources = [_in_the_middle(scene) for scene in seen_scenes(bench.size.painted_over)]
    targets = [
        replace(_in_the_middle(other), background=source.background)
        for other, source in zip(strangers(sources), sources, strict=True)
    ]
    before = renderings(sources)
    after = bench.pipeline.paint(captions(targets), recipe=bench.recipe, seed=_SEED, source=before, mask=region_mask(0))
    unchanged = bench.pipeline.decode(bench.pipeline.encode(before))
    looks = [_inside(look) for look in bench.judge.look(after)]
    obeyed, kept = agreement(looks, targets), agreement(looks, sources)
    rest = region_mask(_BORDER) < 1
    figures = {
        "pictures": len(sources),
        "object": obeyed["object"],
        "color": obeyed["color"],
        "background": obeyed["background"],
        "source's object left": kept["object"],
        "dB": float(psnr(after, before, where=rest).mean()),
        "dB of the autoencoder": float(psnr(unchanged, before, where=rest).mean()),
        "dB to what the autoencoder keeps": float(psnr(after, unchanged, where=rest).mean()),
    }
    cells: list[Cell] = []
    for source, text, cell in zip(before, captions(sources), judged_cells(after, looks, targets, _SHOWN), strict=False):
        cells += [Cell(_outlined(source), text), cell]
    return Outcome(figures, contact_sheet(cells))


def region_mask(border: int) -> NDArray[np.float32]:
    """``h w``: 1 in the region and up to ``border`` pixels around it, else 0."""
    mask = np.zeros((SIDE, SIDE), np.float32)
    inside = slice(_REGION.start - border, _REGION.stop + border)
    mask[inside, inside] = 1
    return mask


def _in_the_middle(scene: Scene) -> Scene:
    """The scene with its object of the usual size in the middle."""
    (thing,) = scene.things
    x, y = PLACES[_MIDDLE]
    return replace(scene, things=(replace(thing, x=x, y=y, side=0.42, size="", place=_MIDDLE),))


def _inside(look: Look) -> Look:
    """A look at the region only: objects whose centre is in it."""
    low, high = _REGION.start / SIDE, _REGION.stop / SIDE
    inside = (thing for thing in look.things if low <= thing.x <= high and low <= thing.y <= high)
    return replace(look, things=tuple(inside))


def _outlined(picture: Pictures) -> Pictures:
    """A picture ``h w 3`` with a frame around the region."""
    framed = picture.copy()
    framed[region_mask(1) != region_mask(0)] = (255, 0, 255)
    return framed
