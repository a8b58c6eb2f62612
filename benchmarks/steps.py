"""What a sampling step costs besides the network: microseconds a step with a network that answers zeros at once.

For every sampler, 200 steps of the ``normal`` schedule under CFG on a 64 x 64 latent (a 512 x 512 picture), on one
thread. A network call of SD 1.5 takes tens of milliseconds on a fast GPU; this is what is added to each.

    OMP_NUM_THREADS=1 python benchmarks/steps.py [--device cuda] [--steps 200]

prints one JSON object: microseconds a step and network calls a step by sampler.
"""

import json
import time
from collections import deque

import click
import torch
from torch import Tensor

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.sample import SAMPLERS, ksampler


class NullNetwork:
    """Answers zeros, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        self.calls += 1
        return torch.zeros_like(x)


def measure(sampler: str, device: torch.device, steps: int) -> dict[str, float]:
    """One run of ``steps`` steps."""
    network = NullNetwork()
    model = DiffusionModel(network, ModelSampling(), SD15, device, torch.float32)
    words = [(torch.zeros(1, 77, 768), {})]
    run = ksampler(
        model,
        gate=open_gate,
        latent={"samples": torch.zeros(1, 4, 64, 64)},
        positive=words,
        negative=words,
        cfg=7.0,
        sampler_name=sampler,
        scheduler="normal",
        steps=steps,
        seed=1,
    )
    start = time.perf_counter()
    run.finish(deque(run.steps, maxlen=1).pop())
    seconds = time.perf_counter() - start
    return {
        "microseconds_per_step": round(1e6 * seconds / run.total, 1),
        "network_calls_per_step": round(network.calls / run.total, 2),
    }


@click.command(help=__doc__)
@click.option("--device", default="cpu")
@click.option("--steps", default=200)
def main(device: str, steps: int) -> None:
    torch.set_num_threads(1)
    measure("euler", torch.device(device), 10)
    print(json.dumps({name: measure(name, torch.device(device), steps) for name in SAMPLERS}, indent=1))


if __name__ == "__main__":
    main()
