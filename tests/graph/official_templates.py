"""The official workflow files of the field, from the package ``comfyui-workflow-templates-json``, for tests."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nodegraph.graph.object_info import node_spec
from nodegraph.graph.spec import NodeSpec

Json = dict[str, Any]

FEWEST = 600
"""The package has at least so many workflows."""


def templates() -> Iterator[tuple[str, Json]]:
    """Each workflow with its name. Read afresh, so that a test may change it."""
    package = find_spec("comfyui_workflow_templates_json")
    assert package is not None
    assert package.origin is not None
    for path in sorted(Path(package.origin).parent.glob("templates/*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict) and "nodes" in document:
            yield path.stem, document


def levels(document: Json) -> Iterator[Json]:
    """The document and the definitions of its subgraphs."""
    yield document
    yield from (document.get("definitions") or {}).get("subgraphs", ())


@cache
def template_specs() -> dict[str, NodeSpec]:
    """Classes as the files show them: the inputs and outputs that any node of a class was saved with.

    A stand-in for the classes of all packs that the files use, of which few are installed.
    """
    inputs: dict[str, dict[str, list[Any]]] = {}
    outputs: dict[str, list[Json]] = {}
    hosts: set[str] = set()
    for _, document in templates():
        hosts |= {level["id"] for level in levels(document) if level is not document}
        for level in levels(document):
            for node in level["nodes"]:
                shown = inputs.setdefault(node["type"], {})
                for socket in node.get("inputs") or ():
                    if "." not in socket["name"] and (socket.get("widget") or socket["name"] not in shown):
                        shown[socket["name"]] = _config(socket, node)
                if len(node.get("outputs") or ()) > len(outputs.get(node["type"], ())):
                    outputs[node["type"]] = node["outputs"]
    drawn_only = {"Note", "MarkdownNote", "Reroute", "PrimitiveNode", "SetNode", "GetNode"} | hosts
    return {name: _spec(name, shown, outputs.get(name, [])) for name, shown in inputs.items() if name not in drawn_only}


def _config(socket: Json, node: Json) -> list[Any]:
    if not socket.get("widget"):
        return [socket["type"], {"forceInput": True}]
    named = node.get("widgets_values_named") or {}
    value = named.get(socket["name"])
    kind = [value] if socket["type"] == "COMBO" and isinstance(value, str) else socket["type"]
    return [kind, {"widgetType": socket["type"]}]


def _spec(name: str, inputs: dict[str, list[Any]], outputs: list[Json]) -> NodeSpec:
    types = [str(output["type"]) for output in outputs]
    return node_spec({"name": name, "input": {"required": inputs}, "output": types})
