"""Prompts that cannot run: the shape of what the field's clients are told, for each thing that can be wrong."""

import json
from typing import Any

import pytest
from live_server import FieldClient, Graph, one

SOLID = {"class_type": "SolidMask", "inputs": {"value": 0.437, "width": 8, "height": 8}}


def shown(**nodes: Any) -> Graph:
    """These nodes, the picture ``m`` of the mask ``a``, and ``o``, which shows it."""
    picture = {"class_type": "MaskToImage", "inputs": {"mask": ["a", 0]}}
    return {**nodes, "m": picture, "o": {"class_type": "PreviewImage", "inputs": {"images": ["m", 0]}}}


def solid(**inputs: Any) -> Graph:
    """A graph whose node ``a`` has these inputs besides good ones."""
    return shown(a={**SOLID, "inputs": {**SOLID["inputs"], **inputs}})


def inverted(mask: Any, **nodes: Any) -> Graph:
    """A graph whose node ``a`` takes this for a mask."""
    return shown(**nodes, a={"class_type": "InvertMask", "inputs": {"mask": mask}})


def scaled(method: str) -> Graph:
    inputs = {"image": ["m", 0], "upscale_method": method, "width": 8, "height": 8, "crop": "disabled"}
    graph = shown(s=SOLID, a={"class_type": "InvertMask", "inputs": {"mask": ["s", 0]}})
    graph["m2"] = {"class_type": "ImageScale", "inputs": inputs}
    graph["o"]["inputs"]["images"] = ["m2", 0]
    return graph


LITERAL = {"input_name", "input_config", "received_value"}


