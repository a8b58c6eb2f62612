"""Whether a picture shows what was asked for: a judge's look at it, held against the scene behind the prompt.

Knows neither pictures nor the model that made them.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from nodegraph.training.attributes import Look, SeenThing
from nodegraph.training.scenes import Relation, Scene, Thing

Answers = Mapping[str, bool]


def one_object(look: Look, scene: Scene) -> Answers:
    """Of the clearest object: its colour, kind, place and size; the background; ``all``: all of these but the size.

    Prompts do not always name a size. ``alone``: there is exactly one object.
    """
    (asked,) = scene.things
    seen = look.things[0] if look.things else None
    answers = {
        "color": seen is not None and seen.color == asked.color,
        "background": look.background == scene.background,
        "object": seen is not None and seen.object == asked.object,
        "place": seen is not None and seen.place == asked.place,
    }
    return {
        **answers,
        "all": all(answers.values()),
        "size": seen is not None and seen.size == asked.size,
        "alone": len(look.things) == 1,
    }


def two_objects(look: Look, scene: Scene) -> Answers:
    """Of the two clearest objects, matched with those asked for as well as can be.

    ``both``: both kinds with their own colours; ``relation``: that, and one lies where it should, seen from the other.
    """
    background = look.background == scene.background
    first, second = scene.things
    seen = look.things[:2]
    if len(seen) < 2:
        one = any(_is(thing, asked) for thing in seen for asked in scene.things)
        return {
            "both": False,
            "one": one,
            "objects": False,
            "colors": False,
            "relation": False,
            "background": background,
        }
    a, b = max((tuple(seen), tuple(reversed(seen))), key=lambda pair: _likeness(pair, scene.things))
    both = _is(a, first) and _is(b, second)
    return {
        "both": both,
        "one": _is(a, first) or _is(b, second),
        "objects": a.object == first.object and b.object == second.object,
        "colors": a.color == first.color and b.color == second.color,
        "relation": both and scene.relation is not None and _lies(a, scene.relation, b),
        "background": background,
    }


def shares(answers: Iterable[Answers]) -> dict[str, float]:
    """How often each answer is yes, 0 … 1."""
    rows = list(answers)
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def agreement(looks: Sequence[Look], scenes: Sequence[Scene]) -> dict[str, float]:
    """Shares of :func:`one_object` or :func:`two_objects`, whichever the scenes are of."""
    judged = one_object if len(scenes[0].things) == 1 else two_objects
    return shares(judged(look, scene) for look, scene in zip(looks, scenes, strict=True))


def wrong(look: Look, scene: Scene) -> list[str]:
    """The names of what was asked for and is not there."""
    answers = one_object(look, scene) if len(scene.things) == 1 else two_objects(look, scene)
    return [
        name for name in ("color", "background", "object", "place", "both", "relation") if not answers.get(name, True)
    ]


def _is(seen: SeenThing, asked: Thing) -> bool:
    return (seen.object, seen.color) == (asked.object, asked.color)


def _likeness(seen: Sequence[SeenThing], asked: Sequence[Thing]) -> tuple[int, int]:
    """How many of the objects are right, then how many of their attributes."""
    pairs = list(zip(seen, asked, strict=True))
    whole = sum(_is(one, other) for one, other in pairs)
    return whole, sum((one.object == other.object) + (one.color == other.color) for one, other in pairs)


def _lies(a: SeenThing, relation: Relation, b: SeenThing) -> bool:
    return {"left of": a.x < b.x, "right of": a.x > b.x, "above": a.y < b.y, "below": a.y > b.y}[relation]
