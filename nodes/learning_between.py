"""For learning by looking: what lies between two seeds, and between two prompts."""

from typing import Annotated

from nodegraph.diffusion.between import NoiseBetween, prompts_between
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import MAX_SEED, Conditioning, Noise

CATEGORY = "learn/between"


@node("LearnNoiseBetween", category=CATEGORY, display_name="Noise Between Seeds", aliases=("teach", "slerp", "morph"))
def noise_between(
    *,
    first_seed: Annotated[int, Range(0, MAX_SEED), Tooltip("The first item of the batch has its noise.")] = 0,
    last_seed: Annotated[int, Range(0, MAX_SEED), Tooltip("The last item has its noise.")] = 1,
) -> Noise:
    """Noise that goes from one seed to another over the items of a batch, along the sphere that noise lies on.

    Give it to a SamplerCustomAdvanced with a batch of latents, as many as there are to be pictures; not with
    SeedPerLatent, which samples each as if it were alone.
    """
    return NoiseBetween(first_seed, last_seed)


@node("LearnPromptsBetween", category=CATEGORY, display_name="Prompts Between", aliases=("teach", "lerp", "morph"))
def between_prompts(
    *,
    first: Conditioning,
    last: Conditioning,
    steps: Annotated[int, Range(2, 256), Tooltip("How many items the batch of latents has.")] = 5,
) -> Conditioning:
    """A conditioning that goes from one prompt to another over the items of a batch.

    Each text feature goes along a straight line. Give all items the same noise (LatentBatchSeedBehavior), to see the
    prompt alone change.
    """
    return prompts_between(first, last, steps)
