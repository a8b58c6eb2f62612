"""Whether a picture painted over another keeps more of it the lower the denoise, and obeys the prompt the higher."""

from itertools import pairwise

import numpy as np

from nodegraph.training.evaluation.agreement import agreement
from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.prompts import captions, renderings, seen_scenes, strangers
from nodegraph.training.evaluation.restoration import psnr
from nodegraph.training.evaluation.sheets import Cell, contact_sheet

STRENGTHS = (0.2, 0.4, 0.6, 0.8, 1.0)
_ATTRIBUTES = ("color", "background", "object", "place")
_SEED = 3
_SHOWN = 4


def image_to_image(bench: Bench) -> Outcome:
    """From renderings to prompts that have nothing in common with them.

    ``source`` and ``prompt`` are the shares of the four attributes that are the source's and the prompt's, ``dB`` how
    near the pixels are to the source's.
    """
    sources = seen_scenes(bench.size.sources)
    targets = strangers(sources)
    pictures, asked = renderings(sources), captions(targets)
    figures: dict[str, dict[str, float]] = {}
    rows = [[Cell(picture, text) for picture, text in zip(pictures[:_SHOWN], captions(sources), strict=False)]]
    for denoise in STRENGTHS:
        painted = bench.pipeline.paint(asked, recipe=bench.recipe, seed=_SEED, source=pictures, denoise=denoise)
        looks = bench.judge.look(painted)
        kept, reached = agreement(looks, sources), agreement(looks, targets)
        figures[f"{denoise:g}"] = {
            "dB": float(psnr(painted, pictures).mean()),
            "source": float(np.mean([kept[name] for name in _ATTRIBUTES])),
            "prompt": float(np.mean([reached[name] for name in _ATTRIBUTES])),
        }
        rows.append(
            [Cell(picture, f"{denoise:g}: {text}") for picture, text in zip(painted[:_SHOWN], asked, strict=False)]
        )
    summary = {"by denoise": figures, "monotonic": monotonic(list(figures.values()))}
    by_source = [cell for column in zip(*rows, strict=True) for cell in column]
    return Outcome(summary, contact_sheet(by_source, columns=len(rows)))


def monotonic(figures: list[dict[str, float]]) -> bool:
    """Whether from each strength to the next less of the source is kept, and no less of the prompt is reached."""
    return all(
        later["dB"] < earlier["dB"] and later["source"] <= earlier["source"] and later["prompt"] >= earlier["prompt"]
        for earlier, later in pairwise(figures)
    )
