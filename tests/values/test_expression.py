"""Expressions: what they come to, and what is refused without taking time or memory."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.values.expression import FUNCTIONS, ExpressionError, evaluate

NAMES: dict[str, Any] = {"a": 2, "b": 0.5, "c": True, "values": [2, 0.5, True]}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a + b", 2.5),
        ("max(5, round(a * 24)) + (5 - (max(5, round(a * 24)) % 17)) % 17", 56),
        ("sum(values) + len", None),
        ("sum(values)", 3.5),
        ("sum(a, b)", 2.5),
        ("min(values) + max(a, 7)", 7.5),
        ("values[0] * values[-1]", 2),
        ("pow(a, 10) // 3 % 7 - -a ** 2", 341 % 7 + 4),
        ("sqrt(16) + ceil(0.2) + floor(1.8) + abs(-3)", 9),
        ("log(a, 2) + log2(8) + log10(100)", 6),
        ("sin(0) + cos(0) + tan(0)", 1),
        ("int(7.9) + float(1)", 8),
        ("a if b > 1 else 10", 10),
        ("0 < b < 1 and a", 2),
        ("not a or b", 0.5),
        ("a == 2", True),
        ("  a \n + 1 ", 3),
    ],
)
def test_results(text: str, result: float | None) -> None:
    if result is None:
        with pytest.raises(ExpressionError, match="'len' has no value"):
            evaluate(text, NAMES)
    else:
        assert evaluate(text, NAMES) == pytest.approx(result)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a +", "cannot be read"),
        ("a + * b", "cannot be read at character 5"),
        ("a + z", r"at character 5: 'z' has no value.*a, b, c"),
        ("1 / 0", "division by zero"),
        ("sqrt(-1)", "domain"),
        ("(-8) ** 0.5", "complex"),
        ("1e308 * 10", "finite"),
        ("a ** 4001", "beyond 4000"),
        ("9 ** 4000 ** 2", "beyond 4000"),
        (" * ".join(["9 ** 4000"] * 9), "too large"),
        ("((9 ** 4000) ** 4000) ** 4000", "too large"),
        ("9 ** 4000", "finite"),
        ("'x' * 9", "not arithmetic"),
        ("values", "a list, not a number"),
        ("values * 3", "with a list"),
        ("values[9]", "no item 9"),
        ("a[0]", "only a list"),
        ("exp(1)", "no function 'exp'.*sqrt"),
        ("a.real", "not arithmetic"),
        ("max(a, key=b)", "not arithmetic"),
        ("().__class__.__base__", "not arithmetic"),
        ("[x for x in values]", "not arithmetic"),
        ("(lambda: 1)()", "not arithmetic"),
        ("__import__('os')", "no function"),
        ("round(1.5, 9999)", "beyond"),
        ("min()", "at character 1"),
        ("a + \x00", "cannot be read"),
        ("-" * 9000 + "1", "nested too deeply"),
        ("(" * 4000, "cannot be read|nested"),
        ("9" * 5000, "cannot be read"),
        ("1" * 10_001, "at most 10000"),
        ("ä + b + ", "cannot be read"),
        ("b + ä", "at character 5"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        evaluate(text, NAMES)


def test_no_other_error_ever() -> None:
    pieces = st.sampled_from(
        [
            *("a", "b", "values", "(", ")", "[", "]", ",", "+", "-", "*", "**", "/", "//", "%", "<", "==", " if "),
            *(" else ", " and ", " not ", "0", "1", "9e99", "4000", ".", "x", "'", ":"),
            *(f"{name}(" for name in FUNCTIONS),
        ]
    )

    @given(st.lists(pieces, max_size=14).map("".join))
    def check(text: str) -> None:
        try:
            result = evaluate(text, NAMES)
        except ExpressionError:
            return
        assert math.isfinite(result)

    check()
