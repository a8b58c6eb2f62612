"""From the canvas format to the API format: links, modes, the editor's own nodes."""

from typing import Any

import pytest
from canvas_drawing import Json, canvas, node
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_specs import SPECS, files

from nodegraph.graph.api_format import parse
from nodegraph.graph.canvas.convert import NoticeKind, to_api
from nodegraph.graph.canvas.document import CanvasError
from nodegraph.graph.validate import validate

LOAD = node(1, "LoadImage", "cat.png", "image", outputs="IMAGE:IMAGE MASK:MASK")


def save(id: int = 9) -> Json:
    return node(id, "SaveImage", "cat", inputs="images:IMAGE")


def invert(id: int, mode: int = 0) -> Json:
    return node(id, "ImageInvert", inputs="image:IMAGE", outputs="IMAGE:IMAGE", mode=mode)


def inputs(document: Json) -> dict[str, dict[str, Any]]:
    """The inputs of each node of the prompt."""
    return {id: written["inputs"] for id, written in to_api(document, SPECS).prompt.items()}


@pytest.mark.parametrize("version", [0.4, 1])
def test_text_to_image_in_both_versions(version: float) -> None:
    document = canvas(
        [
            node(4, "CheckpointLoaderSimple", "sd15.safetensors", outputs="MODEL:MODEL CLIP:CLIP VAE:VAE"),
            node(6, "CLIPTextEncode", "a cat", inputs="clip:CLIP", outputs="C:CONDITIONING", title="Positive"),
            node(7, "CLIPTextEncode", "", inputs="clip:CLIP", outputs="C:CONDITIONING"),
            node(5, "EmptyLatentImage", 512, 768, 1, outputs="LATENT:LATENT"),
            node(
                3,
                "KSampler",
                *(7, "randomize", 20, 8, "euler", "normal", 1),
                inputs="model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT",
                outputs="LATENT:LATENT",
            ),
            node(8, "VAEDecode", inputs="samples:LATENT vae:VAE", outputs="IMAGE:IMAGE"),
            save(),
        ],
        "4.0>3.0 6.0>3.1 7.0>3.2 5.0>3.3 4.1>6.0 4.1>7.0 3.0>8.0 4.2>8.1 8.0>9.0",
        version=version,
    )
    converted = to_api(document, SPECS)
    assert converted.warnings == []
    assert converted.prompt["3"] == {
        "class_type": "KSampler",
        "inputs": {
            "seed": 7,
            "steps": 20,
            "cfg": 8,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
        "_meta": {"title": "KSampler"},
    }
    assert converted.prompt["6"]["_meta"] == {"title": "Positive"}
    assert converted.prompt["9"]["_meta"] == {"title": "Save Image"}
    assert validate(parse(converted.prompt), SPECS, files).error is None


# ---- the editor's own nodes ----


def test_notes_and_decorations_go() -> None:
    document = canvas([LOAD, node(2, "Note", "read me"), node(3, "MarkdownNote", "# me"), node(4, "Label (pack)")])
    assert list(inputs(document)) == ["1"]
    assert to_api(document, SPECS).warnings == []


def test_links_lead_through_reroutes() -> None:
    reroutes = [node(i, "Reroute", inputs=":*", outputs=":*") for i in (2, 3)]
    assert inputs(canvas([LOAD, *reroutes, save()], "1.0>2.0 2.0>3.0 3.0>9.0"))["9"]["images"] == ["1", 0]
    assert "images" not in inputs(canvas([*reroutes, save()], "2.0>3.0 3.0>9.0"))["9"]


def test_reroutes_in_a_circle_lead_nowhere() -> None:
    reroutes = [node(i, "Reroute", inputs=":*", outputs=":*") for i in (2, 3)]
    assert "images" not in inputs(canvas([*reroutes, save()], "2.0>3.0 3.0>2.0 3.0>9.0"))["9"]


def test_a_primitive_becomes_a_literal() -> None:
    primitive = node(2, "PrimitiveNode", 123, "fixed", outputs="INT:INT")
    latent = node(3, "EmptyLatentImage", 512, 512, 1, inputs="width!:INT", outputs="LATENT:LATENT")
    assert inputs(canvas([primitive, latent], "2.0>3.0")) == {"3": {"width": 123, "height": 512, "batch_size": 1}}


def test_named_links_lead_from_set_to_get() -> None:
    setter = node(2, "SetNode", "picture", inputs="IMAGE:IMAGE", outputs="*:*")
    getter = node(3, "GetNode", "picture", outputs="IMAGE:IMAGE")
    assert inputs(canvas([LOAD, setter, getter, save()], "1.0>2.0 3.0>9.0"))["9"]["images"] == ["1", 0]
    assert inputs(canvas([LOAD, setter, save()], "1.0>2.0 2.0>9.0"))["9"]["images"] == ["1", 0]
    lost = node(3, "GetNode", "nothing", outputs="IMAGE:IMAGE")
    assert "images" not in inputs(canvas([lost, save()], "3.0>9.0"))["9"]


def test_native_reroutes_only_decorate() -> None:
    document = canvas([LOAD, save()], "1.0>9.0", version=1, reroutes=[{"id": 1, "pos": [0, 0], "linkIds": [1]}])
    assert inputs(document)["9"]["images"] == ["1", 0]


# ---- modes ----


def test_a_muted_node_and_the_inputs_it_fed_go() -> None:
    assert inputs(canvas([LOAD, invert(2, mode=2), save()], "1.0>2.0 2.0>9.0")) == {
        "1": {"image": "cat.png"},
        "9": {"filename_prefix": "cat"},
    }


def test_a_muted_source_takes_the_widget_with_it() -> None:
    muted = node(2, "PrimitiveInt", 64, "fixed", outputs="INT:INT", mode=2)
    latent = node(3, "EmptyLatentImage", 512, 512, 1, inputs="width!:INT", outputs="LATENT:LATENT")
    assert inputs(canvas([muted, latent], "2.0>3.0")) == {"3": {"height": 512, "batch_size": 1}}


def test_a_bypassed_node_passes_its_input_on() -> None:
    document = canvas([LOAD, invert(2, mode=4), invert(3, mode=4), save()], "1.0>2.0 2.0>3.0 3.0>9.0")
    assert inputs(document)["9"]["images"] == ["1", 0]
    assert list(inputs(document)) == ["1", "9"]


@pytest.mark.parametrize(
    ("sockets", "chosen"),
    [
        ("a:IMAGE b:IMAGE", 0),  # the same index
        ("a:MASK b:LATENT c:IMAGE", 2),  # the same type
        ("a:MASK b:* c:IMAGE", 2),  # the very same type before one that only fits
        ("a:MASK b:IMAGE,MASK", 1),  # the first that fits
        ("a:MASK b:LATENT", None),
        ("", None),
    ],
)
def test_which_input_a_bypassed_node_passes_on(sockets: str, chosen: int | None) -> None:
    many = node(1, "Many", outputs=" ".join(f"o{i}:*" for i in range(4)))
    bypassed = node(2, "Any", inputs=sockets, outputs="x:IMAGE", mode=4)
    feeds = " ".join(f"1.{i}>2.{i}" for i in range(len(sockets.split())))
    images = inputs(canvas([many, bypassed, save()], f"{feeds} 2.0>9.0"))["9"].get("images")
    assert images == (None if chosen is None else ["1", chosen])


def test_old_triggers_are_active() -> None:
    assert list(inputs(canvas([LOAD, invert(2, mode=3), invert(3, mode=1)], "1.0>2.0 1.0>3.0"))) == ["1", "2", "3"]


# ---- what is not known ----


def test_unknown_classes_are_reported_and_converted_as_well_as_can_be() -> None:
    unknown = node(2, "Sharpen+", 0.5, "soft", 42, "fixed", inputs="image:IMAGE amount!:FLOAT mode!:COMBO seed!:INT")
    unknown["outputs"] = [{"name": "IMAGE", "type": "IMAGE"}]
    converted = to_api(canvas([LOAD, unknown, save()], "1.0>2.0 2.0>9.0"), SPECS)
    assert converted.unknown_classes == ["Sharpen+"]
    assert [(w.kind, w.node) for w in converted.warnings] == [(NoticeKind.UNKNOWN_CLASS, "2")]
    assert converted.prompt["2"]["inputs"] == {"amount": 0.5, "mode": "soft", "seed": 42, "image": ["1", 0]}
    assert converted.prompt["9"]["inputs"]["images"] == ["2", 0]


def test_links_that_are_not_in_the_document_leave_the_widget() -> None:
    latent = node(3, "EmptyLatentImage", 512, 512, 1, inputs="width!:INT")
    latent["inputs"][0]["link"] = 99
    assert inputs(canvas([latent]))["3"]["width"] == 512


def test_literal_lists_are_wrapped() -> None:
    several = node(1, "Options", inputs="many!:COMBO", widgets_values={"many": ["a", "b"]})
    assert inputs(canvas([several]))["1"]["many"] == {"__value__": ["a", "b"]}


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], "got `array`"),
        ({"links": []}, "nodes"),
        ({"nodes": {}}, r"\$\.nodes"),
        ({"nodes": [{"id": 1, "type": "X"}, {"type": "X"}]}, r"`id` - at `\$\.nodes\[1\]`"),
        ({"nodes": [{"id": 1, "type": "X", "inputs": 5}]}, r"`\$\.nodes\[0\]\.inputs`.*Node ID '#1'"),
        ({"nodes": [], "links": [[1, 2]]}, r"\$\.links\[0\]"),
        ({"nodes": [], "links": [[1, None, 0, 2, 0, "X"]]}, r"`\$\.links\[0\]\.origin_id`"),
    ],
)
def test_malformed_documents_say_where(document: object, where: str) -> None:
    with pytest.raises(CanvasError, match=where):
        to_api(document, SPECS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.floats() | st.sampled_from(["", "x", "Reroute", "LoadImage"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "x", "0"]), inner),
    max_leaves=5,
)
drawn_nodes = st.fixed_dictionaries(
    {
        "id": st.integers(0, 5),
        "type": st.sampled_from([*SPECS, "Reroute", "PrimitiveNode", "SetNode", "GetNode", "Note", "Unknown", "S"]),
    },
    optional={
        "mode": st.sampled_from([0, 2, 4]),
        "inputs": st.lists(
            st.fixed_dictionaries(
                {"name": st.sampled_from(["image", "seed", "clip"]), "link": st.none() | st.integers(0, 8)},
                optional={"widget": st.just({"name": "image"}), "type": json_values},
            ),
            max_size=3,
        ),
        "outputs": st.lists(st.fixed_dictionaries({"type": json_values}), max_size=3),
        "widgets_values": json_values,
        "widgets_values_named": st.dictionaries(st.sampled_from(["image", "seed"]), json_values),
        "title": json_values,
    },
)
drawn_links = st.lists(
    st.tuples(*[st.integers(0, 8), st.integers(-1, 5), st.integers(-1, 3), st.integers(0, 5), st.integers(0, 3)]).map(
        list
    )
    | st.none(),
    max_size=8,
)
inner_links = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 8),
            "origin_id": st.sampled_from([-10, 0, 1, 2]),
            "origin_slot": st.integers(0, 2),
            "target_id": st.sampled_from([-20, 0, 1, 2]),
            "target_slot": st.integers(0, 2),
        }
    ),
    max_size=8,
)


