"""Arithmetic that people write, such as ``max(5, round(a * 24)) + 1``, read as Python reads it.

It is computed by rules of its own: of the language there are numbers, names, lists, operators, comparisons,
``if``/``else`` and a few functions; nothing that reaches an attribute or runs for long. Owns what a number may grow to,
and says where in the text it went wrong.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from nodegraph.errors import UserError
from nodegraph.values.numbers import is_finite

Number = int | float

LONGEST = 10_000
"""Characters of an expression."""
LARGEST_EXPONENT = 4000
LARGEST_INTEGER = 2**16
"""Bits: what is multiplied again and again would otherwise take all memory."""


class ExpressionError(UserError):
    """An expression that is not understood or has no number for a result; the message says where."""


def evaluate(text: str, names: Mapping[str, Any]) -> Number:
    """The number that ``text`` stands for. ``names`` are numbers and lists of numbers. Raises ExpressionError."""
    if not text.strip():
        raise ExpressionError("The expression is empty. Write one, such as: a + b")
    if len(text) > LONGEST:
        raise ExpressionError(f"The expression has {len(text)} characters; at most {LONGEST} are read.")
    text = " ".join(text.split())
    try:
        tree = ast.parse(text, mode="eval")
        result = _Evaluation(text, names).value(tree.body)
    except SyntaxError as error:
        raise ExpressionError(f"The expression {_cut(text)} cannot be read{_at(error.offset)}: {error.msg}.") from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError("The expression is nested too deeply. Take it apart into several.") from error
    except ValueError as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(f"The expression {_cut(text)} cannot be read: {error}.") from error
    if not isinstance(result, int | float):
        raise ExpressionError(f"The result of {_cut(text)} is a {type(result).__name__}, not a number.")
    if not is_finite(result):
        raise ExpressionError(f"The result of {_cut(text)} is no finite number. Does it divide by something near 0?")
    return result


class _Evaluation:
    """One pass over the tree of an expression."""

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self.text = text
        self.names = names

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int() | float()):
                return node.value
            case ast.Name(id=name):
                return self.named(node, name)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self.value(item) for item in items]
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return self.computed(node, _UNARY[type(op)], self.value(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return self.computed(node, _BINARY[type(op)], self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=parts):
                return self.first_that_decides(parts, isinstance(op, ast.Or))
            case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARED for op in ops):
                return self.compared(node, left, ops, others)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.value(body if self.value(test) else other)
            case ast.Subscript(value=whole, slice=index):
                return self.item(node, whole, index)
            case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in FUNCTIONS:
                return self.computed(node, FUNCTIONS[name], *map(self.value, given))
            case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
                raise self.error(node, f"there is no function {name!r}. There are: {', '.join(FUNCTIONS)}")
        raise self.error(node, f"{_cut(ast.unparse(node))} is not arithmetic")

    def named(self, node: ast.expr, name: str) -> Any:
        if name in self.names:
            return self.names[name]
        there = ", ".join(self.names) or "none"
        raise self.error(node, f"{name!r} has no value. Link something to it; names with a value are: {there}")

    def first_that_decides(self, parts: list[ast.expr], decides: bool) -> Any:
        """The first of ``parts`` that is true (``or``) or false (``and``); otherwise the last."""
        value = None
        for part in parts:
            value = self.value(part)
            if bool(value) == decides:
                break
        return value

    def compared(self, node: ast.expr, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> bool:
        value = self.value(left)
        for op, other in zip(ops, others, strict=True):
            former, value = value, self.value(other)
            if not self.computed(node, _COMPARED[type(op)], former, value):
                return False
        return True

    def item(self, node: ast.expr, whole: ast.expr, index: ast.expr) -> Any:
        items, place = self.value(whole), self.value(index)
        if not isinstance(items, list) or not isinstance(place, int):
            raise self.error(node, "only a list has items, and they are counted by whole numbers")
        if not -len(items) <= place < len(items):
            raise self.error(node, f"there is no item {place} in a list of {len(items)}")
        return items[place]

    def computed(self, node: ast.expr, function: Callable[..., Any], *given: Any) -> Any:
        if not isinstance(node, ast.Call) and any(isinstance(value, list) for value in given):
            raise self.error(node, "it calculates with a list. Use sum, min, max or one item, as in values[0]")
        try:
            result = function(*given)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self.error(node, str(error)) from error
        if isinstance(result, int) and result.bit_length() > LARGEST_INTEGER:
            raise self.error(node, "the number is too large")
        return result

    def error(self, node: ast.expr, reason: str) -> ExpressionError:
        before = self.text.encode()[: node.col_offset].decode()  # the offset counts bytes
        return ExpressionError(f"The expression {_cut(self.text)} fails{_at(len(before) + 1)}: {reason}.")


def _power(base: Number, exponent: Number) -> Any:
    if abs(exponent) > LARGEST_EXPONENT:
        raise ValueError(f"the exponent {exponent} is beyond {LARGEST_EXPONENT}")
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > LARGEST_INTEGER:
        raise ValueError("the number is too large")
    return base**exponent


def _total(*values: Any) -> Any:
    return sum(values[0] if len(values) == 1 and isinstance(values[0], list) else values)


def _rounded(value: Number, digits: int | None = None) -> Number:
    if digits is not None and abs(digits) > LARGEST_EXPONENT:
        raise ValueError(f"{digits} digits are beyond {LARGEST_EXPONENT}")
    return round(value, digits)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sum": _total,
    "min": min,
    "max": max,
    "abs": abs,
    "round": _rounded,
    "pow": _power,
    "sqrt": math.sqrt,
    "ceil": math.ceil,
    "floor": math.floor,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "int": int,
    "float": float,
}
"""What an expression may call."""

_UNARY: Mapping[type[ast.unaryop], Callable[..., Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}
_BINARY: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[..., Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def _at(character: int | None) -> str:
    return f" at character {character}" if character else ""


def _cut(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
