"""Says in words what a scene shows: whole sentences, terse tags, single words. Knows no pictures.

Captions leave things out at random, as those of people do, so that every part of a prompt works alone. Negative prompts
are often bare words, which is why some captions are.
"""

import numpy as np

from nodegraph.training.scenes import BACKGROUNDS, Scene, Thing

_OPENINGS = ("", "", "", "a picture of ", "a drawing of ", "an illustration of ", "a simple picture of ")

_REVERSED = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}

_SYNONYMS = {
    "ball": ("ball", "sphere"),
    "box": ("box", "cube"),
    "boat": ("boat", "sailboat"),
    "moon": ("moon", "crescent moon"),
    "tree": ("tree",),
    "cup": ("cup", "mug"),
    "ring": ("ring",),
    "diamond": ("diamond", "gem"),
}

_SIZE_WORDS = {"small": ("small", "little", "tiny"), "big": ("big", "large", "huge")}

_BACKGROUND_NOUNS = {
    "meadow": "green meadow",
    "desert": "sandy desert",
    "sea": "blue sea",
    "snow": "snow",
    "night": "night sky",
    "sunset": "sunset",
    "forest": "dark forest",
    "mountains": "mountains",
    "beach": "sandy beach",
    "city": "city",
    "room": "room",
    "table": "wooden table",
    "road": "road",
    "sky": "sky with clouds",
    "space": "outer space",
    "stripes": "stripes",
    "checkerboard": "checkerboard",
    "dots": "polka dots",
    "rainbow": "rainbow",
    "fire": "fire",
}


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """A caption by chance: a sentence, tags or a word or two."""
    kind = rng.random()
    if kind < 0.68:
        return sentence(scene, rng)
    return _tags(scene, rng) if kind < 0.86 else _words(scene, rng)


def full_caption(scene: Scene) -> str:
    """The plain caption that leaves nothing out: what an evaluation asks for."""
    first, *others = scene.things
    text = with_article(f"{_size(first)}{first.color} {first.object}")
    if others:
        second = with_article(f"{others[0].color} {others[0].object}")
        return f"{text} {scene.relation} {second} {BACKGROUNDS[scene.background]}"
    return f"{text} {first.place} {BACKGROUNDS[scene.background]}"


def with_article(phrase: str) -> str:
    """``a red ball``, ``an orange ball``."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def sentence(scene: Scene, rng: np.random.Generator) -> str:
    """``a small red ball on the left in a meadow``, in several ways and with parts left out."""
    first, *others = scene.things
    where = BACKGROUNDS[scene.background] if rng.random() < 0.85 else ""
    if others:
        second = others[0]
        relation = str(scene.relation) if rng.random() < 0.75 else "and"
        if rng.random() < 0.5:
            first, second = second, first
            relation = _REVERSED.get(relation, relation)
        parts = [_noun(first, rng), relation, _noun(second, rng)]
    else:
        place = first.place if rng.random() < 0.75 else ""
        parts = [_noun(first, rng), place]
    text = " ".join(part for part in [*parts, where] if part)
    if where and rng.random() < 0.15:
        text = f"{where}, {' '.join(part for part in parts if part)}"
    elif where and rng.random() < 0.1:
        text = f"{' '.join(part for part in parts if part)}, {_BACKGROUND_NOUNS[scene.background]} in the background"
    return f"{rng.choice(_OPENINGS)}{text}{'.' if rng.random() < 0.2 else ''}"


def _tags(scene: Scene, rng: np.random.Generator) -> str:
    tags = [f"{thing.color} {_name(thing, rng)}" for thing in scene.things]
    if len(scene.things) == 1 and scene.things[0].place and rng.random() < 0.6:
        tags.append(scene.things[0].place)
    tags.append(_BACKGROUND_NOUNS[scene.background] if rng.random() < 0.5 else scene.background)
    if rng.random() < 0.5:
        rng.shuffle(tags)
    return ", ".join(tags)


def _words(scene: Scene, rng: np.random.Generator) -> str:
    thing = scene.things[int(rng.integers(len(scene.things)))]
    words = (
        thing.color,
        _name(thing, rng),
        f"{thing.color} {_name(thing, rng)}",
        scene.background,
        _BACKGROUND_NOUNS[scene.background],
        thing.place or thing.color,
        f"{thing.size or thing.color} {thing.object}",
    )
    return str(rng.choice(words))


def _noun(thing: Thing, rng: np.random.Generator) -> str:
    size = f"{rng.choice(_SIZE_WORDS[thing.size])} " if thing.size and rng.random() < 0.85 else ""
    color = f"{thing.color} " if rng.random() < 0.94 else ""
    name = _name(thing, rng)
    phrase = f"{size}{color}{name}"
    if rng.random() < 0.12:
        return phrase
    return f"the {phrase}" if rng.random() < 0.12 else with_article(phrase)


def _size(thing: Thing) -> str:
    return f"{thing.size} " if thing.size else ""


def _name(thing: Thing, rng: np.random.Generator) -> str:
    return str(rng.choice(_SYNONYMS.get(thing.object, (thing.object,))))
