"""Whether samplers that should agree do: DDIM and DPM++ 2M in 20 steps, DDPM in 1000.

All three follow one learnt distribution, exactly so without guidance (CFG 1): with it, a deterministic and a stochastic
sampler no longer sample the same one. How far apart sets of so few pictures of one distribution lie is read off
several sets by DDIM that differ in their noise alone; a sampler agrees if it is no farther from them than 95 of 100
pairs of them are from each other. DDIM in very few steps is there to show that the distance can tell.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.distance import Features, kernel_distance, standard_error, standardised
from nodegraph.training.evaluation.pipeline import Pictures, Recipe
from nodegraph.training.evaluation.prompts import captions, renderings, seen_scenes
from nodegraph.training.evaluation.sheets import Cell, contact_sheet

_DDIM = Recipe(cfg=1.0, sampler="ddim", scheduler="ddim_uniform", steps=20)
_HURRIED_STEPS = 3
_FIRST_SEED = 100
_SHOWN = 8


def samplers(bench: Bench) -> Outcome:
    """Distances are from every DDIM set, averaged; ``error`` is the jackknife's, of the distance from the first."""
    scenes = seen_scenes(bench.size.sampler_set)
    prompts = captions(scenes)
    reference = bench.judge.features(renderings(seen_scenes(bench.size.restored)))

    def features(pictures: Pictures) -> Features:
        return standardised(bench.judge.features(pictures), reference)

    sets = [
        bench.pipeline.paint(prompts, recipe=_DDIM, seed=_FIRST_SEED + index)
        for index in range(bench.size.sampler_sets)
    ]
    ddim = [features(pictures) for pictures in sets]
    others = {
        "DPM++ 2M, 20 steps": Recipe(cfg=1.0),
        f"DDPM, {bench.size.ddpm_steps} steps": replace(
            _DDIM, sampler="ddpm", scheduler="normal", steps=bench.size.ddpm_steps
        ),
        f"DDIM, {_HURRIED_STEPS} steps": replace(_DDIM, scheduler="normal", steps=_HURRIED_STEPS),
    }
    painted = {
        name: bench.pipeline.paint(prompts, recipe=recipe, seed=_FIRST_SEED - 1 - index)
        for index, (name, recipe) in enumerate(others.items())
    }
    apart = disjoint_distances(ddim)
    figures: dict[str, object] = {
        "pictures of each": len(prompts),
        "DDIM, 20 steps": {"mean": float(np.mean(apart)), "95 of 100": float(np.quantile(apart, 0.95))},
    }
    for name, pictures in painted.items():
        mine = features(pictures)
        distance = float(np.mean([kernel_distance(mine, other) for other in ddim]))
        figures[name] = {
            "distance": distance,
            "error": standard_error(mine, ddim[0]),
            "agrees": distance <= float(np.quantile(apart, 0.95)),
        }
    rows = {"DDIM, 20 steps": sets[0], "DDIM, 20 steps, other noise": sets[1], **painted}
    cells = [Cell(picture, name) for name, pictures in rows.items() for picture in pictures[:_SHOWN]]
    return Outcome(figures, {"samplers": contact_sheet(cells)})


def disjoint_distances(sets: Sequence[Features]) -> list[float]:
    """Between all pairs of sets."""
    return [kernel_distance(a, b) for a, b in combinations(sets, 2)]
