"""Whether pictures show what their prompts ask for: one object, two, and one under more and more guidance."""

from collections.abc import Sequence
from dataclasses import replace

from nodegraph.training.evaluation.agreement import agreement
from nodegraph.training.evaluation.bench import Bench, Outcome, judged_cells
from nodegraph.training.evaluation.prompts import captions, held_out_scenes, pair_scenes, seen_scenes
from nodegraph.training.evaluation.sheets import contact_sheet
from nodegraph.training.scenes import Scene

_SHOWN = 32
_SWEPT_SHOWN = 4
_SEED = 1


def one_object_held_out(bench: Bench) -> Outcome:
    """Pairs of colour and object that no picture of the training showed."""
    return _asked(bench, held_out_scenes(bench.size.prompts))


def one_object_seen(bench: Bench) -> Outcome:
    """Pairs that training showed: what is lost on the others is lost in putting together."""
    return _asked(bench, seen_scenes(bench.size.prompts))


def two_objects(bench: Bench) -> Outcome:
    """Two objects, each with its own colour, and one beside or above the other."""
    return _asked(bench, pair_scenes(bench.size.prompts))


def guidance(bench: Bench) -> Outcome:
    """The same held-out prompts and the same noise, with the prompt exaggerated more and more."""
    scenes = held_out_scenes(bench.size.swept)
    figures, cells = {}, []
    for cfg in bench.size.guidance:
        recipe = replace(bench.recipe, cfg=cfg)
        pictures = bench.pipeline.paint(captions(scenes), recipe=recipe, seed=_SEED)
        looks = bench.judge.look(pictures)
        figures[f"{cfg:g}"] = agreement(looks, scenes)
        shown = judged_cells(pictures, looks, scenes, _SWEPT_SHOWN)
        cells.append([replace(cell, caption=f"CFG {cfg:g}: {cell.caption}") for cell in shown])
    by_prompt = [cell for column in zip(*cells, strict=True) for cell in column]
    return Outcome(figures, contact_sheet(by_prompt, columns=len(bench.size.guidance)))


def _asked(bench: Bench, scenes: Sequence[Scene]) -> Outcome:
    pictures = bench.pipeline.paint(captions(scenes), recipe=bench.recipe, seed=_SEED)
    looks = bench.judge.look(pictures)
    figures = {"prompts": len(scenes), **agreement(looks, scenes)}
    return Outcome(figures, contact_sheet(judged_cells(pictures, looks, scenes, _SHOWN)))
