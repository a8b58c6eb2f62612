"""Documents that no editor saved: broken, endless or huge. They are refused by name, in time that grows no faster."""

import copy
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from canvas_drawing import Json, canvas, node, subgraph, with_subgraphs
from hypothesis import given, settings
from hypothesis import strategies as st
from official_templates import templates
from processor_time import least_seconds
from sample_specs import SPECS

from nodegraph.graph.api_format import parse
from nodegraph.graph.canvas.convert import Queueing, to_api
from nodegraph.graph.canvas.document import CanvasError
from nodegraph.graph.canvas.draw import from_api
from nodegraph.graph.canvas.dynamic_prompts import settle
from nodegraph.graph.canvas.report import NoticeKind
from nodegraph.graph.formats import Format, UnknownFormatError, convert
from nodegraph.graph.problems import PromptError


def host(id: int, definition: str) -> Json:
    return node(id, definition, inputs="image:IMAGE", outputs="IMAGE:IMAGE")


def reroute(id: int) -> Json:
    return node(id, "Reroute", inputs=":*", outputs=":*")


# ---- broken ----

ORIGINALS = {name: json.dumps(document) for name, document in templates() if len(json.dumps(document)) < 60_000}
BROKEN: list[Any] = [None, True, -1, 0, 5, 1.5, float("nan"), 10**40, "", "5", "Reroute", [], [1], {}, {"id": 1}]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, child in inner for place in [(*path, key), *places(child, (*path, key))]]


@st.composite
def broken(draw: st.DrawFn) -> Json:
    """A real workflow in which a few things were dropped, replaced, or put in the place of others."""
    document: Json = json.loads(ORIGINALS[draw(st.sampled_from(sorted(ORIGINALS)))])
    relevant = [p for p in places(document) if p[0] in ("nodes", "links", "definitions")]
    for place in draw(st.lists(st.sampled_from(relevant), min_size=1, max_size=6)):
        *way, last = place
        try:
            parent: Any = document
            for key in way:
                parent = parent[key]
            match draw(st.sampled_from(["drop", "replace", "transplant"])):
                case "drop":
                    del parent[last]
                case "replace":
                    parent[last] = copy.deepcopy(draw(st.sampled_from(BROKEN)))
                case _:
                    other: Any = json.loads(json.dumps(document))
                    for key in draw(st.sampled_from(relevant)):
                        other = other[key]
                    parent[last] = copy.deepcopy(other)
        except (KeyError, IndexError, TypeError):
            pass  # an earlier change took it away
    made: Json = json.loads(json.dumps(document))  # with text for keys, as JSON has them
    return made


@settings(max_examples=150)
@given(broken())
def test_broken_documents_convert_or_are_refused(document: Json) -> None:
    try:
        converted = convert(document, SPECS, Format.API, queueing=None)
    except (PromptError, UnknownFormatError):
        return
    graph = parse(converted.workflow)
    assert all(link.node in graph for node in graph.values() for _, link in node.links())
    assert all(n.node in graph or n.kind is NoticeKind.RECURSIVE_SUBGRAPH for n in converted.warnings)
    from_api(converted.workflow, SPECS)


def test_an_error_names_the_node_and_the_place() -> None:
    document = canvas([node(4, "LoadImage"), node(7, "SaveImage", mode="loud")])
    with pytest.raises(CanvasError) as caught:
        to_api(document, SPECS)
    problem = caught.value.problem
    assert problem.type == "invalid_workflow"
    assert "`$.nodes[1].mode`" in problem.message
    assert (problem.details, problem.extra_info) == ("Node ID '#7'", {"node_id": "7"})


def test_an_error_in_a_subgraph_says_in_which() -> None:
    inner = subgraph("inner", [node(1, "ImageInvert", mode="loud")], "")
    outer = with_subgraphs(subgraph("outer", [host(1, "inner")], ""), inner)
    with pytest.raises(CanvasError, match=r"`\$\.definitions\.subgraphs\[0\]\.definitions\.subgraphs\[0\]\.nodes\[0\]"):
        to_api(with_subgraphs(canvas([host(1, "outer")]), outer), SPECS)


# ---- lost ----


@pytest.mark.parametrize(
    "document",
    [
        canvas([node(9, "SaveImage", "x", inputs="images:IMAGE")], "5.0>9.0"),  # from a node that is not there
        canvas([node(9, "SaveImage", "x", inputs="images:IMAGE"), reroute(1), reroute(2)], "1.0>2.0 2.0>1.0 2.0>9.0"),
        canvas([node(9, "SaveImage", "x", inputs="images:IMAGE"), node(1, "GetNode", "lost", outputs="*")], "1.0>9.0"),
    ],
)
def test_a_link_that_leads_nowhere_is_reported(document: Json) -> None:
    converted = to_api(document, SPECS)
    assert converted.prompt["9"]["inputs"] == {"filename_prefix": "x"}
    assert [(w.kind, w.node) for w in converted.warnings] == [(NoticeKind.DROPPED_LINK, "9")]


