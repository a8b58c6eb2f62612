"""Workflows from JSON and pictures, in both formats; the examples in ``workflows/`` are among them."""

import json
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nodegraph.cli.workflow_file import WorkflowFileError, read_workflow
from nodegraph.errors import UserError
from nodegraph.graph.api_format import parse
from nodegraph.graph.spec import NodeSpec
from nodegraph.graph.validate import validate
from nodegraph.packs.loader import load_packs

EXAMPLES = sorted(Path(__file__).parents[2].joinpath("workflows").glob("*.json"))
PROMPT = {"1": {"class_type": "EmptyImage", "inputs": {"width": 8}}}


@pytest.fixture(scope="module")
def specs() -> dict[str, NodeSpec]:
    return {name: node.spec for name, node in load_packs().nodes.items()}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid_once_their_files_are_there(path: Path, specs: dict[str, NodeSpec]) -> None:
    workflow = read_workflow(path, specs)
    assert workflow.warnings == []
    assert workflow.canvas == json.loads(path.read_text())

    graph = parse(workflow.prompt)
    validated = validate(graph, specs, lambda files: ["starter.safetensors", "starter-clip.safetensors"])
    assert validated.error is None
    assert validated.node_errors == {}
    assert validated.graph.keys() == graph.keys()


def test_reads_the_prompt_out_of_a_picture(tmp_path: Path) -> None:
    canvas = json.loads(EXAMPLES[0].read_text())
    path = tmp_path / "picture.png"
    info = PngInfo()
    info.add_text("prompt", json.dumps(PROMPT))
    info.add_text("workflow", json.dumps(canvas))
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)

    workflow = read_workflow(path, {})
    assert workflow.prompt == PROMPT  # what was run wins over what was drawn
    assert workflow.canvas == canvas


def test_reads_the_api_format(tmp_path: Path) -> None:
    path = tmp_path / "prompt.json"
    path.write_text(json.dumps(PROMPT))
    assert read_workflow(path, {}).prompt == PROMPT


def test_a_mark_at_the_beginning_of_a_file_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "prompt.json"
    path.write_text(json.dumps(PROMPT), encoding="utf-8-sig")
    assert read_workflow(path, {}).prompt == PROMPT


def test_dynamic_prompts_of_a_canvas_are_settled(tmp_path: Path, specs: dict[str, NodeSpec]) -> None:
    canvas = {
        "version": 0.4,
        "links": [],
        "nodes": [{"id": 1, "type": "CLIPTextEncode", "widgets_values": ["{a|b} c"]}],
    }
    path = tmp_path / "canvas.json"
    path.write_text(json.dumps(canvas))
    texts = {read_workflow(path, specs).prompt["1"]["inputs"]["text"] for _ in range(64)}
    assert texts == {"a c", "b c"}
    assert read_workflow(path, specs).canvas == canvas


def test_refuses_what_is_nested_too_deeply(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    with pytest.raises(WorkflowFileError, match=r"deep\.json .* nested too deeply"):
        read_workflow(path, {})


def test_says_where_json_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{"1": {\n  "class_type" "EmptyImage"}}')
    with pytest.raises(WorkflowFileError, match=r"broken\.json is not valid JSON: .* at line 2, column 16"):
        read_workflow(path, {})


@pytest.mark.parametrize("name", ["binary.json", "plain.png"])
def test_refuses_what_holds_no_workflow(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xff\xfe\x00not a workflow")
    with pytest.raises(UserError, match=name):
        read_workflow(path, {})
