"""How the example workflows lie on the canvas: readable from left to right, nothing over anything else."""

import itertools
import json
import re
from typing import Any

import pytest

from nodegraph.server.api_v1.examples import example_workflows
from nodegraph.training import scenes

TITLE = 30
"""The height of a node's title bar, which lies above its position."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@pytest.fixture(params=list(example_workflows()))
def canvas(request: pytest.FixtureRequest) -> Any:
    return read(request.param)


def read(name: str) -> Any:
    return json.loads(example_workflows()[name].read_text(encoding="utf-8"))


def box(node: Any) -> Box:
    (x, y), (width, height) = node["pos"], node["size"]
    return x, y - TITLE, x + width, y + height


def frame(group: Any) -> Box:
    x, y, width, height = group["bounding"]
    return x, y, x + width, y + height


def apart(a: Box, b: Box) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def inside(a: Box, b: Box) -> bool:
    return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]


def test_there_is_an_example_for_each_use_the_simplest_first() -> None:
    assert list(example_workflows()) == [
        "text-to-image",
        "batch-of-seeds",
        "negative-prompt",
        "prompt-weights",
        "image-to-image",
        "inpainting",
        "hires-fix",
        "learn-noise",
        "learn-steps",
        "learn-attention",
        "learn-schedules",
        "learn-between",
        "learn-autoencoder",
        "learn-clip",
    ]


def test_nothing_lies_over_anything_else(canvas: Any) -> None:
    for one, other in itertools.combinations(canvas["nodes"], 2):
        assert apart(box(one), box(other)), f"{one['id']} and {other['id']}"
    for one, other in itertools.combinations(canvas["groups"], 2):
        assert apart(frame(one), frame(other)), f"{one['title']} and {other['title']}"
    for node, group in itertools.product(canvas["nodes"], canvas["groups"]):
        assert inside(box(node), frame(group)) or apart(box(node), frame(group)), f"{node['id']} and {group['title']}"


def test_links_lead_to_the_right(canvas: Any) -> None:
    nodes = {node["id"]: node for node in canvas["nodes"]}
    for _, origin, _, target, _, _ in canvas["links"]:
        assert box(nodes[origin])[2] <= box(nodes[target])[0], f"{origin} to {target}"


def test_both_ends_of_a_link_know_it(canvas: Any) -> None:
    nodes = {node["id"]: node for node in canvas["nodes"]}
    assert canvas["last_node_id"] == max(nodes)
    assert canvas["last_link_id"] == max(link[0] for link in canvas["links"])
    for id, origin, out, target, into, type in canvas["links"]:
        source, sink = nodes[origin]["outputs"][out], nodes[target]["inputs"][into]
        assert id in source["links"]
        assert sink["link"] == id
        assert source["type"] == sink["type"] == type


def test_a_note_says_what_it_shows(canvas: Any) -> None:
    (note,) = [node for node in canvas["nodes"] if node["type"] == "MarkdownNote"]
    assert note["title"]
    assert len(note["widgets_values"][0]) > 100


def test_each_uses_the_starter_model_at_the_size_it_was_taught(canvas: Any) -> None:
    widgets = [(node["type"], node["widgets_values"]) for node in canvas["nodes"]]
    assert [values for type, values in widgets if type == "CheckpointLoaderSimple"] == [["starter.safetensors"]]
    assert all(values[:2] == [128, 128] for type, values in widgets if type == "EmptyLatentImage")


def test_each_asks_for_what_the_starter_model_was_shown(canvas: Any) -> None:
    texts = [node["widgets_values"][0] for node in canvas["nodes"] if node["type"] == "CLIPTextEncode"]
    words = re.findall("[a-z]+", " ".join(texts))
    objects = {word for word in words if word in scenes.OBJECTS}
    beside = set(itertools.pairwise(words))
    # A colour that stands by itself, in a weight or a negative prompt, is meant for the only object there is.
    asked = beside if len(objects) > 1 else beside | set(itertools.product(words, objects))
    assert not asked & scenes.HELD_OUT


def test_only_the_first_one_draws_a_new_seed_each_time() -> None:
    for name in example_workflows():
        widgets = [value for node in read(name)["nodes"] for value in node["widgets_values"]]
        controls = {value for value in widgets if value in ("fixed", "increment", "decrement", "randomize")}
        assert controls == {"randomize"} if name == "text-to-image" else controls <= {"fixed"}


def test_the_first_note_names_all_that_the_starter_model_was_taught() -> None:
    (note,) = [node["widgets_values"][0] for node in read("text-to-image")["nodes"] if node["type"] == "MarkdownNote"]
    words = [*scenes.OBJECTS, *scenes.COLORS, *filter(None, scenes.SIZES), *scenes.RELATIONS]
    assert [word for word in (*words, *scenes.BACKGROUNDS.values()) if word not in note] == []
