"""Values as text, texts that are filled in, and what counts as a number."""

from typing import Any

import pytest
import torch

from nodegraph.values.numbers import NoNumberError, NoTruthError, as_number, as_truth
from nodegraph.values.text import TemplateError, as_text, filled


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ein Text\n", "ein Text\n"),
        (True, "True"),
        (None, "None"),
        (3, "3"),
        (0.1, "0.1"),
        ({"a": [1, "ü"]}, '{\n  "a": [\n    1,\n    "ü"\n  ]\n}'),
        (torch.tensor([1.0]), "tensor([1.])"),
        ({(1, 2): 3}, "{(1, 2): 3}"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert as_text(value) == text


def test_places_are_filled() -> None:
    assert filled("{a}:{b}, {{c}} {a:>3} {b:.1f} {d!r}", {"a": 7, "b": 0.25, "d": "x"}) == "7:0.25, {c}   7 0.2 'x'"
    assert filled("{a}", {"a": [1]}) == "[\n  1\n]"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{a} {z}", r"\{z\}.*\{a\}"),
        ("{a.__class__}", r"a\.__class__"),
        ("{a[0]}", "no value"),
        ("{}", "no value"),
        ("{a", "expected '}'"),
        ("{a:d}", "Unknown format code"),
        ("{a:99999999}", "wider"),
        ("{a:.99999999f}", "wider"),
        ("{a!z}", "conversion"),
    ],
)
def test_places_that_cannot_be_filled(template: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        filled(template, {"a": "x"})


def test_numbers() -> None:
    assert as_number(" 12 ") == 12
    assert as_number(str(2**63)) == 2**63
    assert as_number("1e3") == 1000.0
    assert as_number(True) == 1
    assert type(as_number(True)) is int
    for wrong in ("", "x", "inf", "nan", float("nan"), [1], None, 10**400):
        with pytest.raises(NoNumberError):
            as_number(wrong)


def test_truth() -> None:
    assert as_truth("value", "x")
    assert not as_truth("value", 0)
    assert not as_truth("value", None)
    with pytest.raises(NoTruthError, match=r"'value' is a Tensor"):
        as_truth("value", torch.ones(2))
