"""Subgraphs: flattened ids, their walls, promoted widgets, nesting."""

from typing import Any

import pytest
from canvas_drawing import Json, canvas, node, subgraph, with_subgraphs
from sample_specs import SPECS

from nodegraph.graph.canvas.convert import NoticeKind, to_api
from nodegraph.graph.canvas.document import CanvasError


def load(id: int = 1) -> Json:
    return node(id, "LoadImage", "cat.png", outputs="IMAGE:IMAGE MASK:MASK")


def save(id: int = 9) -> Json:
    return node(id, "SaveImage", "cat", inputs="images:IMAGE")


def invert(id: int, **more: Any) -> Json:
    return node(id, "ImageInvert", inputs="image:IMAGE", outputs="IMAGE:IMAGE", **more)


def host(id: int, definition: str, *widgets: Any, inputs: str = "image:IMAGE", **more: Any) -> Json:
    return node(id, definition, *widgets, inputs=inputs, outputs="IMAGE:IMAGE", **more)


def inputs(document: Json) -> dict[str, dict[str, Any]]:
    return {id: written["inputs"] for id, written in to_api(document, SPECS).prompt.items()}


def twice() -> Json:
    """A subgraph that inverts twice."""
    return subgraph(
        "twice",
        [invert(1), invert(2)],
        "in.0>1.0 1.0>2.0 2.0>out.0",
        inputs="image:IMAGE",
        outputs="IMAGE:IMAGE",
    )


def test_instances_are_flattened() -> None:
    document = canvas([load(), host(5, "twice"), host(6, "twice"), save()], "1.0>5.0 5.0>6.0 6.0>9.0")
    assert inputs(with_subgraphs(document, twice())) == {
        "1": {"image": "cat.png"},
        "5:1": {"image": ["1", 0]},
        "5:2": {"image": ["5:1", 0]},
        "6:1": {"image": ["5:2", 0]},
        "6:2": {"image": ["6:1", 0]},
        "9": {"filename_prefix": "cat", "images": ["6:2", 0]},
    }


@pytest.mark.parametrize("written_inside", [False, True])
def test_subgraphs_nest(written_inside: bool) -> None:
    outer = subgraph(
        "outer",
        [host(7, "twice"), invert(8)],
        "in.0>7.0 7.0>8.0 8.0>out.0",
        inputs="image:IMAGE",
        outputs="IMAGE:IMAGE",
    )
    document = canvas([load(), host(5, "outer"), save()], "1.0>5.0 5.0>9.0")
    if written_inside:
        document = with_subgraphs(document, with_subgraphs(outer, twice()))
    else:
        document = with_subgraphs(document, outer, twice())
    assert inputs(document) == {
        "1": {"image": "cat.png"},
        "5:7:1": {"image": ["1", 0]},
        "5:7:2": {"image": ["5:7:1", 0]},
        "5:8": {"image": ["5:7:2", 0]},
        "9": {"filename_prefix": "cat", "images": ["5:8", 0]},
    }


def test_an_input_straight_to_an_output() -> None:
    through = subgraph("through", [], "in.0>out.0", inputs="image:IMAGE", outputs="IMAGE:IMAGE")
    document = canvas([load(), host(5, "through"), save()], "1.0>5.0 5.0>9.0")
    assert inputs(with_subgraphs(document, through))["9"]["images"] == ["1", 0]


def test_hosts_can_be_muted_and_bypassed() -> None:
    muted = canvas([load(), host(5, "twice", mode=2), save()], "1.0>5.0 5.0>9.0")
    assert inputs(with_subgraphs(muted, twice())) == {"1": {"image": "cat.png"}, "9": {"filename_prefix": "cat"}}
    bypassed = canvas([load(), host(5, "twice", mode=4), save()], "1.0>5.0 5.0>9.0")
    assert inputs(with_subgraphs(bypassed, twice()))["9"]["images"] == ["1", 0]


