"""Whether CLIP finds the caption that belongs to a picture among those of many others, and the picture to a caption."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.prompts import captions, held_out_scenes, pair_scenes, renderings, seen_scenes
from nodegraph.training.image_encoder import load_clip


def clip(bench: Bench) -> Outcome:
    """On renderings the encoders were not trained on, each group by itself; ``by chance`` is what guessing finds."""
    if bench.image_encoder is None:
        return Outcome({})
    encoders = load_clip(bench.pipeline.checkpoint, bench.image_encoder)
    count = bench.size.restored
    figures: dict[str, object] = {"pictures of each": count, "by chance": 1 / count}
    groups = {
        "one object, held out": held_out_scenes(count),
        "one object, seen": seen_scenes(count),
        "two objects": pair_scenes(count),
    }
    for name, scenes in groups.items():
        texts = captions(scenes)
        images = np.asarray(encoders.encode_images(renderings(scenes)))
        figures[name] = found(images @ np.asarray(encoders.encode_texts(texts)).T, texts)
    return Outcome(figures)


def found(alike: NDArray[np.floating], texts: Sequence[str]) -> dict[str, float]:
    """Shares of pictures whose own caption is the most alike, and of captions whose own picture is.

    ``alike`` is ``n n``, a picture a row, a caption a column. Where captions are the same, each of them is right.
    """
    same = np.equal.outer(texts, texts)
    rows = np.arange(len(texts))
    return {
        "caption of a picture": float(same[rows, alike.argmax(axis=1)].mean()),
        "picture of a caption": float(same[alike.argmax(axis=0), rows].mean()),
    }
