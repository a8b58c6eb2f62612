"""An evaluation from its first part to its last: what is done is kept, so that it can be stopped and gone on with.

Each part's figures are a JSON file beside its contact sheets, in a folder of their own for each model, way of sampling,
size and device. Knows what parts there are, not what they do.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodegraph import __version__
from nodegraph.training.evaluation.bench import Bench, Figures, Outcome
from nodegraph.training.evaluation.image_to_image import image_to_image
from nodegraph.training.evaluation.inpainting import inpainting
from nodegraph.training.evaluation.judging import judge
from nodegraph.training.evaluation.negative import negative_prompts
from nodegraph.training.evaluation.prompted import guidance, one_object_held_out, one_object_seen, two_objects
from nodegraph.training.evaluation.restoration import autoencoder
from nodegraph.training.evaluation.retrieval import clip
from nodegraph.training.evaluation.samplers import samplers
from nodegraph.training.evaluation.sheets import as_jpeg
from nodegraph.training.evaluation.speed import speed
from nodegraph.weights.header import read_header, weight_file
from nodegraph.write import write_file

PARTS: Mapping[str, Callable[[Bench], Outcome]] = {
    "judge": judge,
    "autoencoder": autoencoder,
    "speed": speed,
    "one-object-held-out": one_object_held_out,
    "one-object-seen": one_object_seen,
    "two-objects": two_objects,
    "guidance": guidance,
    "negative-prompt": negative_prompts,
    "image-to-image": image_to_image,
    "inpainting": inpainting,
    "clip": clip,
    "samplers": samplers,
}
"""In the order in which they are done: what tells most comes first."""

_DIGITS = 4


@dataclass(frozen=True)
class Evaluation:
    """Figures, and files with contact sheets, by part."""

    figures: Mapping[str, Figures]
    sheets: Mapping[str, Path]

    def summary(self, bench: Bench) -> dict[str, Any]:
        """All of it as plain data that fits into a file's metadata: a few kilobytes of JSON."""
        recipe, weights = bench.recipe, bench.pipeline.weights
        return {
            "measured by": f"nodegraph evaluate-starter {__version__}",
            "sampler": f"{recipe.sampler} {recipe.scheduler}, {recipe.steps} steps, CFG {recipe.cfg:g}",
            "device": f"{weights.device}, {str(weights.dtype).removeprefix('torch.')}",
            "quick": bench.size.quick,
            **self.figures,
        }


def evaluate(
    bench: Bench,
    work: Path,
    *,
    parts: Collection[str] = (),
    again: bool = False,
    report: Callable[[str], None] = lambda line: None,
) -> Evaluation:
    """Do the named parts (none: all) that are not done yet, or ``again``; the answer has all that are done by now."""
    folder = work / _folder_name(bench)
    for number, name in enumerate(PARTS, start=1):
        path = folder / f"{name}.json"
        if (parts and name not in parts) or (path.exists() and not again):
            continue
        report(f"part {number} of {len(PARTS)}: {name} ...")
        began = time.monotonic()
        outcome = PARTS[name](bench)
        if not outcome.figures:
            report(f"part {number} of {len(PARTS)}: {name}, nothing to measure")
            continue
        if outcome.sheet is not None:
            write_file(folder / f"{name}.jpg", as_jpeg(outcome.sheet), replace=True)
        figures = _rounded(outcome.figures)
        write_file(path, json.dumps(figures, indent=1).encode(), replace=True)
        report(f"part {number} of {len(PARTS)}: {name}, {time.monotonic() - began:.0f} s: {json.dumps(figures)}")
    return _read(folder)


def _read(folder: Path) -> Evaluation:
    """What is done, in the order of :data:`PARTS`."""
    done = [name for name in PARTS if (folder / f"{name}.json").exists()]
    figures = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in done}
    sheets = {name: folder / f"{name}.jpg" for name in done}
    return Evaluation(figures, {name: path for name, path in sheets.items() if path.exists()})


def _folder_name(bench: Bench) -> str:
    """Of the weights, and of all that figures depend on beside them."""
    pipeline, encoder = bench.pipeline, bench.image_encoder
    others = (bench.recipe, bench.size, pipeline.weights.device, pipeline.weights.dtype, encoder and _digest(encoder))
    name = f"{_digest(pipeline.checkpoint)}-{hashlib.sha256(repr(others).encode()).hexdigest()[:8]}"
    return f"{name}-quick" if bench.size.quick else name


def _digest(path: Path) -> str:
    """Of the weights themselves where their file says what they are: notes added to it change nothing here."""
    digest = read_header(path).metadata.get("modelspec.hash_sha256") or weight_file(path).fingerprint
    return digest.removeprefix("0x")[:12]


def _rounded(value: Any) -> Any:
    """Numbers with as many digits as mean something."""
    if isinstance(value, Mapping):
        return {name: _rounded(item) for name, item in value.items()}
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