@pytest.mark.parametrize(
    ("graph", "node", "type", "details", "extra"),
    [
        (shown(a={"class_type": "InvertMask", "inputs": {}}), "a", "required_input_missing", "mask", {"input_name"}),
        (inverted(["s"], s=SOLID), "a", "bad_linked_input", "mask", LITERAL),
        (
            inverted(
                ["e", 0],
                e={"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
            ),
            "a",
            "return_type_mismatch",
            "mask, received_type(IMAGE) mismatch input_type(MASK)",
            {"input_name", "input_config", "received_type", "linked_node"},
        ),
        (
            solid(width="wide"),
            "a",
            "invalid_input_type",
            "width, 'wide', invalid literal for int() with base 10: 'wide'",
            LITERAL | {"exception_message"},
        ),
        (solid(value=-1), "a", "value_smaller_than_min", "value", LITERAL),
        (solid(value=7), "a", "value_bigger_than_max", "value", LITERAL),
        (
            scaled("magic"),
            "m2",
            "value_not_in_list",
            "upscale_method: 'magic' not in ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']",
            LITERAL,
        ),
        (
            inverted(["nowhere", 0]),
            "a",
            "exception_during_validation",
            None,
            {"exception_type", "traceback", "input_name", "linked_node"},
        ),
    ],
)
async def test_what_is_wrong_with_a_node(
    client: FieldClient, graph: Graph, node: str, type: str, details: str | None, extra: set[str]
) -> None:
    status, body = await client.call("/prompt", {"prompt": graph})
    assert status == 400
    assert body.keys() == {"error", "node_errors"}
    assert body["error"].keys() == {"type", "message", "details", "extra_info"}
    assert body["error"]["type"] == "prompt_outputs_failed_validation"
    assert list(body["node_errors"]) == [node]
    told = body["node_errors"][node]
    assert told.keys() == {"errors", "dependent_outputs", "class_type"}
    assert (told["dependent_outputs"], told["class_type"]) == (["o"], graph[node]["class_type"])
    (error,) = told["errors"]
    assert error.keys() == {"type", "message", "details", "extra_info"}
    assert error["type"] == type
    assert details in (None, error["details"])
    assert error["extra_info"].keys() == extra
    assert body["error"]["details"] == f"{error['message']}: {error['details']}"


async def test_bounds_and_values_are_named(client: FieldClient) -> None:
    _, body = await client.call("/prompt", {"prompt": solid(value=7)})
    (error,) = body["node_errors"]["a"]["errors"]
    assert "7" in error["message"]
    assert "1" in error["message"]
    assert error["extra_info"]["received_value"] == 7
    assert error["extra_info"]["input_config"][1]["max"] == 1


async def test_a_missing_file_is_a_value_that_is_not_in_its_list(client: FieldClient) -> None:
    _, body = await client.call("/prompt", {"prompt": one("LoadImage", image="none.png") | shown(a=SOLID)})
    assert body["node_errors"] == {}  # nothing depends on it
    graph = one("LoadImage", image="none.png") | {"o": {"class_type": "PreviewImage", "inputs": {"images": ["n", 0]}}}
    _, body = await client.call("/prompt", {"prompt": graph})
    (error,) = body["node_errors"]["n"]["errors"]
    assert error["type"] == "value_not_in_list"
    assert error["extra_info"].keys() >= LITERAL


@pytest.mark.parametrize(
    ("body", "type", "message", "details", "extra"),
    [
        ({}, "no_prompt", "No prompt provided", "No prompt provided", {}),
        ({"prompt": {"a": {"inputs": {}}}}, "invalid_prompt", None, "Node ID '#a'", {}),
        (
            {"prompt": {"a": {"class_type": "Nowhere", "inputs": {}, "_meta": {"title": "Mine"}}}},
            "missing_node_type",
            None,
            "Node ID '#a'",
            {"node_id": "a", "class_type": "Nowhere", "node_title": "Mine"},
        ),
        ({"prompt": {"a": SOLID}}, "prompt_no_outputs", "Prompt has no outputs", "", {}),
        ({"prompt": solid(), "partial_execution_targets": []}, "prompt_no_outputs", "Prompt has no outputs", "", {}),
        ({"prompt": solid(), "prompt_id": "A" * 36}, "invalid_prompt_id", None, None, {}),
        ({"prompt": solid(), "prompt_id": 7}, "invalid_prompt_id", None, None, {}),
    ],
)
async def test_what_is_wrong_with_a_prompt(
    client: FieldClient, body: object, type: str, message: str | None, details: str | None, extra: dict[str, str]
) -> None:
    status, answer = await client.call("/prompt", body)
    assert (status, answer["node_errors"]) == (400, {})
    error = answer["error"]
    assert error.keys() == {"type", "message", "details", "extra_info"}
    assert error["type"] == type
    assert message in (None, error["message"])
    assert details in (None, error["details"])
    assert error["extra_info"].items() >= extra.items()


async def test_a_circle_names_its_nodes(client: FieldClient) -> None:
    other = {"class_type": "InvertMask", "inputs": {"mask": ["a", 0]}}
    status, body = await client.call("/prompt", {"prompt": inverted(["b", 0], b=other)})
    assert (status, body["error"]["type"]) == (400, "dependency_cycle")
    assert sorted(body["error"]["extra_info"]["cycle_nodes"]) == ["a", "b"]
    assert body["error"]["extra_info"]["node_id"] in ("a", "b")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"width": "8", "value": "0.438"}, {"width": 8, "value": 0.438}),
        ({"width": 8.9}, {"width": 8}),
        ({"unknown": 1}, {"width": 8}),
    ],
)
async def test_literals_are_read_as_what_their_input_takes(
    client: FieldClient, given: dict[str, Any], read: dict[str, Any]
) -> None:
    prompt_id = (await client.post(solid(**given)))["prompt_id"]
    await client.finish(prompt_id)
    item = (await client.get(f"/history/{prompt_id}"))[prompt_id]
    assert item["status"]["status_str"] == "success"
    assert item["prompt"][2]["a"]["inputs"].items() >= read.items()


async def test_json_is_read_whatever_it_is_called(client: FieldClient) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = json.dumps({"prompt": solid(value=0.439), "number": "3.5", "client_id": client.id})
    async with client.session.post(f"{client.url}/api/prompt", data=body, headers=headers) as response:
        answer = await response.json()
    assert (response.status, answer["number"], answer["node_errors"]) == (200, 3.5, {})
    await client.finish(answer["prompt_id"])
