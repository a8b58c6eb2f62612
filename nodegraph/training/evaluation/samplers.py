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
from nodegraph.training.evaluation.pipeline import Pictures
from nodegraph.training.evaluation.prompts import captions, renderings, seen_scenes
from nodegraph.training.evaluation.sheets import Cell, contact_sheet

_HURRIED_STEPS = 3
_FIRST_SEED = 100
_SHOWN = 8


def samplers(bench: Bench) -> Outcome:
    """Distances are from every DDIM set, averaged; ``error`` is the jackknife's, of the distance from the first."""
    prompts = captions(seen_scenes(bench.size.sampler_set))
    fast = replace(bench.recipe, cfg=1.0)
    ddim_recipe = replace(fast, sampler="ddim", scheduler="ddim_uniform")
    reference = bench.judge.features(renderings(seen_scenes(bench.size.restored)))

    def features(pictures: Pictures) -> Features:
        return standardised(bench.judge.features(pictures), reference)

    sets = [
        bench.pipeline.paint(prompts, recipe=ddim_recipe, seed=_FIRST_SEED + index)
        for index in range(bench.size.sampler_sets)
    ]
    ddim = [features(pictures) for pictures in sets]
    others = {
        _named("DPM++ 2M", fast.steps): replace(fast, sampler="dpmpp_2m", scheduler="karras"),
        _named("DDPM", bench.size.ddpm_steps): replace(
            fast, sampler="ddpm", scheduler="normal", steps=bench.size.ddpm_steps
        ),
        _named("DDIM", _HURRIED_STEPS): replace(fast, sampler="ddim", scheduler="normal", steps=_HURRIED_STEPS),
    }
    painted = {
        name: bench.pipeline.paint(prompts, recipe=recipe, seed=_FIRST_SEED - 1 - index)
        for index, (name, recipe) in enumerate(others.items())
    }
    apart = disjoint_distances(ddim)
    figures: dict[str, object] = {
        "pictures of each": len(prompts),
        "DDIM": {"steps": fast.steps, "mean": float(np.mean(apart)), "95 of 100": float(np.quantile(apart, 0.95))},
    }
    for name, pictures in painted.items():
        mine = features(pictures)
        distance = float(np.mean([kernel_distance(mine, other) for other in ddim]))
        figures[name] = {
            "distance": distance,
            "error": standard_error(mine, ddim[0]),
            "agrees": distance <= float(np.quantile(apart, 0.95)),
        }
    usual = _named("DDIM", fast.steps)
    rows = {usual: sets[0], f"{usual}, other noise": sets[1], **painted}
    cells = [Cell(picture, name) for name, pictures in rows.items() for picture in pictures[:_SHOWN]]
    return Outcome(figures, contact_sheet(cells, columns=min(_SHOWN, len(prompts))))


def _named(sampler: str, steps: int) -> str:
    return f"{sampler}, {steps} steps"


def disjoint_distances(sets: Sequence[Features]) -> list[float]:
    """Between all pairs of sets."""
    return [kernel_distance(a, b) for a, b in combinations(sets, 2)]
