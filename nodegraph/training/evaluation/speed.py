"""How long a picture takes on this machine, from the networks in memory to the pixels."""

import statistics
import time

import torch

from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.prompts import captions, held_out_scenes


def speed(bench: Bench) -> Outcome:
    """Median seconds of one picture at 128 × 128 in the recipe's steps under its guidance, prompts new every time."""
    bench.pipeline.paint(["a warm-up"], recipe=bench.recipe, seed=0)
    seconds = []
    for number, prompt in enumerate(captions(held_out_scenes(bench.size.timed))):
        began = time.perf_counter()
        bench.pipeline.paint([prompt], recipe=bench.recipe, seed=number)
        seconds.append(time.perf_counter() - began)
    return Outcome(
        {
            "seconds": statistics.median(seconds),
            "slowest": max(seconds),
            "steps": bench.recipe.steps,
            "device": str(bench.pipeline.weights.device),
            "threads": torch.get_num_threads(),
        }
    )
