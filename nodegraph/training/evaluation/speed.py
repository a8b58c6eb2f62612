"""How long a picture takes on this machine, from the networks in memory to the pixels."""

import statistics
import time

import torch

from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.prompts import captions, held_out_scenes

_CORES = 2


def speed(bench: Bench) -> Outcome:
    """Median seconds of one picture at 128 × 128 in the recipe's steps under its guidance, prompts new every time.

    The goal is for two CPU cores: what was measured on anything else is not held against it.
    """
    bench.pipeline.paint(["a warm-up"], recipe=bench.recipe, seed=0)
    seconds = []
    for number, prompt in enumerate(captions(held_out_scenes(bench.size.timed))):
        began = time.perf_counter()
        bench.pipeline.paint([prompt], recipe=bench.recipe, seed=number)
        seconds.append(time.perf_counter() - began)
    device, threads, median = bench.pipeline.weights.device, torch.get_num_threads(), statistics.median(seconds)
    figures = {
        "seconds": median,
        "slowest": max(seconds),
        "steps": bench.recipe.steps,
        "device": str(device),
        "threads": threads,
    }
    if device.type == "cpu" and threads == _CORES:
        figures["seconds on two CPU cores"] = median
    return Outcome(figures)
