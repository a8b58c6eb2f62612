"""Batches of latents: repeating them and taking items out, so that each keeps the noise it would have had."""

from typing import Annotated

from einops import repeat

from nodegraph.diffusion.conditioning import to_batch
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range
from nodegraph.packs.types import Latent, LatentDict


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
    indices = samples.get("batch_index", list(range(size)))
    result: LatentDict = {**samples, "samples": batch[taken], "batch_index": indices[taken]}
    mask = samples.get("noise_mask")
    if mask is not None and mask.shape[0] > 1:
        result["noise_mask"] = to_batch(mask, size)[taken]
    return result
