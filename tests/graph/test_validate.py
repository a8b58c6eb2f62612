"""What validation finds wrong, and what it lets through."""

import copy
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processor_time import least_seconds
from sample_specs import CHECKPOINTS, PICTURES, SPECS, TEXT_TO_IMAGE, files

from nodegraph.graph.api_format import parse
from nodegraph.graph.graph import Link, Node
from nodegraph.graph.sockets import MATCH
from nodegraph.graph.spec import FileList, InputSpec, NodeSpec, OutputSpec
from nodegraph.graph.validate import Validated, Validator, validate


def check(prompt: Mapping[str, Any], **settings: Any) -> Validated:
    return Validator(SPECS)(parse(prompt), files, **settings)


def changed(**inputs: Any) -> dict[str, Any]:
    """The text-to-image prompt with other inputs: ``node_input=value``, where node is its number after an ``n``."""
    prompt = copy.deepcopy(TEXT_TO_IMAGE)
    for place, value in inputs.items():
        node, _, name = place.removeprefix("n").partition("_")
        prompt[node]["inputs"][name] = value
    return prompt


def types(validated: Validated) -> dict[str, list[str]]:
    """The types of the problems of each node."""
    return {id: [problem.type for problem in node.errors] for id, node in validated.node_errors.items()}


def only_problem(prompt: Mapping[str, Any], **settings: Any) -> Any:
    validated = check(prompt, **settings)
    ((node,),) = ([*validated.node_errors.values()],)
    (problem,) = node.errors
    return problem


def options(**inputs: Any) -> dict[str, Any]:
    """A prompt of one node with an input of every kind."""
    return {"1": {"class_type": "Options", "inputs": inputs}}


def test_a_correct_prompt_passes_whole() -> None:
    validated = check(TEXT_TO_IMAGE)
    assert validated.error is None
    assert validated.node_errors == {}
    assert validated.outputs == ["7"]
    assert validated.graph == parse(TEXT_TO_IMAGE)


# ---- the prompt as a whole ----


def test_unknown_classes_are_all_named_and_the_rest_is_still_checked() -> None:
    prompt = changed(n5_steps="many")
    prompt["6"]["class_type"] = "NoSuchDecoder"
    prompt["8"] = {"class_type": "Nor This", "inputs": {}, "_meta": {"title": "Mine"}}
    error = check(prompt).error
    assert error is not None
    assert error.type == "missing_node_type"
    assert "NoSuchDecoder" in error.message
    assert error.extra_info["node_id"] == "6"
    assert error.extra_info["class_type"] == "NoSuchDecoder"
    assert error.extra_info["node_title"] == "NoSuchDecoder"
    assert error.extra_info["missing"][1] == {"node_id": "8", "class_type": "Nor This", "node_title": "Mine"}
    assert types(check(prompt)) == {"5": ["invalid_input_type"]}


@pytest.mark.parametrize("targets", [None, [], ["1"], ["nowhere"]])
def test_a_prompt_without_outputs_is_refused(targets: list[str] | None) -> None:
    prompt = {"1": TEXT_TO_IMAGE["1"]} if targets is None else TEXT_TO_IMAGE
    error = check(prompt, targets=targets).error
    assert error is not None
    assert (error.type, error.message, error.details) == ("prompt_no_outputs", "Prompt has no outputs", "")


def test_a_cycle_is_named() -> None:
    prompt = {
        "a": {"class_type": "ImageInvert", "inputs": {"image": ["b", 0]}},
        "b": {"class_type": "ImageInvert", "inputs": {"image": ["a", 0]}},
        "c": {"class_type": "SaveImage", "inputs": {"images": ["b", 0], "filename_prefix": ""}},
    }
    validated = check(prompt)
    assert validated.error is not None
    assert validated.error.type == "dependency_cycle"
    assert sorted(validated.error.extra_info["cycle_nodes"]) == ["a", "b"]
    assert validated.error.extra_info["node_id"] in ("a", "b")
    assert [node.dependent_outputs for node in validated.node_errors.values()] == [["c"]]