def test_of_two_nodes_with_one_id_the_later_is_kept_and_it_is_said() -> None:
    converted = to_api(canvas([node(1, "LoadImage", "a.png"), node(1, "SaveImage", "x")]), SPECS)
    assert converted.prompt["1"]["class_type"] == "SaveImage"
    assert [(w.kind, w.node) for w in converted.warnings] == [(NoticeKind.DUPLICATE_NODE, "1")]


# ---- endless and huge ----


def test_subgraphs_nested_too_deep_are_refused() -> None:
    levels = [subgraph(str(i), [host(1, str(i + 1))], "") for i in range(1_000)]
    with pytest.raises(CanvasError, match="nested more than 100 deep"):
        to_api(with_subgraphs(canvas([host(1, "0")]), *levels), SPECS)


def test_a_link_through_subgraphs_that_multiply_is_refused_before_it_is_followed() -> None:
    levels = [
        subgraph(
            str(i),
            [host(1, str(i + 1)), host(2, str(i + 1))],
            "in.0>1.0 1.0>2.0 2.0>out.0",
            inputs="image",
            outputs="o",
        )
        for i in range(60)
    ]
    levels.append(subgraph("60", [], "in.0>out.0", inputs="image", outputs="o"))
    save = node(9, "SaveImage", inputs="images:IMAGE")
    with pytest.raises(CanvasError, match="unfolds to more than"):
        to_api(with_subgraphs(canvas([save, host(1, "0")], "1.0>9.0"), *levels), SPECS)


def test_documents_nested_without_end_are_refused_or_read() -> None:
    nested: Json = subgraph("0", [], "")
    for i in range(1, 5_000):
        nested = with_subgraphs(subgraph(str(i), [], ""), nested)
    assert to_api(with_subgraphs(canvas([]), nested), SPECS).prompt == {}


def inverters(count: int) -> Json:
    """A chain of reroutes with a node at each of them, and a long text in each node."""
    drawn: list[Json] = [node(0, "LoadImage", "cat.png", outputs="IMAGE:IMAGE")]
    links: list[str] = []
    for i in range(1, count + 1):
        drawn += [reroute(2 * i), node(2 * i + 1, "ImageInvert", inputs="image:IMAGE", outputs="IMAGE:IMAGE")]
        links += [f"{2 * i - 2}.0>{2 * i}.0", f"{2 * i}.0>{2 * i + 1}.0"]
    return canvas(drawn, " ".join(links))


def instances(count: int) -> Json:
    """Many instances of one subgraph in a row, that holds many links."""
    inside = subgraph("s", [reroute(i) for i in range(1, 20)], "in.0>1.0 1.0>out.0", inputs="image", outputs="IMAGE")
    hosts = [host(i, "s") for i in range(1, count + 1)]
    return with_subgraphs(canvas(hosts, " ".join(f"{i}.0>{i + 1}.0" for i in range(1, count))), inside)


def ladder(count: int) -> Json:
    """A prompt in which each node takes the one before it."""
    return {
        str(i): {"class_type": "ImageInvert", "inputs": {"image": [str(i - 1), 0]} if i else {}} for i in range(count)
    }


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda n: _ready(to_api, inverters(n)), id="reroutes"),
        pytest.param(lambda n: _ready(to_api, instances(n)), id="subgraphs"),
        pytest.param(lambda n: _ready(from_api, ladder(n)), id="drawing"),
        pytest.param(lambda n: lambda: settle("{" * n + "a|b" * n, min), id="open choices"),
        pytest.param(lambda n: lambda: settle("/*" * n, min), id="open comments"),
        pytest.param(lambda n: lambda: settle("{a|" * n + "}" * n, min), id="nested choices"),
    ],
)
def test_time_grows_with_the_document(work: Callable[[int], Callable[[], object]]) -> None:
    small, large = least_seconds(work(150)), least_seconds(work(1_200))
    assert large < small * 8 * 3 + 0.01


def _ready(convert: Callable[..., object], document: Json) -> Callable[[], object]:
    return lambda: convert(document, SPECS)


def test_queueing_touches_every_text_of_a_huge_document() -> None:
    document = canvas([node(i, "CLIPTextEncode", "{a|b}") for i in range(1_500)])
    prompt = to_api(document, SPECS, queueing=Queueing(min, datetime(2026, 1, 1))).prompt
    assert {written["inputs"]["text"] for written in prompt.values()} == {"a"}
