"""An evaluation as a page: goals beside what was reached, then a table and a contact sheet for each part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodegraph.training.evaluation.evaluate import Evaluation
from nodegraph.write import write_file

_HEAD = """# What the starter model can do, measured

Written by `nodegraph evaluate-starter --report`. What each part does and why stands in
[how the starter model came to be](starter.md). Unless said otherwise, pictures are made by {how}.
Of 256 pictures a share of 90 % is known to about 4 points, of 48 a share of 50 % to about 14.{quick}
"""
_QUICK = " **A quick run: too few pictures for figures to be quoted.**"


@dataclass(frozen=True)
class Goal:
    """``path`` leads to a figure: a part, then names in it. ``least``: more is better; otherwise less is."""

    name: str
    path: tuple[str, ...]
    bound: float
    unit: str = "%"
    least: bool = True

    def met(self, value: float) -> bool:
        """Whether a figure is as good as the goal."""
        return value >= self.bound if self.least else value <= self.bound


_HELD_OUT, _SEEN = "one-object-held-out", "one-object-seen"

GOALS = (
    Goal("One object, held-out pair: right colour", (_HELD_OUT, "color"), 0.92),
    Goal("One object, held-out pair: right background", (_HELD_OUT, "background"), 0.92),
    Goal("One object, held-out pair: right object", (_HELD_OUT, "object"), 0.92),
    Goal("One object, held-out pair: right place", (_HELD_OUT, "place"), 0.85),
    Goal("Two objects, each of a pair seen in training: both right", ("two-objects", "both"), 0.60),
    Goal("Autoencoder", ("autoencoder", "dB"), 29.0, "dB"),
    Goal("A picture in 20 steps on two CPU cores", ("speed", "seconds on two CPU cores"), 1.0, "s", least=False),
)


def write_report(evaluation: Evaluation, page: Path, summary: Mapping[str, Any]) -> None:
    """Write the page, and the contact sheets into a folder ``starter`` beside it."""
    for name, path in evaluation.sheets.items():
        write_file(page.parent / "starter" / f"{name}.jpg", path.read_bytes(), replace=True)
    write_file(page, "\n".join(_lines(evaluation, summary)).encode(), replace=True)


def figure(figures: Mapping[str, Any], path: Sequence[str]) -> float | None:
    """The figure at the end of a path, or None where that part was not done."""
    value: Any = figures
    for name in path:
        if name not in value:
            return None
        value = value[name]
    return float(value)


def _lines(evaluation: Evaluation, summary: Mapping[str, Any]) -> Iterator[str]:
    figures = evaluation.figures
    yield _HEAD.format(how=summary["sampler"], quick=_QUICK if summary["quick"] else "")
    yield "## Goals\n"
    yield from _table(("", "Goal", "Reached", ""), _goals(figures))
    for (part, *others), title, lines in _SECTIONS:
        if part in figures:
            yield f"\n## {title}\n"
            yield from lines(figures)
            for sheet in (name for name in (part, *others) if name in evaluation.sheets):
                yield f"\n![{title}](starter/{sheet}.jpg)"
    yield ""


def _goals(figures: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for goal in GOALS:
        value = figure(figures, goal.path)
        sign = "≥" if goal.least else "≤"
        reached = "not measured" if value is None else _said(value, goal.unit)
        met = "" if value is None else ("met" if goal.met(value) else "**missed**")
        yield goal.name, f"{sign} {_said(goal.bound, goal.unit)}", reached, met


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _said(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.1f} %"
    return f"{value:.1f} dB" if unit == "dB" else f"{value:.2f} {unit}"


def _percent(values: Mapping[str, float], names: Sequence[str]) -> list[str]:
    return [_said(values[name], "%") for name in names]


_ONE = {
    "color": "Colour",
    "background": "Background",
    "object": "Object",
    "place": "Place",
    "all": "All four",
    "size": "Size",
    "alone": "Nothing else",
}
_TWO = {
    "both": "Both right",
    "relation": "…and as they should lie",
    "one": "One at least",
    "objects": "Both objects",
    "colors": "Both colours",
    "background": "Background",
}


def _rows(rows: Mapping[str, Mapping[str, float]], columns: Mapping[str, str]) -> Iterator[str]:
    """A table of shares, a row a name."""
    yield from _table(("", *columns.values()), ([name, *_percent(row, list(columns))] for name, row in rows.items()))


def _one_held_out(figures: Mapping[str, Any]) -> Iterator[str]:
    named = {"Pairs never seen in training": _HELD_OUT, "Pairs seen in training": _SEEN}
    yield from _rows({name: figures[part] for name, part in named.items() if part in figures}, _ONE)


def _two(figures: Mapping[str, Any]) -> Iterator[str]:
    yield from _rows({"Two objects, each of a pair seen in training": figures["two-objects"]}, _TWO)


def _guidance(figures: Mapping[str, Any]) -> Iterator[str]:
    yield from _rows({f"CFG {cfg}": shares for cfg, shares in figures["guidance"].items()}, _ONE)


def _negative(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "Of the pictures that show something without a negative prompt, how many still show it when the negative"
    yield "names it, and when it names another; and whether the picture still shows what the prompt asks for.\n"
    columns = {
        "named": "Still there, named",
        "another": "Still there, another named",
        "prompt": "Prompt obeyed, no negative",
        "prompt, named": "Prompt obeyed, named",
        "prompt, another": "Prompt obeyed, another named",
    }
    rows = {f"{name} ({row['pictures']} pictures)": row for name, row in figures["negative-prompt"].items()}
    yield from _rows(rows, columns)


def _image_to_image(figures: Mapping[str, Any]) -> Iterator[str]:
    part = figures["image-to-image"]
    head = ("Denoise", "To the source", "Attributes of the source", "Attributes of the prompt")
    rows = (
        [denoise, _said(row["dB"], "dB"), *_percent(row, ("source", "prompt"))]
        for denoise, row in part["by denoise"].items()
    )
    yield from _table(head, rows)
    yield f"\nFrom row to row less of the source and more of the prompt: {'yes' if part['monotonic'] else '**no**'}."


def _inpainting(figures: Mapping[str, Any]) -> Iterator[str]:
    part = figures["inpainting"]
    shares = {
        "object": "The region shows the object asked for",
        "color": "… in its colour",
        "background": "The picture still shows the background",
        "source's object left": "The region still shows the source's object",
    }
    levels = {
        "dB": "The rest, compared with the source",
        "dB of the autoencoder": "… which alone through the autoencoder has",
        "dB to what the autoencoder keeps": "The rest, compared with the source through the autoencoder",
    }
    rows = [[text, _said(part[name], "%")] for name, text in shares.items()]
    rows += [[text, _said(part[name], "dB")] for name, text in levels.items()]
    yield from _table(("", ""), rows)


def _samplers(figures: Mapping[str, Any]) -> Iterator[str]:
    part = dict(figures["samplers"])
    count, ddim, tells = (part.pop(name) for name in ("pictures of each", "DDIM", "tells"))
    yield f"Sets of {count} pictures at CFG 1. Mean kernel distance from sets by DDIM in {ddim['steps']} steps:\n"
    rows = [["DDIM, other noise", f"{ddim['mean']:.3f}", f"the farthest set: {ddim['farthest']:.3f}"]]
    rows += [
        [
            name,
            f"{row['distance']:.3f} ± {row['error']:.3f}",
            "agrees" if row["agrees"] else "does not agree",
        ]
        for name, row in part.items()
    ]
    yield from _table(("", "Distance", ""), rows)
    if not tells:
        yield "\n**The distance does not tell DDIM in very few steps from the others: agreement means little.**"


def _autoencoder(figures: Mapping[str, Any]) -> Iterator[str]:
    part = figures["autoencoder"]
    yield f"{part['dB']:.2f} dB on {part['pictures']} renderings of scenes that were not trained on."


def _speed(figures: Mapping[str, Any]) -> Iterator[str]:
    part = figures["speed"]
    yield (
        f"{part['seconds']:.2f} s for a picture of 128 by 128 in {part['steps']} steps, prompt to pixels "
        f"(median; the slowest {part['slowest']:.2f} s), on {part['device']} with {part['threads']} threads."
    )


def _clip(figures: Mapping[str, Any]) -> Iterator[str]:
    part = dict(figures["clip"])
    count = part.pop("pictures of each")
    chance = part.pop("by chance")
    yield f"Found among {count} (by chance: {_said(chance, '%')}):\n"
    columns = {"caption of a picture": "Caption of a picture", "picture of a caption": "Picture of a caption"}
    yield from _rows(part, columns)


def _judge(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "What the judge reads right in renderings of the same scenes, and in them through the autoencoder:\n"
    part, decoded = figures["judge"], figures.get("autoencoder", {})
    one = {name: part[name] for name in ("one object, held out", "one object, seen")}
    two = {"two objects": part["two objects"]}
    if decoded:
        one["one object, through the autoencoder"] = decoded["judged, one object"]
        two["two objects, through the autoencoder"] = decoded["judged, two objects"]
    yield from _rows(one, _ONE)
    yield ""
    yield from _rows(two, _TWO)


_SECTIONS = (
    ((_HELD_OUT, _SEEN), "One object", _one_held_out),
    (("two-objects",), "Two objects", _two),
    (("guidance",), "Guidance", _guidance),
    (("negative-prompt",), "Negative prompts", _negative),
    (("image-to-image",), "Image to image", _image_to_image),
    (("inpainting",), "Inpainting", _inpainting),
    (("samplers",), "Samplers", _samplers),
    (("autoencoder",), "Autoencoder", _autoencoder),
    (("speed",), "Speed", _speed),
    (("clip",), "CLIP", _clip),
    (("judge",), "The judge", _judge),
)
