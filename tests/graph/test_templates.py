"""Every official workflow of the field converts, to something that makes sense, and back."""

from collections import Counter
from typing import Any

import pytest
from official_templates import FEWEST, Json, levels, template_specs, templates
from sample_specs import SPECS

from nodegraph.graph.api_format import parse
from nodegraph.graph.canvas.convert import to_api
from nodegraph.graph.canvas.draw import from_api
from nodegraph.graph.canvas.report import NoticeKind, unknown_nodes
from nodegraph.graph.spec import NodeSpec

DRAWN_ONLY = {"Note", "MarkdownNote", "Reroute", "PrimitiveNode"}
CONTROLS = ("fixed", "increment", "decrement", "randomize", "image")


@pytest.fixture(params=["few classes are known", "all classes are known"])
def specs(request: pytest.FixtureRequest) -> dict[str, NodeSpec]:
    return SPECS if request.param.startswith("few") else template_specs()


def running(document: Json) -> Counter[str]:
    """How many nodes of each class run, counted in the simplest way: level by level."""
    subgraphs = {level["id"]: level for level in levels(document) if level is not document}
    counted: Counter[str] = Counter()

    def count(level: Json) -> None:
        for node in level["nodes"]:
            if node["mode"] in (2, 4):
                continue
            if node["type"] in subgraphs:
                count(subgraphs[node["type"]])
            elif node["type"] not in DRAWN_ONLY and (node.get("inputs") or node.get("outputs")):
                counted[node["type"]] += 1

    count(document)
    return counted


def test_every_template_converts_to_sense(specs: dict[str, NodeSpec]) -> None:
    seen = 0
    for name, document in templates():
        converted = to_api(document, specs)
        graph = parse(converted.prompt)
        classes = Counter(node.class_id for node in graph.values())
        assert classes == running(document), name
        for node in graph.values():
            assert all(link.node in graph for _, link in node.links()), (name, node.id)
        unknown = {n.node: n.class_type for n in unknown_nodes(converted.warnings)}
        assert unknown == {node.id: node.class_id for node in graph.values() if node.class_id not in specs}, name
        # A link that leads nowhere would be reported: in these files there is none.
        assert {w.kind for w in converted.warnings} <= {NoticeKind.UNKNOWN_CLASS, NoticeKind.OPEN_CHOICES}, name
        seen += 1
    assert seen > FEWEST


def completed(prompt: Json) -> Any:
    """What a prompt says, for comparison: without titles, which conversion adds."""
    return {
        id: (node.class_id, {name: value for name, value in node.inputs.items() if value is not None})
        for id, node in parse(prompt).items()
    }


def test_every_template_is_drawn_again_from_its_prompt(specs: dict[str, NodeSpec]) -> None:
    seen = 0
    for name, document in templates():
        prompt = to_api(document, specs).prompt
        drawn = from_api(prompt, specs).workflow
        assert completed(to_api(drawn, specs).prompt) == completed(prompt), name
        seen += 1
    assert seen > FEWEST