def test_outputs_behind_a_cycle_depend_on_all_that_feeds_it() -> None:
    prompt = {
        "z": {"class_type": "Options", "inputs": {"number": -1}},
        "a": {"class_type": "Options", "inputs": {"anything": ["b", 0]}},
        "b": {"class_type": "Options", "inputs": {"anything": ["c", 0], "mask": ["z", 0]}},
        "c": {"class_type": "Options", "inputs": {"anything": ["a", 0]}},
        "s": {"class_type": "Options", "inputs": {"anything": ["a", 0]}},
    }
    errors = check(prompt, targets=["s"]).node_errors
    assert errors["z"].dependent_outputs == ["s"]
    assert all(node.dependent_outputs == ["s"] for node in errors.values())


def test_the_details_of_a_refused_prompt_list_every_problem() -> None:
    error = check(changed(n5_steps=0, n7_images=["nowhere", 0])).error
    assert error is not None
    assert error.type == "prompt_outputs_failed_validation"
    assert error.details == "A link leads nowhere: images: there is no node 'nowhere'"  # the rest is no longer reached
    error = check(changed(n5_steps=0, n5_cfg=101)).error
    assert error is not None
    assert error.details.splitlines() == [
        "Value 0 smaller than min of 1: steps",
        "Value 101.0 bigger than max of 100.0: cfg",
    ]


def test_every_problem_is_found_at_once() -> None:
    prompt = changed(
        n1_ckpt_name="gone.safetensors", n2_clip=["1", 0], n4_width="wide", n5_sampler_name="eular", n5_denoise=2
    )
    del prompt["3"]["inputs"]["text"]
    assert types(check(prompt)) == {
        "1": ["value_not_in_list"],
        "2": ["return_type_mismatch"],
        "3": ["required_input_missing"],
        "4": ["invalid_input_type"],
        "5": ["value_not_in_list", "value_bigger_than_max"],
    }


def test_a_failed_output_is_dropped_and_the_rest_is_kept() -> None:
    prompt = changed()
    prompt["8"] = {"class_type": "Options", "inputs": {"number": 11}}
    prompt["9"] = {"class_type": "Options", "inputs": {"number": 3, "anything": ["8", 0]}}
    validated = check(prompt)
    assert validated.error is None
    assert validated.outputs == ["7"]
    assert list(validated.graph) == ["1", "2", "3", "4", "5", "6", "7"]
    assert validated.node_errors["8"].dependent_outputs == ["8", "9"]
    assert validated.node_errors["8"].class_type == "Options"


def test_an_unknown_class_that_feeds_nothing_wanted_is_left_out_by_the_lenient() -> None:
    prompt = changed()
    prompt["8"] = {"class_type": "NoSuchSave", "inputs": {"images": ["6", 0]}}
    prompt["9"] = {"class_type": "NoSuchLoader", "inputs": {}}
    prompt["10"] = {"class_type": "ImageInvert", "inputs": {"image": ["9", 0]}}
    validated = check(prompt, lenient=True)
    assert validated.error is None
    assert validated.outputs == ["7"]
    assert list(validated.graph) == ["1", "2", "3", "4", "5", "6", "7"]
    assert types(validated) == {"8": ["missing_node_type"]}  # it may save something; nothing that is wanted needs 9
    assert validated.node_errors["8"].dependent_outputs == ["8"]
    assert check(prompt).error is not None


