"""The API format: the JSON object that a client queues, to and from a :data:`~nodegraph.graph.graph.Graph`.

``{"<id>": {"class_type": str, "inputs": {name: value}, "_meta": {"title": str}}}``, where a value is a link
``["<id>", slot]``, a literal list ``{"__value__": [...]}``, or any other JSON literal. Looks only at shapes: whether
the classes exist and the values fit is the business of ``validate``.
"""

from collections.abc import Mapping
from typing import Any

from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.problems import PromptError, invalid_prompt, no_prompt
from nodegraph.graph.spec import Literal

_WRAPPED = "__value__"


class BareList(list[Any]):
    """A list that stands where a link should, but is none. Kept, so that validation can say which input it was."""


def parse(prompt: object) -> Graph:
    """Read a prompt. Keys that the format does not know are ignored.

    Raises :class:`~nodegraph.graph.problems.PromptError` of type ``no_prompt`` when there is none, and
    ``invalid_prompt`` when its shape is wrong.
    """
    if prompt is None:
        raise PromptError(no_prompt())
    if not isinstance(prompt, Mapping):
        raise PromptError(invalid_prompt(f"A prompt is an object of nodes by id, not a {type(prompt).__name__}"))
    return {id: _parse_node(id, node) for id, node in prompt.items()}


def dump(graph: Graph) -> dict[str, Any]:
    """The prompt that :func:`parse` reads as ``graph``."""
    return {id: _dump_node(node) for id, node in graph.items()}


def is_link(value: object) -> bool:
    """Whether ``value`` is written as a link: a list of two, a node's id and a slot number."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _parse_node(id: object, node: object) -> Node:
    if not isinstance(id, str):
        raise PromptError(invalid_prompt("Node ids are strings", str(id)))
    if not isinstance(node, Mapping):
        raise PromptError(invalid_prompt(f"A node is an object, not a {type(node).__name__}", id))
    class_id = node.get("class_type")
    if not isinstance(class_id, str):
        raise PromptError(invalid_prompt("The node has no class_type: the name of its class, a string", id))
    inputs = node.get("inputs", {})
    if not isinstance(inputs, Mapping):
        raise PromptError(invalid_prompt(f"The node's inputs are an object, not a {type(inputs).__name__}", id))
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    values = {name: _parse_value(value) for name, value in inputs.items()}
    return Node(id, class_id, values, title if isinstance(title, str) else "")


def _parse_value(value: Any) -> Literal | Link:
    if isinstance(value, list):
        return Link(value[0], value[1]) if is_link(value) else BareList(value)
    if isinstance(value, dict) and _WRAPPED in value:
        unwrapped: Literal = value[_WRAPPED]
        return unwrapped
    literal: Literal = value
    return literal


def _dump_node(node: Node) -> dict[str, Any]:
    inputs = {name: _dump_value(value) for name, value in node.inputs.items()}
    written: dict[str, Any] = {"class_type": node.class_id, "inputs": inputs}
    if node.title:
        written["_meta"] = {"title": node.title}
    return written


def _dump_value(value: Literal | Link) -> Any:
    if isinstance(value, Link):
        return [value.node, value.slot]
    if isinstance(value, BareList):
        return list(value)
    if isinstance(value, list) or (isinstance(value, dict) and _WRAPPED in value):
        return {_WRAPPED: value}
    return value
