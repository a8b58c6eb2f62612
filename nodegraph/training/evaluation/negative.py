"""Whether a negative prompt takes away what it names, and only that.

Each picture is first painted from a prompt that leaves something open, and looked at: it shows, say, red. Then the same
prompt is painted from the same noise with "red" as the negative prompt, and once more with another colour as the
negative. The share that still shows red should be small in the first case and large in the second.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nodegraph.training.attributes import Look
from nodegraph.training.captions import with_article
from nodegraph.training.evaluation.bench import Bench, Outcome
from nodegraph.training.evaluation.pipeline import Pictures
from nodegraph.training.evaluation.sheets import Cell, contact_sheet
from nodegraph.training.scenes import BACKGROUNDS, COLORS, OBJECTS

_SEED = 2
_SHOWN = 4


@dataclass(frozen=True)
class Question:
    """``prompt`` writes a prompt that leaves something open; ``seen`` names what a picture shows of it, or nothing."""

    name: str
    prompt: Callable[[np.random.Generator], str]
    seen: Callable[[Look], str | None]
    words: Sequence[str]


def _color(look: Look) -> str | None:
    return look.things[0].color if look.things else None


def _object(look: Look) -> str | None:
    return look.things[0].object if look.things else None


def _pair(look: Look) -> str | None:
    return with_article(f"{look.things[0].color} {look.things[0].object}") if look.things else None


def _object_somewhere(rng: np.random.Generator) -> str:
    return f"{with_article(str(rng.choice(OBJECTS)))} {BACKGROUNDS[str(rng.choice(list(BACKGROUNDS)))]}"


def _background_alone(rng: np.random.Generator) -> str:
    return str(rng.choice(list(BACKGROUNDS)))


def _thing_alone(rng: np.random.Generator) -> str:
    return with_article(f"{rng.choice(list(COLORS))} {rng.choice(OBJECTS)}")


QUESTIONS = (
    Question("color", _object_somewhere, _color, list(COLORS)),
    Question("object", _background_alone, _object, OBJECTS),
    Question("background", _thing_alone, lambda look: look.background, list(BACKGROUNDS)),
    Question(
        "color and object",
        _background_alone,
        _pair,
        [with_article(f"{color} {thing}") for color in COLORS for thing in OBJECTS],
    ),
)


def negative_prompts(bench: Bench) -> Outcome:
    """For each of :data:`QUESTIONS`: shares that show what the negative names, or what it does not name."""
    figures, cells = {}, []
    for question in QUESTIONS:
        figures[question.name], shown = _asked(bench, question)
        cells += shown
    return Outcome(figures, contact_sheet(cells, columns=3 * 2))


def _asked(bench: Bench, question: Question) -> tuple[dict[str, float], list[Cell]]:
    rng = np.random.default_rng(_SEED)
    prompts = [question.prompt(rng) for _ in range(bench.size.negatives)]

    def painted(negatives: Sequence[str] | str) -> tuple[Pictures, list[str | None]]:
        pictures = bench.pipeline.paint(prompts, recipe=bench.recipe, seed=_SEED, negatives=negatives)
        return pictures, [question.seen(look) for look in bench.judge.look(pictures)]

    plain, shown = painted("")
    # A picture with nothing to name counts for nothing: its negative is any word.
    others = [str(rng.choice([word for word in question.words if word != name])) for name in shown]
    without, still = painted([name or other for name, other in zip(shown, others, strict=True)])
    control, kept = painted(others)
    named = [index for index, name in enumerate(shown) if name is not None]
    figures = {
        "pictures": len(named),
        "named": _share(still[index] == shown[index] for index in named),
        "another": _share(kept[index] == shown[index] for index in named),
    }
    cells = []
    for index in named[:_SHOWN]:
        cells += [
            Cell(plain[index], prompts[index]),
            Cell(without[index], f"{prompts[index]}; not {shown[index]}"),
            Cell(control[index], f"{prompts[index]}; not {others[index]}"),
        ]
    return figures, cells


def _share(answers: Iterable[bool]) -> float:
    return float(np.mean(list(answers) or [False]))
