#!/usr/bin/env python3
"""Seconds for a picture with SD 1.5, here and in a plain loop over diffusers' networks, side by side in one process.

usage: python benchmarks/picture.py [--checkpoint FILE.safetensors] [--size 256] [--steps 4] [--rounds 5]
                                    [--precision auto|fp32|bf16|fp16] [--device auto]

Both sides compute the same: Euler steps under classifier-free guidance of 7 from the same conditioning, then the
decoder; a new seed each round, after one that does not count. The rounds of the two alternate, because other work on
the machine slows both. Prints one JSON object: the best seconds of each side in total and by part, and their ratio
(below 1: faster here). Without a checkpoint one of random weights is written to a temporary folder (2.1 GB).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint
from safetensors.torch import load_file
from torch import Tensor

from nodegraph.diffusion.autoencoder import decode_latent
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.sample import ksampler
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency

CFG = 7.0
WRITER = Path(__file__).parents[1] / "tests" / "reference" / "make_checkpoint.py"

Times = dict[str, float]
Picture = Callable[[int], Times]


def ours(checkpoint: Path, options: argparse.Namespace) -> tuple[Picture, Residency]:
    """This application's networks and sampler."""
    residency = Residency(device=options.device, precision=options.precision)
    model_handle, _, vae_handle = open_checkpoint(checkpoint)
    model, vae = residency.diffusion(model_handle), residency.vae(vae_handle)
    positive, negative = ([(tensor, {})] for tensor in conditioning())
    latent = {"samples": torch.zeros(1, 4, options.size // 8, options.size // 8)}

    def picture(seed: int) -> Times:
        times: Times = {}
        with timed(times, "sampling"):
            run = ksampler(
                model,
                gate=open_gate,
                latent=latent,
                positive=positive,
                negative=negative,
                cfg=CFG,
                sampler_name="euler",
                scheduler="normal",
                steps=options.steps,
                seed=seed,
            )
            samples = run.finish(list(run.steps)[-1])["samples"]
        with timed(times, "decoding"):
            decode_latent(vae, samples, gate=open_gate)
        return times

    return picture, residency


def diffusers(checkpoint: Path, options: argparse.Namespace, residency: Residency) -> Picture:
    """diffusers' networks and Euler scheduler, as its documentation writes the loop."""
    state = {key: value.to(residency.dtype) for key, value in load_file(checkpoint).items()}
    with torch.device("meta"):
        unet = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8)
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
        )
    unet_state = convert_ldm_unet_checkpoint(dict(state), config={**unet.config, "class_embed_type": None})
    unet.load_state_dict(unet_state, assign=True)
    vae_state, shapes = convert_ldm_vae_checkpoint(dict(state), config=vae.config), vae.state_dict()
    vae.load_state_dict({key: value.reshape(shapes[key].shape) for key, value in vae_state.items()}, assign=True)
    unet, vae = unet.to(residency.device).eval(), vae.to(residency.device).eval()
    context = torch.cat(conditioning()).to(residency.device, residency.dtype)
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")

    @torch.no_grad()
    def picture(seed: int) -> Times:
        times: Times = {}
        with timed(times, "sampling"):
            scheduler.set_timesteps(options.steps)
            generator = torch.Generator().manual_seed(seed)
            x = torch.randn(1, 4, options.size // 8, options.size // 8, generator=generator)
            x = x.to(residency.device, residency.dtype) * scheduler.init_noise_sigma
            for timestep in scheduler.timesteps:
                scaled = scheduler.scale_model_input(torch.cat((x, x)), timestep)
                cond, uncond = unet(scaled, timestep, encoder_hidden_states=context).sample.chunk(2)
                x = scheduler.step(uncond + CFG * (cond - uncond), timestep, x).prev_sample
        with timed(times, "decoding"):
            image = vae.decode(x / 0.18215).sample
            (image / 2 + 0.5).clamp(0, 1).float().cpu()
        return times

    return picture


def conditioning() -> tuple[Tensor, Tensor]:
    """A positive and a negative prompt's worth of numbers, ``1 77 768`` each: what they say does not matter here."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, 77, 768, generator=generator), torch.randn(1, 77, 768, generator=generator)


@contextmanager
def timed(times: Times, part: str) -> Iterator[None]:
    """Add the seconds of a block, including what it left running on a GPU."""
    start = time.perf_counter()
    yield
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    times[part] = time.perf_counter() - start


def best(rounds: list[Times]) -> Times:
    """The least seconds of each part over the rounds, and of the whole."""
    parts = {part: round(min(times[part] for times in rounds), 3) for part in rounds[0]}
    return {**parts, "total": round(min(sum(times.values()) for times in rounds), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16", "fp16"), default="auto")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = options.checkpoint
        if checkpoint is None:
            checkpoint = Path(folder) / "sd15_random.safetensors"
            subprocess.run([sys.executable, str(WRITER), str(checkpoint)], check=True, stdout=subprocess.DEVNULL)
        here, residency = ours(checkpoint, options)
        there = diffusers(checkpoint, options, residency)
        rounds = [(here(seed), there(seed)) for seed in range(options.rounds + 1)][1:]
        mine, theirs = best([mine for mine, _ in rounds]), best([theirs for _, theirs in rounds])
        result = {
            "nodegraph": mine,
            "diffusers": theirs,
            "ratio": round(mine["total"] / theirs["total"], 3),
            "rounds": [[round(sum(times.values()), 3) for times in pair] for pair in rounds],
            "size": options.size,
            "steps": options.steps,
            "device": str(residency.device),
            "dtype": str(residency.dtype).removeprefix("torch."),
            "threads": torch.get_num_threads(),
        }
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