def test_an_unknown_class_in_one_branch_leaves_the_others_to_the_lenient() -> None:
    prompt = changed()
    prompt["8"] = {"class_type": "NoSuchUpscaler", "inputs": {"image": ["6", 0]}}
    prompt["9"] = {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "large"}}
    validated = check(prompt, lenient=True)
    assert validated.error is None
    assert validated.outputs == ["7"]
    assert types(validated) == {"8": ["missing_node_type"]}
    assert validated.node_errors["8"].dependent_outputs == ["9"]
    assert check(prompt, targets=["6"], lenient=True).node_errors == {}
    for targets in (["9"], ["8"]):
        error = check(prompt, targets=targets, lenient=True).error
        assert error is not None
        assert error.type == "missing_node_type"
        assert error.extra_info["node_id"] == "8"


def test_only_what_the_targets_need_is_checked() -> None:
    prompt = changed()
    prompt["8"] = {"class_type": "Options", "inputs": {"number": 11}}
    prompt["9"] = {"class_type": "EmptyLatentImage", "inputs": {}}
    validated = check(prompt, targets=["7"])
    assert validated.node_errors == {}
    assert validated.outputs == ["7"]


def test_any_node_can_be_a_target_where_that_is_wanted() -> None:
    validated = check(TEXT_TO_IMAGE, targets=["2"], lenient=True)
    assert (validated.error, validated.outputs) == (None, ["2"])
    assert "7" not in validated.graph
    assert check(TEXT_TO_IMAGE, lenient=True).outputs == ["7"]


# ---- links ----


def test_a_link_of_the_wrong_type() -> None:
    problem = only_problem(changed(n6_vae=["1", 0]))
    assert problem.type == "return_type_mismatch"
    assert problem.details == "vae, received_type(MODEL) mismatch input_type(VAE)"
    assert problem.extra_info == {
        "input_name": "vae",
        "input_config": ["VAE", {}],
        "received_type": "MODEL",
        "linked_node": ["1", 0],
    }


def test_a_link_to_a_slot_that_is_not_there() -> None:
    problem = only_problem(changed(n6_vae=["1", 3]))
    assert problem.type == "exception_during_validation"
    assert "has 3 outputs" in problem.details
    assert only_problem(changed(n6_vae=["1", -1])).type == "exception_during_validation"


@pytest.mark.parametrize("value", [["1"], ["1", 0, 0], [1, 0], []])
def test_a_list_that_is_no_link(value: list[Any]) -> None:
    problem = only_problem(changed(n6_vae=value))
    assert (problem.type, problem.details) == ("bad_linked_input", "vae")
    assert problem.extra_info == {"input_name": "vae", "input_config": ["VAE", {}], "received_value": value}


def test_a_literal_where_only_a_link_can_stand() -> None:
    assert only_problem(changed(n6_vae="vae.pt")).type == "bad_linked_input"
    assert check(options(mask=None)).graph["1"].inputs == {}


def test_any_type_may_feed_a_star() -> None:
    prompt = {"0": TEXT_TO_IMAGE["1"], "1": {"class_type": "Options", "inputs": {"anything": ["0", 2]}}}
    assert check(prompt).error is None
    assert check(options(anything={"a": [1, "x"]})).graph["1"].inputs == {"anything": {"a": [1, "x"]}}


def test_links_to_undeclared_inputs_stay_and_literals_go() -> None:
    prompt = {"0": TEXT_TO_IMAGE["1"], "1": {"class_type": "Options", "inputs": {"extra": ["0", 0], "other": 5}}}
    assert check(prompt).graph["1"].inputs == {"extra": Link("0", 0)}


