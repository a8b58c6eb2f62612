"""Which listed value belongs to which input."""

from typing import Any

import msgspec
import pytest
from canvas_drawing import node
from sample_specs import SPECS

from nodegraph.graph.canvas.document import CanvasNode
from nodegraph.graph.canvas.widgets import widget_values
from nodegraph.graph.spec import Choices, FileList, InputSpec, NodeSpec


def values(drawn: dict[str, Any], *declared: InputSpec) -> dict[str, Any]:
    """The values of a node of a class with these inputs, or of its own class."""
    spec = NodeSpec("X", "X", "c", declared, ()) if declared else SPECS.get(drawn["type"])
    return widget_values(msgspec.convert(drawn, CanvasNode), spec)


SEED = InputSpec("noise_seed", "INT")
STEPS = InputSpec("steps", "INT", default=20, has_default=True)
NAME = InputSpec("name", "STRING", optional=True)


def test_required_come_before_optional_whatever_the_order_of_declaration() -> None:
    assert values(node(1, "X", 5, "a"), NAME, STEPS) == {"steps": 5, "name": "a"}


def test_a_seed_is_followed_by_how_it_changes_even_without_a_flag() -> None:
    assert values(node(1, "X", 7, "randomize", 30), SEED, STEPS) == {"noise_seed": 7, "steps": 30}
    assert values(node(1, "X", 7, 30), SEED, STEPS) == {"noise_seed": 7, "steps": 30}


def test_a_choice_may_be_followed_by_how_it_changes_and_a_filter() -> None:
    choice = InputSpec("ckpt", "COMBO", choices=Choices(("a", "b")), control_after_generate=True)
    assert values(node(1, "X", "a", "fixed", 30), choice, STEPS) == {"ckpt": "a", "steps": 30}
    assert values(node(1, "X", "a", "fixed", "filter", 30), choice, STEPS) == {"ckpt": "a", "steps": 30}


@pytest.mark.parametrize("listed", [["cat.png"], ["cat.png", "image"]])
def test_an_upload_button_is_no_value(listed: list[str]) -> None:
    assert values(node(1, "LoadImage", *listed)) == {"image": "cat.png"}


def test_an_upload_button_in_the_middle_and_at_the_end() -> None:
    picture = InputSpec("image", "COMBO", choices=FileList("input", upload="image"))
    channel = InputSpec("channel", "COMBO", choices=Choices(("alpha", "red")))
    assert values(node(1, "X", "a.png", "image", "red"), picture, channel) == {"image": "a.png", "channel": "red"}
    assert values(node(1, "X", "a.png", "red", "image"), picture, channel) == {"image": "a.png", "channel": "red"}


def test_a_linked_widget_keeps_its_place() -> None:
    drawn = node(1, "EmptyLatentImage", 512, 768, 2, inputs="height!:INT")
    drawn["inputs"][0]["link"] = 1
    assert values(drawn) == {"width": 512, "height": 768, "batch_size": 2}


def test_an_input_saved_as_a_linked_socket_has_no_place() -> None:
    drawn = node(1, "EmptyLatentImage", 512, 2, inputs="height:INT")
    drawn["inputs"][0]["link"] = 1
    assert values(drawn) == {"width": 512, "batch_size": 2}


def test_sockets_have_no_place() -> None:
    forced = InputSpec("forced", "INT", socket_only=True)
    assert values(node(1, "X", 5), forced, InputSpec("any", "*"), InputSpec("m", "MODEL"), STEPS) == {"steps": 5}


def test_a_type_of_a_pack_is_a_widget_if_the_file_says_so() -> None:
    curve = InputSpec("curve", "CURVE")
    assert values(node(1, "X", 5), curve, STEPS) == {"steps": 5}
    assert values(node(1, "X", [[0, 1]], 5, inputs="curve!:CURVE"), curve, STEPS) == {"curve": [[0, 1]], "steps": 5}


def test_values_the_file_does_not_know_are_the_defaults() -> None:
    later = (
        InputSpec("mode", "COMBO", choices=Choices(("a", "b"))),
        InputSpec("text", "STRING"),
        InputSpec("flag", "BOOLEAN"),
        InputSpec("count", "INT", minimum=3),
        InputSpec("files", "COMBO", choices=FileList("vae")),
    )
    assert values(node(1, "X", 5), STEPS, *later) == {"steps": 5, "mode": "a", "text": "", "flag": False, "count": 3}
    assert values(node(1, "X", None, "b"), STEPS, *later)["steps"] == 20


def test_a_dynamic_choice_is_followed_by_its_members() -> None:
    assert values(node(1, "Resize", "to size", 64, 32, "lanczos")) == {
        "resize_type": "to size",
        "resize_type.width": 64,
        "resize_type.height": 32,
        "method": "lanczos",
    }
    assert values(node(1, "Resize", "by factor", 2.0, "lanczos")) == {
        "resize_type": "by factor",
        "resize_type.factor": 2.0,
        "method": "lanczos",
    }


def test_values_by_name() -> None:
    named = {"seed": 3, "steps": 9, "control_after_generate": "fixed", "preview": {"x": 1}}
    rest = {"cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
    assert values(node(1, "KSampler", widgets_values=named)) == {"seed": 3, "steps": 9, **rest}
    assert values(node(1, "KSampler", widgets_values_named=named)) == {"seed": 3, "steps": 9, **rest}
    assert values(node(1, "Unknown", widgets_values=named)) == {"seed": 3, "steps": 9, "preview": {"x": 1}}


def test_members_by_name() -> None:
    named = {"resize_type": "to size", "resize_type.width": 64, "method": "lanczos"}
    assert values(node(1, "Resize", widgets_values_named=named)) == {**named, "resize_type.height": 512}


def test_the_list_counts_unless_it_is_of_another_version() -> None:
    named = {"width": 1, "height": 2, "batch_size": 3}
    assert values(node(1, "EmptyLatentImage", 64, 32, 1, widgets_values_named=named))["width"] == 64
    assert values(node(1, "EmptyLatentImage", "square", 64, 32, 1, widgets_values_named=named)) == named


def test_a_class_nobody_knows_is_read_by_its_sockets() -> None:
    drawn = node(1, "Unknown", 7, "fixed", "a", inputs="image:IMAGE seed!:INT mode!:COMBO")
    assert values(drawn) == {"seed": 7, "mode": "a"}
    assert values(node(1, "Unknown", 7, "fixed", "a")) == {}


def test_a_text_after_a_choice_that_changes_is_no_filter() -> None:
    choice = InputSpec("ckpt", "COMBO", choices=Choices(("a", "b")), control_after_generate=True)
    text = InputSpec("text", "STRING")
    assert values(node(1, "X", "a", "fixed", "hello", 7, "fixed"), choice, text, SEED) == {
        "ckpt": "a",
        "text": "hello",
        "noise_seed": 7,
    }
    assert values(node(1, "X", "a", "fixed", "filter", "hello", 7, "fixed"), choice, text, SEED)["text"] == "hello"


def test_named_values_add_what_the_list_has_no_place_for() -> None:
    forced = InputSpec("forced", "INT", socket_only=True)
    drawn = node(1, "X", 5, widgets_values_named={"steps": 6, "forced": 7, "elsewhere": 8})
    assert values(drawn, forced, STEPS) == {"steps": 5, "forced": 7}


def test_the_name_of_an_upload_button_is_no_value() -> None:
    named = {"image": "cat.png", "upload": "image"}
    drawn = node(1, "LoadImage", "cat.png", "image", inputs="upload!:IMAGEUPLOAD", widgets_values_named=named)
    assert values(drawn) == {"image": "cat.png"}
