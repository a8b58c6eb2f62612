"""Whether a negative prompt takes away what it names, and only that.

Each picture is first painted from a prompt that leaves something open, and looked at: it shows, say, red. Then the same
prompt is painted from the same noise with "red" as the negative prompt, and once more with another colour as the
negative. The share that still shows red should be small in the first case and large in the second. That a negative
prompt does no more than that is seen from how many pictures still show what their prompt asks for.
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
class Prompt:
    """Words that leave something open, and whether a picture shows what they do ask for."""

    text: str
    obeyed: Callable[[Look], bool]


@dataclass(frozen=True)
class Question:
    """``prompt`` writes a prompt that leaves something open; ``seen`` names what a picture shows of it, or nothing."""

    name: str
    prompt: Callable[[np.random.Generator], Prompt]
    seen: Callable[[Look], str | None]
    words: Sequence[str]


def _color(look: Look) -> str | None:
    return look.things[0].color if look.things else None


def _object(look: Look) -> str | None:
    return look.things[0].object if look.things else None


def _pair(look: Look) -> str | None:
    return with_article(f"{look.things[0].color} {look.things[0].object}") if look.things else None


def _object_somewhere(rng: np.random.Generator) -> Prompt:
    thing, background = str(rng.choice(OBJECTS)), str(rng.choice(list(BACKGROUNDS)))
    return Prompt(
        f"{with_article(thing)} {BACKGROUNDS[background]}",
        lambda look: look.background == background and _object(look) == thing,
    )


def _background_alone(rng: np.random.Generator) -> Prompt:
    background = str(rng.choice(list(BACKGROUNDS)))
    return Prompt(background, lambda look: look.background == background)


def _thing_alone(rng: np.random.Generator) -> Prompt:
    text = with_article(f"{rng.choice(list(COLORS))} {rng.choice(OBJECTS)}")
    return Prompt(text, lambda look: _pair(look) == text)


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
    """For each of :data:`QUESTIONS`: shares that show what the negative names, or what it does not name.

    ``prompt``, ``prompt, named`` and ``prompt, another`` are the shares of pictures that obey their prompts without a
    negative one and with either.
    """
    figures, cells = {}, []
    for question in QUESTIONS:
        figures[question.name], shown = _asked(bench, question)
        cells += shown
    return Outcome(figures, contact_sheet(cells, columns=3 * 2))


def _asked(bench: Bench, question: Question) -> tuple[dict[str, float], list[Cell]]:
    rng = np.random.default_rng(_SEED)
    prompts = [question.prompt(rng) for _ in range(bench.size.negatives)]

    texts = [prompt.text for prompt in prompts]

    def painted(negatives: Sequence[str] | str) -> tuple[Pictures, list[Look]]:
        pictures = bench.pipeline.paint(texts, recipe=bench.recipe, seed=_SEED, negatives=negatives)
        return pictures, bench.judge.look(pictures)

    plain, looks = painted("")
    shown = [question.seen(look) for look in looks]
    # A picture with nothing to name counts for nothing: its negative is any word.
    others = [str(rng.choice([word for word in question.words if word != name])) for name in shown]
    without, looks_without = painted([name or other for name, other in zip(shown, others, strict=True)])
    control, looks_control = painted(others)
    named = [index for index, name in enumerate(shown) if name is not None]

    def still_shown(looks: Sequence[Look]) -> float:
        return _share(question.seen(looks[index]) == shown[index] for index in named)

    def obeyed(looks: Sequence[Look]) -> float:
        return _share(prompts[index].obeyed(looks[index]) for index in named)

    figures = {
        "pictures": len(named),
        "named": still_shown(looks_without),
        "another": still_shown(looks_control),
        "prompt": obeyed(looks),
        "prompt, named": obeyed(looks_without),
        "prompt, another": obeyed(looks_control),
    }
    cells = []
    for index in named[:_SHOWN]:
        cells += [
            Cell(plain[index], texts[index]),
            Cell(without[index], f"{texts[index]}; not {shown[index]}"),
            Cell(control[index], f"{texts[index]}; not {others[index]}"),
        ]
    return figures, cells


def _share(answers: Iterable[bool]) -> float:
    return float(np.mean(list(answers) or [False]))
