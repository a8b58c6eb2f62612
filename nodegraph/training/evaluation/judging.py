"""How reliable the judge is: its answers to renderings it was not taught on, whose scenes are known."""

from nodegraph.training.evaluation.agreement import agreement
from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.prompts import held_out_scenes, pair_scenes, renderings, seen_scenes


def judge(bench: Bench) -> Outcome:
    """Shares read right of the very scenes that the model is asked for, painted by the renderer instead."""
    groups = {
        "one object, held out": held_out_scenes(bench.size.prompts),
        "one object, seen": seen_scenes(bench.size.prompts),
        "two objects": pair_scenes(bench.size.prompts),
    }
    figures = {name: agreement(bench.judge.look(renderings(scenes)), scenes) for name, scenes in groups.items()}
    return Outcome({"pictures of each": bench.size.prompts, **figures})
