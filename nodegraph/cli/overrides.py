"""``--set NODE.INPUT=VALUE``: finding the node meant and giving its input a value."""

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from nodegraph.errors import UserError
from nodegraph.graph.api_format import dump, parse
from nodegraph.graph.spec import NodeSpec

Prompt = dict[str, Any]


class OverrideError(UserError):
    """A ``--set`` that names nothing in the workflow, or more than one thing."""


def apply_overrides(prompt: Prompt, assignments: Iterable[str], specs: Mapping[str, NodeSpec]) -> Prompt:
    """A copy of ``prompt`` (API format) with every ``NODE.INPUT=VALUE`` carried out.

    NODE is an id, a title or a class; titles and classes must be unique in the workflow. VALUE is read as JSON when
    it is JSON (``3``, ``true``, ``"3"``) and as text otherwise; an input that takes text takes VALUE as it stands.

    Raises :class:`OverrideError`, or :class:`~nodegraph.graph.problems.PromptError` for what is no prompt.
    """
    changed = dump(parse(prompt))
    for assignment in assignments:
        target, equals, text = assignment.partition("=")
        name, dot, input_name = target.rpartition(".")
        if not equals or not dot:
            raise OverrideError(f"--set {assignment}: expected NODE.INPUT=VALUE, for example --set KSampler.seed=7.")
        node = changed[_find_node(changed, name, specs)]
        spec = specs.get(node["class_type"])
        node["inputs"][_find_input(node, spec, name, input_name)] = _value(text, spec, input_name)
    return changed


def _find_node(prompt: Prompt, name: str, specs: Mapping[str, NodeSpec]) -> str:
    if name in prompt:
        return name
    titles = {node_id: _names(node, specs) for node_id, node in prompt.items()}
    matches = [node_id for node_id, names in titles.items() if name in names]
    if len(matches) == 1:
        return matches[0]
    if matches:
        listed = ", ".join(f"{node_id} ({prompt[node_id]['class_type']})" for node_id in matches)
        raise OverrideError(f"--set: “{name}” names {len(matches)} nodes. Use one of their ids: {listed}.")
    known = [*prompt, *dict.fromkeys(n for names in titles.values() for n in names)]
    raise OverrideError(f"--set: the workflow has no node “{name}”. {_suggestion(name, known)}")


def _names(node: Mapping[str, Any], specs: Mapping[str, NodeSpec]) -> list[str]:
    class_id = node["class_type"]
    title = node.get("_meta", {}).get("title", "")
    display = specs[class_id].display_name if class_id in specs else ""
    return [n for n in dict.fromkeys((title, class_id, display)) if n]


def _find_input(node: Mapping[str, Any], spec: NodeSpec | None, name: str, input_name: str) -> str:
    known = list(node["inputs"]) if spec is None else [i.name for i in spec.inputs]
    if input_name in known or input_name in node["inputs"]:
        return input_name
    raise OverrideError(f"--set: node “{name}” has no input “{input_name}”. {_suggestion(input_name, known)}")


def _value(text: str, spec: NodeSpec | None, input_name: str) -> Any:
    declared = spec.input(input_name) if spec else None
    if declared is not None and declared.type == "STRING":
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(close)}?" if close else f"It has: {', '.join(known) or 'none'}."
