"""Batches of latents: repeating them and taking items out, so that each keeps the noise it would have had."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Annotated, Literal

import torch
from einops import repeat

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.diffusion.latent_arithmetic import check_channels
from nodegraph.media.resize import resize
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Growing, ListOutput, Range, Tooltip
from nodegraph.packs.one_value import one_value, widget
from nodegraph.packs.types import Latent, LatentDict

_ONE = widget(1)


@node("RepeatLatentBatch", category="latent/batch", display_name="Repeat Latent Batch")
def repeat_latent_batch(*, samples: Latent, amount: Annotated[int, Range(1, 64)] = 1) -> Latent:
    """Repeat a batch; repetitions get noise of their own."""
    result: LatentDict = {**samples, "samples": repeat(samples["samples"], "b ... -> (r b) ...", r=amount)}
    mask = samples.get("noise_mask")
    if mask is not None and mask.shape[0] > 1:
        mask = to_batch(mask, samples["samples"].shape[0])
        result["noise_mask"] = repeat(mask, "b ... -> (r b) ...", r=amount)
    indices = samples.get("batch_index")
    if indices is not None:
        offset = max(indices) - min(indices) + 1
        result["batch_index"] = [index + turn * offset for turn in range(amount) for index in indices]
    return result


@node("LatentFromBatch", category="latent/batch", display_name="Latent From Batch")
def latent_from_batch(
    *, samples: Latent, batch_index: Annotated[int, Range(0, 63)] = 0, length: Annotated[int, Range(1, 64)] = 1
) -> Latent:
    """Take items out of a batch; past its end, as many as there are. Each keeps its noise."""
    batch = samples["samples"]
    size = batch.shape[0]
    start = min(batch_index, size - 1)
    taken = slice(start, min(start + length, size))
    indices = _indices(samples)
    result: LatentDict = {**samples, "samples": batch[taken], "batch_index": indices[taken]}
    mask = samples.get("noise_mask")
    if mask is not None and mask.shape[0] > 1:
        result["noise_mask"] = to_batch(mask, size)[taken]
    return result


@node("LatentBatch", category="latent/batch", display_name="Latent Batch")
def latent_batch(*, samples1: Latent, samples2: Latent) -> Latent:
    """Join two batches; the second is scaled and cut to the first's size. Items keep the noise they had."""
    first, second = samples1["samples"], samples2["samples"]
    check_channels(first, second)
    if second.shape[-2:] != first.shape[-2:]:
        second = resize(second, first.shape[-1], first.shape[-2], method="bilinear", crop="center")
    indices = [index for latent in (samples1, samples2) for index in _indices(latent)]
    return {**samples1, "samples": torch.cat([first, second]), "batch_index": indices}


@node("BatchLatentsNode", category="latent/batch", display_name="Batch Latents")
def batch_latents(*, latents: Annotated[Mapping[str, Latent], Growing("latent")]) -> Latent:
    """Join latents to a batch. All are scaled and cut to the first's size. Items keep the noise they had."""
    return reduce(lambda joined, latent: latent_batch(samples1=joined, samples2=latent), latents.values())


@node("LatentBatchSeedBehavior", category="latent/advanced")
def latent_batch_seed_behavior(*, samples: Latent, seed_behavior: Literal["random", "fixed"] = "fixed") -> Latent:
    """Give all items of a batch the same noise, that of the first (fixed), or each its own (random)."""
    indices = _indices(samples)
    if seed_behavior == "fixed":
        return {**samples, "batch_index": [indices[0]] * len(indices)}
    result: LatentDict = {**samples}
    result.pop("batch_index", None)
    return result


@node("SeedPerLatent", category="latent/batch", display_name="Seed per Latent")
def seed_per_latent(
    *,
    samples: Latent,
    enabled: Annotated[bool, Tooltip("Off: one seed draws the noise of the whole batch, as ever.")] = True,
) -> Latent:
    """Sample each item of a batch as if it were alone: the first with the sampler's seed, the next with that plus 1.

    In initial noise and in noise that steps add, so that any of them can be made again by itself with its seed. Not so
    with dpm_adaptive, EasyCache and LazyCache, which decide for the whole batch.
    """
    if enabled:
        return {**samples, "own_seeds": True}
    result: LatentDict = {**samples}
    result.pop("own_seeds", None)
    return result


@node("RebatchLatents", category="latent/batch", display_name="Rebatch Latents", takes_lists=True)
def rebatch_latents(
    *, latents: list[Latent], batch_size: Annotated[list[int], Range(1, 4096)] = _ONE
) -> Annotated[list[Latent], ListOutput()]:
    """Regroup latents to batches of a size, each of which is computed by itself from here on. Noise is kept."""
    size = one_value(batch_size, "batch_size")
    groups: list[list[LatentDict]] = []
    for item in _items(latents):
        if not groups or len(groups[-1]) == size or not _alike(groups[-1][0], item):
            groups.append([])
        groups[-1].append(item)
    return [_joined(group) for group in groups]


def _indices(latent: LatentDict) -> list[int]:
    """For each item its place in the batch that its noise is drawn for."""
    return latent.get("batch_index", list(range(latent["samples"].shape[0])))


def _items(latents: Iterable[LatentDict]) -> Iterator[LatentDict]:
    """Each item of all batches as a batch of one; without indices they count on, so that each has noise of its own."""
    done = 0
    for latent in latents:
        samples, mask = latent["samples"], latent.get("noise_mask")
        count = samples.shape[0]
        for place, index in enumerate(latent.get("batch_index", range(done, done + count))):
            item: LatentDict = {**latent, "samples": samples[place : place + 1], "batch_index": [index]}
            if mask is not None:
                item["noise_mask"] = to_batch(mask, count)[place : place + 1]
            yield item
        done += count


def _alike(one: LatentDict, other: LatentDict) -> bool:
    """Whether two items can be in one batch."""
    masks = [None if (mask := item.get("noise_mask")) is None else mask.shape for item in (one, other)]
    return one["samples"].shape == other["samples"].shape and masks[0] == masks[1]


def _joined(items: list[LatentDict]) -> LatentDict:
    result: LatentDict = {
        **items[0],
        "samples": torch.cat([item["samples"] for item in items]),
        "batch_index": [index for item in items for index in _indices(item)],
    }
    masks = [item["noise_mask"] for item in items if "noise_mask" in item]
    if masks:
        result["noise_mask"] = torch.cat(masks)
    return result