# ---- literals ----


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("number", "5", 5),
        ("number", 5.9, 5),
        ("number", True, 1),
        ("ratio", "1e-3", 0.001),
        ("ratio", 2, 2.0),
        ("text", 5, "5"),
        ("flag", "false", True),
        ("flag", 0, False),
        ("many", {"__value__": ["b", "a"]}, ["b", "a"]),
        ("curve", {"__value__": [[0, 0], [1, 1]]}, [[0, 0], [1, 1]]),
    ],
)
def test_literals_become_the_type_of_their_input(name: str, given: object, read: object) -> None:
    value = check(options(**{name: given})).graph["1"].inputs[name]
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "abc"),
        ("number", None),
        ("number", {"a": 1}),
        ("number", math.inf),
        ("number", 2**64),
        ("ratio", math.nan),
        ("ratio", "inf"),
        ("ratio", 10**400),
        ("curve", {"__value__": [0.5, {"x": math.nan}]}),
        ("anything", -math.inf),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, value: object) -> None:
    problem = only_problem(options(**{name: value}))
    assert problem.type == "invalid_input_type"
    assert problem.details.startswith(f"{name}, ")
    assert problem.extra_info.keys() == {"input_name", "input_config", "received_value", "exception_message"}


def test_ranges_include_their_ends() -> None:
    assert check(options(number=0)).error is None
    assert check(options(number=10)).error is None
    below, above = only_problem(options(number=-1)), only_problem(options(number="11"))
    assert (below.type, below.message, below.details) == (
        "value_smaller_than_min",
        "Value -1 smaller than min of 0",
        "number",
    )
    assert (above.type, above.message) == ("value_bigger_than_max", "Value 11 bigger than max of 10")
    assert above.extra_info["received_value"] == 11


def test_a_value_that_is_no_option() -> None:
    problem = only_problem(changed(n5_scheduler="nomral"))
    assert problem.details == "scheduler: 'nomral' not in ['normal', 'karras']"
    assert problem.extra_info["input_config"] == [["normal", "karras"], {}]
    assert problem.extra_info["received_value"] == "nomral"


def test_long_lists_are_counted_instead_of_shown() -> None:
    problem = only_problem(options(long="x"))
    assert problem.details == "long: 'x' not in (list of length 30)"
    assert problem.extra_info["input_config"] is None


def test_each_of_several_choices_is_checked() -> None:
    assert only_problem(options(many={"__value__": ["a", "z"]})).extra_info["received_value"] == "z"


@pytest.mark.parametrize("value", [{"a": 1}, {"__value__": ["normal"]}, None, 5])
def test_odd_values_are_no_options_either(value: object) -> None:
    assert only_problem(changed(n5_scheduler=value)).type == "value_not_in_list"


def test_a_missing_file_says_where_it_belongs_and_what_is_there() -> None:
    problem = only_problem(changed(n1_ckpt_name="sd21.safetensors"))
    assert problem.type == "value_not_in_list"
    assert problem.message == "sd21.safetensors was not found"
    assert "put it into the folder 'checkpoints'" in problem.details
    assert "what is there: sd15.safetensors, xl/base.safetensors" in problem.details
    assert problem.extra_info["folder"] == "checkpoints"


def test_a_missing_file_names_the_real_folder_even_when_it_is_empty() -> None:
    graph = parse(changed(n1_ckpt_name="sd21.safetensors"))
    validated = Validator(SPECS)(graph, lambda listing: [], place=lambda listing: f"/models/{listing.folder}")
    (problem,) = validated.node_errors["1"].errors
    assert "put it into /models/checkpoints, which holds none yet" in problem.details
    assert "[]" not in str(problem)


def test_a_missing_file_names_the_command_that_brings_it() -> None:
    graph = parse(changed(n1_ckpt_name="sd21.safetensors"))
    validated = Validator(SPECS)(
        graph, lambda listing: [], bring=lambda listing, name: f"bring {listing.folder} {name}"
    )
    (problem,) = validated.node_errors["1"].errors
    assert problem.type == "value_not_in_list"
    assert problem.extra_info["command"] == "bring checkpoints sd21.safetensors"
    assert "bring it with “bring checkpoints sd21.safetensors”, or put it into" in problem.details
    assert "command" not in only_problem(changed(n1_ckpt_name="sd21.safetensors")).extra_info


