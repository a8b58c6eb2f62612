"""Choosing, deciding and calculating."""

import string
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from nodegraph.graph.sockets import BOOLEAN, COMBO, FLOAT, INT, STRING
from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Growing, Lazy, Matching, Named, Omittable, Range, Socket, Tooltip
from nodegraph.packs.types import Anything, Text
from nodegraph.values.expression import ExpressionError, evaluate
from nodegraph.values.numbers import as_number, as_truth

_CATEGORY = "utils/logic"

Branch = Annotated[Any, Matching(), Lazy()]
Calculable = Annotated[Any, Socket(f"{FLOAT},{INT},{BOOLEAN}")]


class NumberPair(NamedTuple):
    """One number as both kinds of numbers."""

    number: Annotated[float, Named("FLOAT")]
    whole: Annotated[int, Named("INT"), Tooltip("Without its decimals.")]


class Result(NamedTuple):
    """What an expression came to."""

    number: Annotated[float, Named("FLOAT")]
    whole: Annotated[int, Named("INT"), Tooltip("Without its decimals.")]
    truth: Annotated[bool, Named("BOOL"), Tooltip("Whether it is anything but 0.")]


class Choice(NamedTuple):
    """An option and its place."""

    choice: Annotated[str, Named("STRING")]
    place: Annotated[int, Named("INDEX")]


def _branch(known: Mapping[str, Any]) -> Sequence[str]:
    return ["on_true" if known.get("switch") else "on_false"] if "switch" in known else []


@node("ComfySwitchNode", category=_CATEGORY, display_name="Switch", wanted=_branch, aliases=("if", "either"))
def switch(
    *, switch: bool, on_false: Branch = None, on_true: Branch = None
) -> Annotated[Any, Matching(), Named("output")]:
    """One of two inputs; what feeds the other is not computed."""
    return on_true if switch else on_false


@node("ComfyAndNode", category=_CATEGORY, display_name="And")
def and_(*, values: Annotated[Mapping[str, Any], Growing("value", minimum=2)]) -> bool:
    """Whether all inputs are true."""
    return all(as_truth(f"values.{name}", value) for name, value in values.items())


@node("ComfyOrNode", category=_CATEGORY, display_name="Or")
def or_(*, values: Annotated[Mapping[str, Any], Growing("value", minimum=2)]) -> bool:
    """Whether any input is true."""
    return any(as_truth(f"values.{name}", value) for name, value in values.items())


@node("ComfyNotNode", category=_CATEGORY, display_name="Not")
def not_(*, value: Anything) -> bool:
    """Whether the input is false."""
    return not as_truth("value", value)


@node("ComfyMathExpression", category=_CATEGORY, display_name="Math Expression", aliases=("calculate", "formula"))
def math_expression(
    *,
    expression: Annotated[Text, Tooltip("Such as: max(5, round(a * 24)). values is the list of all.")] = "a + b",
    values: Annotated[Mapping[str, Calculable], Growing(names=tuple(string.ascii_lowercase), minimum=0)],
) -> Result:
    """A number calculated from others, named a, b, c and so on."""
    for name, value in values.items():
        if not isinstance(value, int | float):
            raise ExpressionError(f"values.{name} is a {type(value).__name__}; expected a number or a switch.")
    result = evaluate(expression, {**values, "values": list(values.values())})
    return Result(float(result), int(result), bool(result))


@node("ComfyNumberConvert", category=_CATEGORY, display_name="Convert Number")
def number_convert(*, value: Annotated[Any, Socket(f"{INT},{FLOAT},{STRING},{BOOLEAN}")]) -> NumberPair:
    """A number, the text of one, or a switch, as both kinds of numbers."""
    number = as_number(value)
    return NumberPair(float(number), int(number))


@node("CustomCombo", category=_CATEGORY, display_name="Custom Combo")
def custom_combo(
    *,
    choice: Annotated[str, Socket(COMBO), ClientOptions({"options": []})],
    index: Annotated[
        int,
        Range(0, 10_000),
        Omittable(),
        ClientOptions({"hidden": True}),
        Tooltip("The place of the option in its list."),
    ] = 0,
) -> Choice:
    """One of the options that the workflow itself lists, with its place in the list."""
    return Choice(str(choice), index)
