"""What can be wrong with a graph, as data a client can show: one function for each kind of problem.

The ``type``s, the shape and the keys of ``extra_info`` are the field's, so that its clients can mark the right input
red. Decides nothing: see ``validate`` for when each applies.
"""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from nodegraph.errors import UserError
from nodegraph.graph.graph import Link, Node
from nodegraph.graph.spec import FileList

InputConfig = list[Any] | None
"""An input as ``/object_info`` shows it: ``[type or options, settings]``; None where that would be too long."""

LONGEST_LIST = 20
"""Options are spelled out in a problem up to this many."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. ``type`` is for programs; ``message`` and ``details`` are for people."""

    type: str
    message: str
    details: str = ""
    extra_info: dict[str, Any] = {}

    def __str__(self) -> str:
        return f"{self.message}: {self.details}" if self.details else self.message


class NodeProblems(msgspec.Struct, frozen=True):
    """Everything wrong with one node, and the output nodes that cannot run because of it."""

    errors: list[Problem]
    dependent_outputs: list[str]
    class_type: str


class PromptError(UserError):
    """A whole prompt cannot be taken, for the reason in ``problem``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


# ---- of the prompt as a whole ----


def no_prompt() -> Problem:
    """There is nothing to run."""
    return Problem("no_prompt", "No prompt provided", "No prompt provided")


def invalid_prompt(message: str, node_id: str | None = None) -> Problem:
    """The JSON does not have the shape of a prompt."""
    return Problem("invalid_prompt", message, "" if node_id is None else f"Node ID '#{node_id}'")


def missing_node_type(missing: Sequence[Node]) -> Problem:
    """Nodes of unknown classes. ``extra_info`` describes the first, and all of them under ``missing``."""
    described = [{"node_id": node.id, "class_type": node.class_id, "node_title": _title(node)} for node in missing]
    classes = ", ".join(sorted({repr(node.class_id) for node in missing}))
    verb = "does not exist" if len({node.class_id for node in missing}) == 1 else "do not exist"
    return Problem(
        "missing_node_type",
        f"Node type {classes} {verb}. Install the node pack that provides it, or remove the node",
        ", ".join(f"Node ID '#{node.id}'" for node in missing),
        {**described[0], "missing": described},
    )


def prompt_no_outputs() -> Problem:
    """No node of the prompt (or of the targets) shows or saves anything."""
    return Problem("prompt_no_outputs", "Prompt has no outputs")


def prompt_outputs_failed_validation(node_errors: Mapping[str, NodeProblems]) -> Problem:
    """No output is left that can run; ``details`` has every problem on a line of its own."""
    lines = [str(problem) for node in node_errors.values() for problem in node.errors]
    return Problem("prompt_outputs_failed_validation", "Prompt outputs failed validation", "\n".join(lines))


def dependency_cycle(nodes: Sequence[str]) -> Problem:
    """``nodes`` depend on one another in a circle, each on the next and the last on the first."""
    circle = " → ".join([*nodes, nodes[0]]) if len(nodes) <= LONGEST_LIST else f"{len(nodes)} nodes"
    return Problem(
        "dependency_cycle",
        "Nodes depend on one another in a circle; remove one of the links",
        circle,
        {"node_id": nodes[0], "cycle_nodes": list(nodes)},
    )


# ---- of one input of a node ----


def required_input_missing(name: str) -> Problem:
    """A required input has neither a value nor a link."""
    return Problem("required_input_missing", "A required input is missing", name, {"input_name": name})


def bad_linked_input(name: str, config: InputConfig, value: object) -> Problem:
    """Something stands in the place of a link that is none."""
    return Problem(
        "bad_linked_input",
        f"A link must be a list [node id, output slot], not {_short(value)}",
        name,
        {"input_name": name, "input_config": config, "received_value": value},
    )


def return_type_mismatch(name: str, config: InputConfig, produced: str, accepted: str, link: Link) -> Problem:
    """The linked output has another type than the input takes."""
    return Problem(
        "return_type_mismatch",
        "The linked output has a type that this input does not take",
        f"{name}, received_type({produced}) mismatch input_type({accepted})",
        {
            "input_name": name,
            "input_config": config,
            "received_type": produced,
            "linked_node": [link.node, link.slot],
        },
    )


def broken_link(name: str, link: Link, reason: str, exception: str) -> Problem:
    """The link leads nowhere. The field reports this as a failure of the validation itself."""
    return Problem(
        "exception_during_validation",
        "A link leads nowhere",
        f"{name}: {reason}",
        {
            "exception_type": exception,
            "traceback": [],
            "input_name": name,
            "linked_node": [link.node, link.slot],
        },
    )


def invalid_input_type(name: str, config: InputConfig, type_name: str, value: object, reason: str) -> Problem:
    """The literal cannot be made the type the input takes."""
    return Problem(
        "invalid_input_type",
        f"The value cannot be read as {type_name}",
        f"{name}, {_short(value)}, {reason}",
        {
            "input_name": name,
            "input_config": config,
            "received_value": _jsonable(value),
            "exception_message": reason,
        },
    )


def value_smaller_than_min(name: str, config: InputConfig, value: float, minimum: float) -> Problem:
    """The number is below the least allowed."""
    return Problem(
        "value_smaller_than_min",
        f"Value {value} smaller than min of {minimum}",
        name,
        {"input_name": name, "input_config": config, "received_value": value},
    )


def value_bigger_than_max(name: str, config: InputConfig, value: float, maximum: float) -> Problem:
    """The number is above the greatest allowed."""
    return Problem(
        "value_bigger_than_max",
        f"Value {value} bigger than max of {maximum}",
        name,
        {"input_name": name, "input_config": config, "received_value": value},
    )


def value_not_in_list(name: str, config: InputConfig, value: object, options: Collection[object]) -> Problem:
    """The value is none of the options."""
    many = len(options) > LONGEST_LIST
    listed = f"(list of length {len(options)})" if many else str(list(options))
    return Problem(
        "value_not_in_list",
        "Value not in list",
        f"{name}: {_short(value)} not in {listed}",
        {"input_name": name, "input_config": None if many else config, "received_value": _jsonable(value)},
    )


def missing_file(
    name: str,
    config: InputConfig,
    value: object,
    listing: FileList,
    place: str,
    there: Sequence[str],
    command: str = "",
) -> Problem:
    """The value names no file of ``listing``: where it belongs (``place``), and which are ``there``.

    To programs it is a value that is not in a list, as it is in the field. ``command`` brings the file, if any does.
    """
    wanted = value if isinstance(value, str) else _short(value)
    return Problem(
        "value_not_in_list",
        f"{wanted} was not found" if wanted else "No file is chosen",
        f"{name}: {_advice(wanted, place, there, command)}",
        {
            "input_name": name,
            "input_config": None if len(there) > LONGEST_LIST else config,
            "received_value": _jsonable(value),
            "folder": listing.folder,
            "place": place,
            **({"command": command} if command else {}),
        },
    )


def missing_credential(
    name: str, config: InputConfig, value: object, there: Sequence[str], command: str = ""
) -> Problem:
    """The value names no credential that may be used by whoever asks; ``there`` are those that may.

    To programs it is a value that is not in a list. ``command`` stores one under this name.
    """
    wanted = value if isinstance(value, str) else _short(value)
    store = f"store it with “{command or 'nodegraph credentials add NAME'}”"
    return Problem(
        "value_not_in_list",
        f"There is no credential {wanted!r} that you may use" if wanted else "No credential is chosen",
        f"{name}: {store}" + (f", or choose what is there: {', '.join(there)}" if there else ""),
        {
            "input_name": name,
            "input_config": config,
            "received_value": _jsonable(value),
            "credential": True,
            **({"command": command} if command else {}),
        },
    )


def linked_credential(name: str, link: Link) -> Problem:
    """A credential comes through a link, where nobody could see beforehand which one it is."""
    return Problem(
        "bad_linked_input",
        "A credential is chosen on the node itself; it cannot come through a link",
        name,
        {"input_name": name, "input_config": None, "received_value": [link.node, link.slot]},
    )


def _advice(wanted: str, place: str, there: Sequence[str], command: str) -> str:
    """What to do about a missing file."""
    bring = f"bring it with “{command}”, or put it into {place}" if command else f"put it into {place}"
    if not there:
        return f"{bring}, which holds none yet"
    if len(there) <= LONGEST_LIST:
        return f"{bring}, or choose what is there: {', '.join(there)}"
    near = get_close_matches(wanted, there, n=3, cutoff=0.3) or there[:3]
    return f"{bring}, or choose one of the {len(there)} files there, such as {', '.join(near)}"


def _title(node: Node) -> str:
    return node.title or node.class_id


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "…"


def _jsonable(value: object) -> object:
    """NaN and infinity are no JSON: they are shown as text."""
    return str(value) if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value