def test_a_missing_file_among_many_says_what_is_like_it() -> None:
    def many(listing: FileList) -> list[str]:
        return [f"style-{i}.safetensors" for i in range(500)] + ["anime-v3.safetensors"]

    graph = parse(changed(n1_ckpt_name="anime_v3.safetensors"))
    (problem,) = Validator(SPECS)(graph, many).node_errors["1"].errors
    assert "one of the 501 files there" in problem.details
    assert problem.extra_info["input_config"] is None
    assert "such as anime-v3.safetensors" in problem.details


def test_files_outside_their_list_may_exist_all_the_same() -> None:
    def exists(listing: FileList, name: str) -> bool:
        return listing == PICTURES and name in ("sub/dog.png", "ComfyUI_00001_.png [output]")

    prompt = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "sub/dog.png"}},
        "2": {"class_type": "LoadImage", "inputs": {"image": "ComfyUI_00001_.png [output]"}},
        "3": {"class_type": "LoadImage", "inputs": {"image": "gone.png [output]"}},
        **{
            f"s{i}": {"class_type": "SaveImage", "inputs": {"images": [f"{i}", 0], "filename_prefix": ""}}
            for i in (1, 2, 3)
        },
    }
    validated = check(prompt, exists=exists)
    assert validated.outputs == ["s1", "s2"]
    assert types(validated) == {"3": ["value_not_in_list"]}


def test_each_file_list_is_asked_for_once() -> None:
    asked: list[FileList] = []

    def counting(listing: FileList) -> list[str]:
        asked.append(listing)
        return files(listing)

    prompt = changed()
    prompt["1b"] = TEXT_TO_IMAGE["1"]
    prompt["6"]["inputs"]["vae"] = ["1b", 2]
    assert Validator(SPECS)(parse(prompt), counting).error is None
    assert asked == [CHECKPOINTS]


# ---- groups of inputs ----


def resize(**inputs: Any) -> dict[str, Any]:
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
        "2": {"class_type": "Resize", "inputs": {"image": ["1", 0], "method": "area", **inputs}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": ""}},
    }


def test_members_of_the_chosen_option_are_checked() -> None:
    good = check(resize(**{"resize_type": "by factor", "resize_type.factor": "2"}))
    assert good.graph["2"].inputs["resize_type.factor"] == 2.0
    assert only_problem(resize(**{"resize_type": "by factor", "resize_type.factor": 9})).type == "value_bigger_than_max"
    assert only_problem(resize(resize_type="by factor")).details == "resize_type.factor"
    assert only_problem(resize(resize_type="by luck")).type == "value_not_in_list"


def test_a_group_that_grows_needs_a_member() -> None:
    prompt = {
        "1": {"class_type": "PrimitiveInt", "inputs": {"value": 1}},
        "2": {"class_type": "Join", "inputs": {"values.a": ["1", 0]}},
        "3": {"class_type": "Options", "inputs": {"anything": ["2", 0]}},
    }
    assert check(prompt).graph["2"].inputs == {"values.a": Link("1", 0)}
    prompt["2"]["inputs"] = {}
    assert only_problem(prompt).type == "required_input_missing"


# ---- at any size ----


def image_chain(length: int) -> dict[str, Any]:
    prompt: dict[str, Any] = {"0": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}}}
    for i in range(1, length):
        inputs = {"image": [str(i - 1), 0], "resize_type": "by factor", "resize_type.factor": 1.5, "method": "area"}
        prompt[str(i)] = {"class_type": "Resize", "inputs": inputs}
    prompt["save"] = {"class_type": "SaveImage", "inputs": {"images": [str(length - 1), 0], "filename_prefix": "x"}}
    return prompt


def test_time_is_linear_when_all_is_well_and_when_nothing_is() -> None:
    def seconds(length: int, bad: str) -> float:
        prompt = image_chain(length)
        for i in range(0, length, 2):
            prompt[f"p{i}"] = {"class_type": "SaveImage", "inputs": {"images": [str(i), 0], "filename_prefix": "x"}}
        prompt["0"]["inputs"]["image"] = bad
        graph, validator = parse(prompt), Validator(SPECS)
        assert (validator(graph, files).error is None) == (bad == "cat.png")
        return least_seconds(lambda: validator(graph, files))

    for picture in ("cat.png", "dog.png"):
        assert seconds(2_000, picture) < 8 * seconds(500, picture)  # quadratic would be 16 times


