"""How much of a picture is left after the autoencoder has encoded and decoded it, in decibels and to the judge."""

import numpy as np
from numpy.typing import NDArray

from nodegraph.training.evaluation.agreement import agreement
from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.pipeline import Pictures
from nodegraph.training.evaluation.prompts import held_out_scenes, pair_scenes, renderings
from nodegraph.training.evaluation.sheets import Cell, contact_sheet

_SHOWN = 16


def psnr(a: Pictures, b: Pictures, *, where: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio of each of two sets' pictures ``n h w 3``: ``n``; over the pixels ``where`` (``h w``).

    Equal pictures are infinitely near.
    """
    squares = (a.astype(np.float64) - b) ** 2
    error = squares.mean(axis=(1, 2, 3)) if where is None else squares[:, where].mean(axis=(1, 2))
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(255**2 / error))


def autoencoder(bench: Bench) -> Outcome:
    """On renderings that were not trained on, half of them of one object, of a held-out pair, and half of two.

    ``judged`` is what the judge reads right in the decoded pictures: it must not suffer from their blur.
    """
    half = bench.size.restored // 2
    groups = {"one object": held_out_scenes(half), "two objects": pair_scenes(half)}
    figures: dict[str, object] = {"pictures": 2 * half}
    values, cells = [], []
    for name, scenes in groups.items():
        pictures = renderings(scenes)
        decoded = bench.pipeline.decode(bench.pipeline.encode(pictures))
        values.append(psnr(decoded, pictures))
        figures[f"judged, {name}"] = agreement(bench.judge.look(decoded), scenes)
        for before, after, value in zip(pictures[: _SHOWN // 2], decoded, values[-1], strict=False):
            cells += [Cell(before, "rendered"), Cell(after, f"decoded, {value:.1f} dB")]
    figures["dB"] = float(np.concatenate(values).mean())
    return Outcome(figures, contact_sheet(cells))