@settings(max_examples=100)
@given(st.lists(drawn_nodes, max_size=6), drawn_links, st.lists(drawn_nodes, max_size=3), inner_links)
def test_every_well_formed_document_converts(nodes: Any, links: Any, inner: Any, inside: Any) -> None:
    ports = [{"name": "image"}, {"name": "seed"}]
    definition = {"id": "S", "nodes": inner, "links": inside, "inputs": ports, "outputs": ports}
    document = {"nodes": nodes, "links": links, "definitions": {"subgraphs": [definition]}}
    prompt = to_api(document, SPECS).prompt
    for written in prompt.values():
        for value in written["inputs"].values():
            if isinstance(value, list):
                assert value[0] in prompt  # no link leads to a node that is not there


# ---- inputs of later editors ----


def test_members_of_groups_are_linked_by_their_full_names() -> None:
    numbers = node(1, "PrimitiveInt", 64, "fixed", outputs="INT:INT")
    join = node(2, "Join", inputs="values.a:* values.b:*")
    assert inputs(canvas([numbers, join], "1.0>2.0"))["2"] == {"values.a": ["1", 0]}
    resize = node(3, "Resize", "to size", 64, 32, "area", inputs="image:IMAGE resize_type.width!:INT")
    assert inputs(canvas([numbers, LOAD | {"id": 4}, resize], "4.0>3.0 1.0>3.1"))["3"] == {
        "image": ["4", 0],
        "resize_type": "to size",
        "resize_type.width": ["1", 0],
        "resize_type.height": 32,
        "method": "area",
    }