def test_a_chain_of_ten_thousand_is_checked() -> None:
    assert check(image_chain(10_000)).error is None


@st.composite
def random_graphs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """A graph of image nodes without cycles, some with problems, and the types of those problems."""
    prompt: dict[str, Any] = {"0": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}}}
    wrong: dict[str, list[str]] = {}
    for i in range(1, draw(st.integers(1, 15))):
        inputs = {
            "image": [draw(st.sampled_from(sorted(prompt))), 0],
            "resize_type": "to size",
            "resize_type.width": draw(st.integers(-1, 2)),
            "resize_type.height": draw(st.sampled_from([3, "x"])),
            "method": draw(st.sampled_from(["area", "lanczos", "none"])),
        }
        found = ["value_smaller_than_min"] * (inputs["resize_type.width"] < 1)
        found += ["invalid_input_type"] * (inputs["resize_type.height"] == "x")
        found += ["value_not_in_list"] * (inputs["method"] == "none")
        if found:
            wrong[str(i)] = found
        prompt[str(i)] = {"class_type": "Resize", "inputs": inputs}
    for i in list(prompt):
        if draw(st.booleans()):
            prompt[f"s{i}"] = {"class_type": "SaveImage", "inputs": {"images": [i, 0], "filename_prefix": ""}}
    return prompt, wrong


@given(random_graphs())
def test_exactly_the_problems_that_outputs_depend_on_are_reported(made: tuple[dict[str, Any], Any]) -> None:
    prompt, wrong = made

    def sources(id: str) -> set[str]:
        inputs = prompt[id]["inputs"]
        link = inputs.get("image") if prompt[id]["class_type"] == "Resize" else inputs.get("images")
        return {id} | (sources(link[0]) if link else set())

    needed = {output: sources(output) for output in prompt if output.startswith("s")}
    reached = set().union(*needed.values())
    validated = check(prompt)
    assert types(validated) == {id: found for id, found in wrong.items() if id in reached}
    assert validated.outputs == [output for output, ids in needed.items() if not ids & wrong.keys()]
    assert set(validated.graph) == set().union(*(needed[output] for output in validated.outputs))
    assert (validated.error is None) == bool(validated.outputs)
    for id, node in validated.node_errors.items():
        assert node.dependent_outputs == [output for output, ids in needed.items() if id in ids]


@pytest.mark.parametrize(("fed_by", "fits"), [("image", True), ("again", True), ("latent", False)])
def test_an_input_that_matches_takes_what_it_allows(fed_by: str, fits: bool) -> None:
    template = {"template_id": "matched", "allowed_types": "IMAGE,MASK"}
    either = InputSpec("input", MATCH, extra={"template": template})
    specs = {
        "Image": NodeSpec("Image", "", "", (), (OutputSpec("IMAGE", "IMAGE"),)),
        "Latent": NodeSpec("Latent", "", "", (), (OutputSpec("LATENT", "LATENT"),)),
        "Either": NodeSpec("Either", "", "", (either,), (OutputSpec("output", MATCH),), is_output=True),
    }
    graph = {
        "image": Node("image", "Image", {}),
        "latent": Node("latent", "Latent", {}),
        "again": Node("again", "Either", {"input": Link("image", 0)}),
        "end": Node("end", "Either", {"input": Link(fed_by, 0)}),
    }
    validated = validate(graph, specs, lambda listing: (), targets=["end"])
    found = [problem.type for problems in validated.node_errors.values() for problem in problems.errors]
    assert found == ([] if fits else ["return_type_mismatch"])