def test_a_bypassed_node_inside() -> None:
    inside = twice()
    inside["nodes"][1]["mode"] = 4
    document = canvas([load(), host(5, "twice"), save()], "1.0>5.0 5.0>9.0")
    assert inputs(with_subgraphs(document, inside))["9"]["images"] == ["5:1", 0]


def empty_latent() -> Json:
    """A subgraph around an empty latent, whose height and width (in this order) are inputs of the subgraph."""
    inner = node(1, "EmptyLatentImage", 512, 768, 1, inputs="width!:INT height!:INT", outputs="LATENT:LATENT")
    return subgraph(
        "latent",
        [inner],
        "in.2>1.0 in.1>1.1 1.0>out.0",
        inputs="vae:VAE height:INT width:INT",
        outputs="LATENT:LATENT",
    )


def size(document: Json) -> tuple[Any, Any]:
    inner = inputs(with_subgraphs(document, empty_latent()))["5:1"]
    return inner.get("width"), inner.get("height")


SOCKETS = "vae:VAE height:INT width:INT"


def test_without_values_of_the_host_the_inner_widgets_count() -> None:
    older = {"properties": {"proxyWidgets": [["1", "height"], ["1", "width"]]}, "widgets_values": []}
    assert size(canvas([host(5, "latent", inputs=SOCKETS, **older)])) == (512, 768)


def test_values_of_the_host_override_the_inner_widgets() -> None:
    assert size(canvas([host(5, "latent", 33, 44, inputs=SOCKETS)])) == (44, 33)
    assert size(canvas([host(5, "latent", 33, None, inputs=SOCKETS)])) == (512, 33)
    assert size(canvas([host(5, "latent", inputs=SOCKETS, widgets_values_named={"width": 8})])) == (8, 768)
    assert size(canvas([host(5, "latent", 33, 44, inputs="vae:VAE")])) == (44, 33)


def test_links_override_values_of_the_host() -> None:
    primitive = node(2, "PrimitiveInt", 64, "fixed", outputs="INT:INT")
    assert size(canvas([primitive, host(5, "latent", 33, 44, inputs=SOCKETS)], "2.0>5.2")) == (["2", 0], 33)
    muted = node(2, "PrimitiveInt", 64, "fixed", outputs="INT:INT", mode=2)
    assert size(canvas([muted, host(5, "latent", 33, 44, inputs=SOCKETS)], "2.0>5.2")) == (None, 33)


def test_the_outermost_host_decides() -> None:
    outer = subgraph(
        "outer",
        [host(7, "latent", 33, 44, inputs="vae:VAE height!:INT width!:INT")],
        "in.0>7.2 7.0>out.0",
        inputs="width:INT",
        outputs="LATENT:LATENT",
    )

    def width(*values: Any) -> Any:
        document = canvas([host(5, "outer", *values, inputs="width!:INT")])
        return inputs(with_subgraphs(document, outer, empty_latent()))["5:7:1"]["width"]

    assert width(99) == 99
    assert width() == 44


def test_a_subgraph_that_contains_itself_is_reported() -> None:
    endless = subgraph("endless", [host(1, "endless")], "in.0>1.0 1.0>out.0", inputs="image:I", outputs="o:I")
    converted = to_api(with_subgraphs(canvas([host(5, "endless"), save()], "5.0>9.0"), endless), SPECS)
    assert next((w.kind, w.node) for w in converted.warnings) == (NoticeKind.RECURSIVE_SUBGRAPH, "5:1")
    assert list(converted.prompt) == ["9"]
    assert "images" not in converted.prompt["9"]["inputs"]


def test_subgraphs_that_multiply_without_end_are_refused() -> None:
    levels = [subgraph(str(i), [host(n, str(i + 1)) for n in range(10)], "") for i in range(20)]
    with pytest.raises(CanvasError, match="unfolds to more than"):
        to_api(with_subgraphs(canvas([host(1, "0")]), *levels), SPECS)
