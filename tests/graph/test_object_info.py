"""Node classes as clients of the field see them."""

import msgspec
import pytest
from sample_specs import SPECS, files

from nodegraph.graph.object_info import input_config, input_spec, node_spec, object_info
from nodegraph.graph.spec import Choices, FileList, InputSpec, NodeSpec, OutputSpec

STRICT_CLIENTS_REQUIRE = {
    "name",
    "description",
    "python_module",
    "category",
    "input",
    "input_order",
    "output",
    "output_is_list",
    "output_name",
    "output_node",
}


@pytest.mark.parametrize("class_id", SPECS)
def test_every_class_has_what_strict_clients_require_and_is_json(class_id: str) -> None:
    info = object_info(SPECS[class_id], files)
    assert info.keys() >= STRICT_CLIENTS_REQUIRE
    assert "required" in info["input"]
    assert info["input_order"] == {name: list(section) for name, section in info["input"].items()}
    assert msgspec.json.decode(msgspec.json.encode(info)) == info


def test_a_class_in_full() -> None:
    assert object_info(SPECS["SaveImage"], files) == {
        "input": {
            "required": {
                "images": ["IMAGE", {"tooltip": "What to save."}],
                "filename_prefix": ["STRING", {"default": "ComfyUI"}],
            },
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        },
        "input_order": {"required": ["images", "filename_prefix"], "hidden": ["prompt", "extra_pnginfo"]},
        "is_input_list": False,
        "output": [],
        "output_is_list": [],
        "output_name": [],
        "name": "SaveImage",
        "display_name": "Save Image",
        "description": "",
        "python_module": "nodes",
        "category": "image",
        "output_node": True,
    }


def test_what_is_rare_shows_only_when_set() -> None:
    outputs = (OutputSpec("a", "INT", is_list=True, tooltip="All of them."), OutputSpec("b", "INT"))
    rare = NodeSpec("X", "X", "c", (), outputs, deprecated=True, experimental=True, aliases=("y",), takes_lists=True)
    info = object_info(rare, files)
    assert info["output_tooltips"] == ["All of them.", ""]
    assert info["output_is_list"] == [True, False]
    assert (info["deprecated"], info["experimental"], info["is_input_list"]) == (True, True, True)
    assert info["search_aliases"] == ["y"]
    assert "deprecated" not in object_info(SPECS["SaveImage"], files)


def test_files_are_listed_as_they_are_now() -> None:
    there = ["a.png"]
    picture = InputSpec("image", "COMBO", choices=FileList("input", upload="image", extra=("None", "a.png")))
    assert input_config(picture, lambda _: there) == [["a.png", "None"], {"image_upload": True}]
    there.append("b.png")
    assert input_config(picture, lambda _: there)[0] == ["a.png", "b.png", "None"]
    other = InputSpec("image", "COMBO", choices=FileList("output", upload="image"))
    assert input_config(other, lambda _: there)[1] == {"image_upload": True, "image_folder": "output"}


def test_settings_have_the_names_of_the_field() -> None:
    declared = InputSpec(
        "x",
        "INT",
        default=0,
        has_default=True,
        minimum=0,
        maximum=9,
        step=3,
        round=1,
        tooltip="How many.",
        lazy=True,
        socket_only=True,
        control_after_generate=True,
        advanced=True,
        extra={"display": "slider"},
    )
    assert input_config(declared, files) == [
        "INT",
        {
            "display": "slider",
            "default": 0,
            "min": 0,
            "max": 9,
            "step": 3,
            "round": 1,
            "lazy": True,
            "control_after_generate": True,
            "advanced": True,
            "forceInput": True,
            "tooltip": "How many.",
        },
    ]
    assert input_config(InputSpec("x", "MODEL", socket_only=True), files) == ["MODEL", {}]
    text = InputSpec("t", "STRING", multiline=True, dynamic_prompts=True)
    assert input_config(text, files) == ["STRING", {"multiline": True, "dynamicPrompts": True}]


@pytest.mark.parametrize("class_id", [name for name in SPECS if "Load" not in name and name != "SaveImage"])
def test_a_description_can_be_read_back(class_id: str) -> None:
    assert node_spec(object_info(SPECS[class_id], files)) == SPECS[class_id]


def test_both_ways_of_writing_a_choice_are_read() -> None:
    old = input_spec("x", [["a", "b"], {"default": "b"}])
    new = input_spec("x", ["COMBO", {"options": ["a", "b"], "default": "b"}])
    assert old == new == InputSpec("x", "COMBO", choices=Choices(("a", "b")), default="b", has_default=True)
    assert input_spec("x", ["COMBO", {}]).choices is None
    assert input_spec("x", ["MODEL"], optional=True) == InputSpec("x", "MODEL", optional=True)
