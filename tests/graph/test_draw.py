"""From the API format to the canvas format: what is drawn, and that it says the same as what it was drawn from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_specs import SPECS, TEXT_TO_IMAGE

from nodegraph.graph.api_format import parse
from nodegraph.graph.canvas.convert import to_api
from nodegraph.graph.canvas.draw import MOST_OUTPUTS, from_api
from nodegraph.graph.canvas.report import NoticeKind, unknown_nodes
from nodegraph.graph.canvas.widgets import initial, only_widgets
from nodegraph.graph.dynamic import members
from nodegraph.graph.graph import Graph, Link
from nodegraph.graph.problems import PromptError
from nodegraph.graph.sockets import COMBO, INT
from nodegraph.graph.spec import InputSpec, NodeSpec

Json = dict[str, Any]


def drawn(prompt: Json) -> Json:
    return from_api(prompt, SPECS).workflow


def nodes(prompt: Json) -> dict[str, Json]:
    return {str(node["id"]): node for node in drawn(prompt)["nodes"]}


def one(class_id: str, **inputs: Any) -> Json:
    """The only node of a prompt, drawn."""
    return nodes({"1": {"class_type": class_id, "inputs": inputs}})["1"]


def back(prompt: Json) -> Any:
    return to_api(drawn(prompt), SPECS).prompt


def meaning(prompt: Json) -> Any:
    """What a prompt says, with the defaults of its widgets and without titles: conversion adds both."""
    return {id: (node.class_id, complete(node.class_id, node.inputs)) for id, node in parse(prompt).items()}


def complete(class_id: str, inputs: Any) -> Json:
    spec = SPECS.get(class_id)
    defaults: Json = {}
    for declared in only_widgets(spec.inputs) if spec else ():
        defaults[declared.name] = initial(declared)
        chosen = inputs.get(declared.name, defaults[declared.name])
        defaults |= {member.name: initial(member) for member in members(declared, chosen)}
    return {name: value for name, value in {**defaults, **inputs}.items() if value is not None}


# ---- what an editor expects ----


def test_a_document_has_what_editors_read() -> None:
    document = drawn(TEXT_TO_IMAGE)
    assert {"last_node_id", "last_link_id", "nodes", "links", "groups", "config", "extra", "version"} < document.keys()
    assert (document["version"], document["last_node_id"], document["last_link_id"]) == (0.4, 7, 9)
    assert [link[0] for link in document["links"]] == list(range(1, 10))
    by_id = {node["id"]: node for node in document["nodes"]}
    assert sorted(node["order"] for node in document["nodes"]) == list(range(7))
    for number, origin, slot, target, target_slot, type in document["links"]:
        assert number in by_id[origin]["outputs"][slot]["links"]
        assert by_id[target]["inputs"][target_slot]["link"] == number
        assert type == by_id[origin]["outputs"][slot]["type"] == by_id[target]["inputs"][target_slot]["type"]
        assert by_id[origin]["order"] < by_id[target]["order"]
        assert by_id[origin]["pos"][0] + by_id[origin]["size"][0] < by_id[target]["pos"][0]
    for node in document["nodes"]:
        assert (node["flags"], node["mode"]) == ({}, 0)
        assert node["properties"] == {"Node name for S&R": node["type"]}
        assert sum(len(output["links"] or ()) for output in node["outputs"]) == sum(
            link[1] == node["id"] for link in document["links"]
        )


def test_values_stand_in_the_order_of_the_widgets() -> None:
    sampler = nodes(TEXT_TO_IMAGE)["5"]
    assert sampler["widgets_values"] == [7, "fixed", 20, 8.0, "euler", "normal", 1.0]
    assert [socket["name"] for socket in sampler["inputs"] if "widget" not in socket] == [
        "model",
        "positive",
        "negative",
        "latent_image",
    ]
    assert one("LoadImage", image="cat.png")["widgets_values"] == ["cat.png", "image"]
    resize = one("Resize", resize_type="to size", **{"resize_type.width": 64, "resize_type.height": 32}, method="area")
    assert resize["widgets_values"] == ["to size", 64, 32, "area"]


def test_titles_and_optional_sockets_are_shown() -> None:
    assert nodes(TEXT_TO_IMAGE)["2"]["title"] == "Positive"
    assert "title" not in nodes(TEXT_TO_IMAGE)["3"]
    shapes = {socket["name"]: socket.get("shape") for socket in one("Options")["inputs"]}
    assert shapes["mask"] == 7


def test_a_linked_widget_keeps_its_place_and_has_a_link() -> None:
    prompt = {
        "1": {"class_type": "PrimitiveInt", "inputs": {"value": 3}},
        "2": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": ["1", 0]}},
    }
    sampler = nodes(prompt)["2"]
    assert sampler["widgets_values"] == [1, "fixed", 20, 8.0, "euler", "normal", 1.0]
    steps = next(socket for socket in sampler["inputs"] if socket["name"] == "steps")
    assert steps == {"name": "steps", "type": "INT", "link": 1, "widget": {"name": "steps"}}


def test_options_that_the_workflow_lists_stand_behind_the_choice_and_what_nobody_sees_has_no_socket() -> None:
    choice = InputSpec("choice", COMBO)
    place = InputSpec("index", INT, optional=True, extra={"hidden": True})
    view = InputSpec("view", "VIEW", optional=True, extra={"socketless": True})
    specs = {"CustomCombo": NodeSpec("CustomCombo", "Custom Combo", "", (choice, place, view), ())}
    inputs = {"choice": "y", "index": 1, "option1": "x", "option2": "y"}
    prompt = {"1": {"class_type": "CustomCombo", "inputs": inputs}}
    workflow = from_api(prompt, specs).workflow
    (combo,) = workflow["nodes"]
    assert combo["widgets_values"] == ["y", 1, "x", "y"]
    assert [socket["name"] for socket in combo["inputs"]] == ["choice", "option1", "option2"]
    assert to_api(workflow, specs).prompt["1"]["inputs"] == inputs


def test_ids_that_are_no_numbers_stay_text() -> None:
    prompt = {id: {"class_type": "LoadImage", "inputs": {"image": "a"}} for id in ("12", "12:5", "a", "05", "-10", "")}
    assert [node["id"] for node in drawn(prompt)["nodes"]] == [12, "12:5", "a", "05", "-10", ""]
    assert drawn(prompt)["last_node_id"] == 12
    assert back(prompt).keys() == prompt.keys()


def test_members_of_a_group_are_sockets() -> None:
    prompt = {
        "1": {"class_type": "Unknown", "inputs": {}},
        "2": {"class_type": "Join", "inputs": {"values.a": ["1", 0], "values.b": ["1", 1]}},
    }
    assert [socket["name"] for socket in nodes(prompt)["2"]["inputs"]] == ["values.a", "values.b"]
    assert meaning(back(prompt)) == meaning(prompt)


def test_members_of_a_group_have_the_types_of_their_class() -> None:
    template = {"template": {"input": {"required": {"number": ["FLOAT,INT", {}]}}, "min": 1}}
    inner = {"key": "a", "inputs": {"required": {"picture": ["IMAGE", {}]}}}
    declared = (
        InputSpec("values", "COMFY_AUTOGROW_V3", extra=template),
        InputSpec("kind", "COMFY_DYNAMICCOMBO_V3", extra={"options": [inner]}),
    )
    specs = {"Sum": NodeSpec("Sum", "Sum", "test", declared, ())}
    inputs = {"values.x": ["1", 0], "kind": "a", "kind.picture": ["1", 1]}
    prompt = {"1": {"class_type": "Unknown", "inputs": {}}, "2": {"class_type": "Sum", "inputs": inputs}}
    source, target = from_api(prompt, specs).workflow["nodes"]
    assert [(s["name"], s["type"]) for s in target["inputs"]] == [
        ("values.x", "FLOAT,INT"),
        ("kind.picture", "IMAGE"),
        ("kind", "COMFY_DYNAMICCOMBO_V3"),
    ]
    assert [output["type"] for output in source["outputs"]] == ["FLOAT,INT", "IMAGE"]


# ---- what it cannot draw, it reports ----


def test_nodes_of_unknown_classes_get_what_is_written_and_linked() -> None:
    prompt = {
        "1": {"class_type": "Nobody's", "inputs": {"seed": 4, "text": "x"}, "_meta": {"title": "Mine"}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 1], "filename_prefix": "x"}},
    }
    made = from_api(prompt, SPECS)
    assert [(u.node, u.class_type, u.title) for u in unknown_nodes(made.warnings)] == [("1", "Nobody's", "Mine")]
    unknown = made.workflow["nodes"][0]
    assert [output["type"] for output in unknown["outputs"]] == ["*", "IMAGE"]
    assert unknown["widgets_values"] == [4, "fixed", "x"]
    assert [(s["name"], s["type"], s["widget"]["name"]) for s in unknown["inputs"]] == [
        ("seed", "INT", "seed"),
        ("text", "STRING", "text"),
    ]


@pytest.mark.parametrize("link", [["9", 0], ["1", -1], ["1", 10**9]])
def test_links_from_nowhere_are_reported(link: list[Any]) -> None:
    prompt = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "a"}},
        "2": {"class_type": "SaveImage", "inputs": {"images": link, "filename_prefix": "x"}},
    }
    made = from_api(prompt, SPECS)
    assert [(w.kind, w.node) for w in made.warnings] == [(NoticeKind.DROPPED_LINK, "2")]
    assert made.workflow["links"] == []


def test_nodes_in_a_circle_are_drawn() -> None:
    prompt = {id: {"class_type": "ImageInvert", "inputs": {"image": [other, 0]}} for id, other in ("12", "23", "31")}
    assert meaning(back(prompt)) == meaning(prompt)


@pytest.mark.parametrize("prompt", [None, 5, [], {"1": 5}, {"1": {}}, {"1": {"class_type": "X", "inputs": []}}])
def test_what_is_no_prompt_is_refused(prompt: object) -> None:
    with pytest.raises(PromptError):
        from_api(prompt, SPECS)


# ---- there and back ----

literals = (
    st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.floats(allow_nan=False)
    | st.sampled_from(["fixed", "randomize", "image", "", "{a|b}", "a\nb"])
    | st.text(max_size=5)
    | st.lists(st.integers() | st.text(max_size=3), max_size=3).map(lambda items: {"__value__": items})
)
names = st.sampled_from(["seed", "text", "image", "noise_seed", "mode", "extra", "group.a", "control_before_generate"])
ids = st.sampled_from(["1", "2", "3", "12:5", "12:5:1", "a", "01", "-10", "-20", "x.y"])
links = st.tuples(ids, st.integers(0, 5)).map(list)


def inputs_of(class_id: str) -> st.SearchStrategy[Json]:
    """Literals and links for the inputs that a class declares, and for some that it does not."""
    spec = SPECS.get(class_id)
    declared = [i.name for i in spec.inputs if i.type != "COMFY_AUTOGROW_V3"] if spec else []
    extra = st.dictionaries(names, literals | links, max_size=4)
    if not declared:
        return extra
    group = st.dictionaries(st.sampled_from(["values.a", "values.b"]), literals | links)
    known = st.dictionaries(st.sampled_from(declared), literals | links)
    return st.tuples(extra, known, group if class_id == "Join" else st.just({})).map(
        lambda parts: {**parts[0], **parts[1], **parts[2]}
    )


resizes = st.one_of(
    st.fixed_dictionaries(
        {
            "resize_type": st.just("to size"),
            "resize_type.width": st.integers() | links,
            "resize_type.height": st.integers() | links,
            "method": literals | links,
        },
        optional={"image": links},
    ),
    st.fixed_dictionaries({"resize_type": st.just("by factor"), "resize_type.factor": literals | links}),
)
classes = st.sampled_from([*SPECS, "Unknown", "Another"])
prompt_nodes = classes.flatmap(
    lambda class_id: st.fixed_dictionaries(
        {"class_type": st.just(class_id), "inputs": resizes if class_id == "Resize" else inputs_of(class_id)}
    )
)


def without_lost_links(graph: Graph, prompt: Json) -> Json:
    """The prompt without links to nodes that it does not have."""
    lost = {(id, name) for id, node in graph.items() for name, link in node.links() if link.node not in graph}
    return {
        id: {**node, "inputs": {name: v for name, v in node["inputs"].items() if (id, name) not in lost}}
        for id, node in prompt.items()
    }


@given(st.dictionaries(ids, prompt_nodes, max_size=5))
def test_every_prompt_says_the_same_when_it_comes_back(prompt: Json) -> None:
    prompt = without_lost_links(parse(prompt), prompt)
    assert meaning(back(prompt)) == meaning(prompt)


@given(st.dictionaries(ids, prompt_nodes, max_size=5))
def test_nothing_drawn_covers_anything_else(prompt: Json) -> None:
    boxes = [(*node["pos"], *node["size"]) for node in drawn(prompt)["nodes"]]
    for i, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:i]:
            apart_x = x + width < other_x or other_x + other_width < x
            apart_y = y + height + 30 < other_y or other_y + other_height + 30 < y  # a title is above its node
            assert apart_x or apart_y


def test_the_prompt_is_not_changed_and_links_count_outputs() -> None:
    prompt = {
        "1": {"class_type": "Unknown", "inputs": {}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", MOST_OUTPUTS - 1]}},
    }
    assert len(nodes(prompt)["1"]["outputs"]) == MOST_OUTPUTS
    assert parse(back(prompt))["2"].inputs["image"] == Link("1", MOST_OUTPUTS - 1)
