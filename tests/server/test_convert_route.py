"""Conversion over HTTP: both ways, with a report; texts are settled only when asked."""

import json
from typing import Any

import pytest
from live_server import FieldClient

from nodegraph.server.api_v1.examples import example_workflows

EXAMPLE = json.loads(example_workflows()["text-to-image"].read_text())


async def ask(client: FieldClient, **body: Any) -> tuple[int, dict[str, Any]]:
    async with client.session.post(f"{client.url}/api/v1/convert", json=body) as response:
        return response.status, await response.json()


async def test_there_and_back(client: FieldClient) -> None:
    status, there = await ask(client, workflow=EXAMPLE, to="api")
    assert status == 200
    assert there["warnings"] == there["unknown"] == []
    assert there.keys() == {"prompt", "warnings", "unknown"}
    _, drawn = await ask(client, prompt=there["prompt"], to="canvas")
    assert drawn["workflow"]["version"] == 0.4
    _, back = await ask(client, workflow=drawn["workflow"], to="api")
    assert back["prompt"] == there["prompt"]


async def test_with_both_the_one_asked_for_comes_back_as_it_is(client: FieldClient) -> None:
    prompt = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}
    assert (await ask(client, workflow=EXAMPLE, prompt=prompt, to="canvas"))[1]["workflow"] == EXAMPLE
    assert (await ask(client, workflow=EXAMPLE, prompt=prompt, to="api"))[1]["prompt"] == prompt


async def test_unknown_classes_are_named(client: FieldClient) -> None:
    prompt = {"7": {"class_type": "Nobody's", "inputs": {"x": 1}, "_meta": {"title": "My node"}}}
    _, drawn = await ask(client, prompt=prompt, to="canvas")
    assert drawn["unknown"] == [{"node": "7", "class": "Nobody's", "title": "My node"}]
    _, back = await ask(client, workflow=drawn["workflow"], to="api")
    assert back["unknown"] == drawn["unknown"]
    assert [warning["kind"] for warning in back["warnings"]] == ["unknown_class"]
    assert back["prompt"] == prompt


async def test_choices_are_kept_and_named_or_settled(client: FieldClient) -> None:
    nodes = [{"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a {red|blue} cat"]}]
    workflow = {"version": 0.4, "nodes": nodes, "links": []}
    _, kept = await ask(client, workflow=workflow, to="api")
    assert kept["prompt"]["1"]["inputs"]["text"] == "a {red|blue} cat"
    assert [(warning["kind"], warning["node"]) for warning in kept["warnings"]] == [("open_choices", "1")]
    _, settled = await ask(client, workflow=workflow, to="api", settle=True)
    assert settled["prompt"]["1"]["inputs"]["text"] in ("a red cat", "a blue cat")
    assert settled["warnings"] == []


@pytest.mark.parametrize(
    ("body", "type", "node"),
    [
        ({"to": "api"}, "no_prompt", None),
        ({"to": "api", "workflow": {"nodes": [{"id": 5, "type": 7}]}}, "invalid_workflow", "5"),
        ({"to": "canvas", "prompt": {"5": {"class_type": "X", "inputs": 7}}}, "invalid_prompt", None),
        ({"to": "canvas", "prompt": {"5": 7}}, "invalid_prompt", None),
    ],
)
async def test_malformed_workflows_are_refused(
    client: FieldClient, body: dict[str, Any], type: str, node: str | None
) -> None:
    status, answer = await ask(client, **body)
    assert status == 400
    assert answer["error"]["type"] == type
    assert answer["error"]["extra_info"].get("node_id") == node
    assert node is None or f"#{node}" in answer["error"]["details"]