@pytest.mark.parametrize("mode", [0, 1, 3])
def test_older_triggers_count_as_active(mode: int) -> None:
    assert list(inputs(canvas([{**LOAD, "mode": mode}]))) == ["1"]


def test_a_muted_primitive_or_reroute_cuts_the_link() -> None:
    primitive = node(2, "PrimitiveNode", 123, "fixed", outputs="INT:INT", mode=2)
    latent = node(3, "EmptyLatentImage", 512, 512, 1, inputs="width!:INT", outputs="LATENT:LATENT")
    assert inputs(canvas([primitive, latent], "2.0>3.0")) == {"3": {"height": 512, "batch_size": 1}}
    reroute = node(2, "Reroute", inputs=":*", outputs=":*", mode=2)
    assert "images" not in inputs(canvas([LOAD, reroute, save()], "1.0>2.0 2.0>9.0"))["9"]


def test_a_primitive_reaches_through_reroutes_and_keeps_its_type() -> None:
    primitive = node(2, "PrimitiveNode", [1, 2], outputs="ARRAY:ARRAY")
    reroute = node(3, "Reroute", inputs=":*", outputs=":*")
    options = node(4, "Options", inputs="anything:*")
    assert inputs(canvas([primitive, reroute, options], "2.0>3.0 3.0>4.0"))["4"]["anything"] == {"__value__": [1, 2]}


def test_ids_of_any_writing_are_one_node() -> None:
    document = canvas([{**LOAD, "id": "1"}, save()])
    document["nodes"][1]["inputs"][0]["link"] = "5"
    document["links"] = [[5, 1.0, 0, 9, 0, "IMAGE"]]
    assert inputs(document)["9"]["images"] == ["1", 0]


def test_titles_are_kept_and_unknown_nodes_are_named_with_theirs() -> None:
    converted = to_api(canvas([node(3, "Mystery", outputs="a:A", title="My mystery")]), SPECS)
    assert converted.prompt["3"]["_meta"] == {"title": "My mystery"}
    (notice,) = converted.warnings
    assert (notice.node, notice.class_type, notice.title) == ("3", "Mystery", "My mystery")
    assert "'Mystery' ('My mystery', node 3)" in notice.message
