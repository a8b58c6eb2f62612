"""For learning by looking: what happens in the steps of a run."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from nodegraph.diffusion.autoencoder import Autoencoder, decode_latent
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.observing.attention import AttentionLog, tokens_of_words
from nodegraph.diffusion.observing.colours import signed_colours
from nodegraph.diffusion.observing.predictions import PredictionLog, Seen, predicted_noise
from nodegraph.diffusion.prompt_tokens import Word
from nodegraph.diffusion.sample import SAMPLERS, SCHEDULERS, ksampler
from nodegraph.errors import UserError
from nodegraph.media.figures.palette import heat
from nodegraph.media.figures.sheet import Tile, blend, draw_sheet
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Options, Range, Tooltip
from nodegraph.packs.prompts import encode_prompt_once
from nodegraph.packs.types import Clip, Conditioning, Image, Latent, LatentDict, Mask, Model, Prompt, Seed, Vae

CATEGORY = "learn/runs"

Steps = Annotated[int, Range(1, 10_000)]
Cfg = Annotated[float, Range(0.0, 100.0, step=0.1, round=0.01)]
SamplerName = Annotated[str, Options(tuple(SAMPLERS))]
SchedulerName = Annotated[str, Options(tuple(SCHEDULERS))]
Denoise = Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("How much is made anew.")]

_OVER = 0.72
"""How much of a heat map covers the picture."""
_ROW = 6
"""Tiles in a row of a sheet."""


class NoWordsError(UserError):
    """A prompt without words, or words that are not in it."""


class Watched(NamedTuple):
    """A run, and a sheet of its steps."""

    latent: Latent
    sheet: Image


@node("LearnSteps", category=CATEGORY, display_name="Contact Sheet of Steps", aliases=("teach", "KSampler", "progress"))
def contact_sheet_of_steps(
    ctx: Context,
    *,
    model: Model,
    vae: Vae,
    seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: Denoise = 1.0,
    columns: Annotated[
        int, Range(1, 20), Tooltip("How many of the steps are shown, the first and the last among them.")
    ] = 6,
) -> Watched:
    """Denoise as KSampler does, and show at some of the steps what the network was given and what it made of it."""
    network, autoencoder, log = ctx.diffusion(model), ctx.vae(vae), PredictionLog()
    run = ksampler(
        log.watching(network),
        gate=ctx.gate,
        latent=latent_image,
        positive=positive,
        negative=negative,
        cfg=cfg,
        sampler_name=sampler_name,
        scheduler=scheduler,
        steps=steps,
        seed=seed,
        denoise=denoise,
    )
    latent = cast(LatentDict, run.finish(ctx.watch(replace(run, steps=log.firsts(run.steps)))))
    if not log.seen:
        raise UserError("There is nothing to show: with this denoise no step is taken. Raise denoise.")
    chosen = _evenly(len(log.seen), columns)
    tiles = [_column(ctx, network, autoencoder, log.seen[index]) for index in chosen]
    heads = [f"step {index + 1}\nsigma {log.seen[index].sigma:.3g}" for index in chosen]
    names = ["noisy", "predicted\nnoise", "predicted\npicture"]
    return Watched(latent, draw_sheet(list(zip(*tiles, strict=True)), heads=heads, names=names, side=128))


class Attended(NamedTuple):
    """A run, and where its words were attended to."""

    latent: Latent
    image: Image
    sheet: Image
    maps: Annotated[Mask, Tooltip("A map for each word, 0 where it is attended to least, 1 where most.")]


@node("LearnAttention", category=CATEGORY, display_name="Cross-Attention Maps", aliases=("teach", "words", "DAAM"))
def cross_attention_maps(
    ctx: Context,
    *,
    model: Model,
    clip: Clip,
    vae: Vae,
    text: Annotated[Prompt, Tooltip("The positive prompt.")],
    words: Annotated[str, Tooltip("Which words of it are shown, with commas between them; empty for all.")] = "",
    negative: Conditioning,
    latent_image: Latent,
    seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    denoise: Denoise = 1.0,
    start_at_step: Annotated[int, Range(0, 10_000), Tooltip("The first step whose attention counts.")] = 0,
    end_at_step: Annotated[int, Range(0, 10_000), Tooltip("The first that counts no more.")] = 10_000,
) -> Attended:
    """Paint a prompt, and show for each word where the picture attended to it.

    A map is the share of attention that the word's tokens had, averaged over heads, layers and the chosen steps. Of a
    batch the first item is shown. Hooks of the text encoder have the strength that they begin with.
    """
    network, autoencoder = ctx.diffusion(model), ctx.vae(vae)
    chosen = _chosen(ctx.clip(clip).words(text), words)
    positive = encode_prompt_once(ctx, clip, text)
    positions = [word.positions for word in chosen]
    log = AttentionLog(tokens_of_words(positions, positive[0].shape[1]).to(network.device))
    run = ksampler(
        log.watching(network),
        gate=ctx.gate,
        latent=latent_image,
        positive=[positive],
        negative=negative,
        cfg=cfg,
        sampler_name=sampler_name,
        scheduler=scheduler,
        steps=steps,
        seed=seed,
        denoise=denoise,
    )
    watched = replace(run, steps=log.during(run.steps, start_at_step, end_at_step))
    latent = cast(LatentDict, run.finish(ctx.watch(watched)))
    maps = log.maps()[:, 0]
    image = decode_latent(autoencoder, latent["samples"], gate=ctx.gate)
    least, most = (extreme(maps, dim=(1, 2), keepdim=True) for extreme in (torch.amin, torch.amax))
    stretched = (maps - least) / (most - least).clamp(min=1e-9)
    size = (int(image.shape[1]), int(image.shape[2]))
    smooth = F.interpolate(stretched[:, None], size=size, mode="bicubic", align_corners=False)[:, 0].clamp(0, 1)
    tiles = [Tile(image[0], "picture")]
    for word, map_, low, high in zip(chosen, smooth, least.flatten(), most.flatten(), strict=True):
        tiles.append(Tile(blend(image[0], heat(map_), _OVER), f"{word.text}\n{low:.1%} to {high:.1%}"))
    rows = [tiles[start : start + _ROW] for start in range(0, len(tiles), _ROW)]
    return Attended(latent, image, draw_sheet(rows), smooth)


def _column(ctx: Context, network: DiffusionModel, autoencoder: Autoencoder, seen: Seen) -> list[Tile]:
    """What was seen at one step: noisy, the noise in it, the picture behind it."""

    def decoded(samples: Tensor) -> Tensor:
        return decode_latent(autoencoder, network.latent.process_out(samples).cpu(), gate=ctx.gate)[0]

    noise = predicted_noise(network.sampling, seen.x, seen.guided, seen.sigma)[0]
    return [
        Tile(decoded(network.sampling.scale_input(seen.x, seen.sigma))),
        Tile(signed_colours(network.latent, noise), cells=True),
        Tile(decoded(seen.guided)),
    ]


def _evenly(count: int, wanted: int) -> list[int]:
    """Up to ``wanted`` of the numbers below ``count``, at even distances, with both ends; of one the last."""
    if wanted == 1:
        return [count - 1]
    return sorted({round(index * (count - 1) / (wanted - 1)) for index in range(wanted)})


def _chosen(words: Sequence[Word], names: str) -> list[Word]:
    """Those of the words that are named, all without names. Raises :class:`NoWordsError`."""
    named = [name.strip().casefold() for name in names.split(",") if name.strip()]
    there = {word.text.casefold() for word in words}
    unknown = [name for name in named if name not in there]
    if unknown or not words:
        told = ", ".join(dict.fromkeys(word.text for word in words)) or "none"
        raise NoWordsError(
            f"words names {', '.join(map(repr, unknown)) or 'nothing'}; the words of text are: {told}. "
            "Name single words that are in it."
        )
    return [word for word in words if not named or word.text.casefold() in named]
