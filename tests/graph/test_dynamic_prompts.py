"""Choices and comments in texts."""

from datetime import datetime

import pytest
from canvas_drawing import canvas, node
from hypothesis import given
from hypothesis import strategies as st
from sample_specs import SPECS

from nodegraph.graph.canvas.convert import Queueing, to_api
from nodegraph.graph.canvas.dynamic_prompts import settle


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("a cat", "a cat", "a cat"),
        ("{red|blue} cat", "red cat", "blue cat"),
        ("{a|b}{c|d}", "ac", "bd"),
        ("{a|{b|c}} x", "a x", "c x"),
        ("{only}", "only", "only"),
        ("{|very} old", " old", "very old"),
        (r"\{a\|b\} \(c\)", r"{a|b} \(c\)", r"{a|b} \(c\)"),
        ("a | b } c", "a | b } c", "a | b } c"),
        ("x {a|b", "x {a|b", "x {a|b"),
        ("{x {a|b}", "{x a", "{x b"),
        ("a // note\nb /* more\nnotes */c", "a \nb c", "a \nb c"),
        ("https://example.org", "https://example.org", "https://example.org"),
        ("end\\", "end\\", "end\\"),
    ],
)
def test_choices_and_comments(text: str, first: str, last: str) -> None:
    assert settle(text, lambda alternatives: alternatives[0]) == first
    assert settle(text, lambda alternatives: alternatives[-1]) == last


@given(st.text(alphabet="ab{}|"))
def test_braces_without_partners_are_all_that_is_left(text: str) -> None:
    settled = settle(text, lambda alternatives: alternatives[0])
    assert len(settled) <= len(text)
    assert settle(settled, lambda alternatives: alternatives[0]) == settled


def test_only_dynamic_texts_are_settled_and_only_when_asked() -> None:
    document = canvas([node(1, "CLIPTextEncode", "{a|b}"), node(2, "Options", widgets_values={"text": "{a|b}"})])

    def texts(**settings: object) -> list[str]:
        return [written["inputs"]["text"] for written in to_api(document, SPECS, **settings).prompt.values()]  # type: ignore[arg-type]

    assert texts() == ["{a|b}", "{a|b}"]
    assert texts(queueing=Queueing(lambda alternatives: alternatives[1], datetime(2026, 1, 2))) == ["b", "{a|b}"]
