"""Whether samplers that should agree do: DDIM and DPM++ 2M in 20 steps, DDPM in 1000.

All three follow one learnt distribution, in the limit of many steps and without guidance (CFG 1): with it, a
deterministic and a stochastic sampler no longer sample the same one. How far apart sets of so few pictures of one
distribution lie is read off several sets by DDIM that differ in their noise alone: a sampler agrees if it is on average
no farther from them than one of them is from the others. DDIM in very few steps is there to show that the distance can
tell.
"""

from collections.abc import Sequence
from dataclasses import replace

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
        _named("DDIM", _HURRIED_STEPS): replace(fast, sampler="ddim", scheduler="ddim_uniform", steps=_HURRIED_STEPS),
    }
    painted = {
        name: bench.pipeline.paint(prompts, recipe=recipe, seed=_FIRST_SEED - 1 - index)
        for index, (name, recipe) in enumerate(others.items())
    }
    apart = distances_from_others(ddim)
    figures: dict[str, object] = {
        "pictures of each": len(prompts),
        "DDIM": {"steps": fast.steps, "mean": float(np.mean(apart)), "farthest": max(apart)},
    }
    agrees = {}
    for name, pictures in painted.items():
        mine = features(pictures)
        distance = _mean_distance(mine, ddim)
        agrees[name] = distance <= max(apart)
        figures[name] = {"distance": distance, "error": standard_error(mine, ddim[0]), "agrees": agrees[name]}
    figures["tells"] = not agrees[_named("DDIM", _HURRIED_STEPS)]
    usual = _named("DDIM", fast.steps)
    rows = {usual: sets[0], f"{usual}, other noise": sets[1], **painted}
    cells = [Cell(picture, name) for name, pictures in rows.items() for picture in pictures[:_SHOWN]]
    return Outcome(figures, contact_sheet(cells, columns=min(_SHOWN, len(prompts))))


def _named(sampler: str, steps: int) -> str:
    return f"{sampler}, {steps} steps"


def distances_from_others(sets: Sequence[Features]) -> list[float]:
    """Of each set, its mean distance from all others."""
    return [_mean_distance(one, [other for other in sets if other is not one]) for one in sets]


def _mean_distance(one: Features, others: Sequence[Features]) -> float:
    return float(np.mean([kernel_distance(one, other) for other in others]))
