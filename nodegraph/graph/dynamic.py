"""Inputs that stand for a group of others: what a group has as members, for what is chosen.

A workflow names members ``group.member``. A dynamic combo has the inputs of the option chosen; its options are kept as
the field describes them, in ``InputSpec.extra["options"]``: ``[{"key": ..., "inputs": {"required": {...}}}]``. A group
that grows has as many members as are linked, at least ``InputSpec.extra["template"]["min"]``.

Inputs that match, each to be linked to the same type as the others, say in their template which types that may be.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nodegraph.graph.graph import Link
from nodegraph.graph.object_info import input_spec
from nodegraph.graph.sockets import ANY, AUTOGROW, DYNAMIC_COMBO, DYNAMIC_TYPES, MATCH
from nodegraph.graph.spec import InputSpec, Literal, NodeSpec


def groups(spec: NodeSpec) -> tuple[InputSpec, ...]:
    """The inputs of a class that stand for others."""
    return tuple(declared for declared in spec.inputs if declared.type in DYNAMIC_TYPES)


def keys(declared: InputSpec) -> list[str]:
    """What may be chosen for a dynamic combo."""
    return [option["key"] for option in _options(declared)]


def members(declared: InputSpec, chosen: Literal) -> list[InputSpec]:
    """The inputs that come with what was chosen, under their full names; none for any other type of input."""
    option = next((option for option in _options(declared) if option["key"] == chosen), None)
    if option is None:
        return []
    return [
        input_spec(f"{declared.name}.{name}", config, optional=section == "optional")
        for section in ("required", "optional")
        for name, config in (option.get("inputs", {}).get(section) or {}).items()
    ]


def member_type(declared: InputSpec, name: str, chosen: Literal) -> str:
    """The type of the member ``name`` (in full) of a group, or "" where the class does not say."""
    if declared.type == AUTOGROW:
        sections = declared.extra.get("template", {}).get("input", {})
        configs = [config for section in sections.values() for config in section.values()]
        return input_spec(name, configs[0]).type if configs else ""
    return next((member.type for member in members(declared, chosen) if member.name == name), "")


def is_given(declared: InputSpec, names: Iterable[str]) -> bool:
    """Whether a group that is not among the ``names`` given by itself is there by its members, or may be empty."""
    if declared.type == AUTOGROW and not declared.extra.get("template", {}).get("min", 0):
        return True
    return any(name.startswith(f"{declared.name}.") for name in names)


def accepted_type(declared: InputSpec) -> str:
    """What may be linked to an input: its type, or for one that matches others those that are allowed."""
    if declared.type != MATCH:
        return declared.type
    allowed: str = declared.extra.get("template", {}).get("allowed_types") or ANY
    return allowed


def member_literals(groups: Iterable[InputSpec], given: Mapping[str, Literal | Link]) -> dict[str, Literal]:
    """The literals of the members of ``groups``, by their names in full, with the defaults of those not given."""
    found: dict[str, Literal] = {}
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        literals = {name: value for name, value in given.items() if not isinstance(value, Link)}
        found.update((name, value) for name, value in literals.items() if name.startswith(f"{group.name}."))
        chosen = members(group, literals.get(group.name))
        found.update(
            (member.name, member.default)
            for member in chosen
            if member.name not in given and (member.optional or member.has_default)
        )
        waiting += chosen
    return found


def gathered(groups: Iterable[InputSpec], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values ``given``, those of each group's members in one dict under the group's name, in their order.

    Within it a member has the rest of its name. What is chosen for a group stands there under the group's own name.
    """
    values = dict(given)
    for group in groups:
        names = [name for name in values if name.startswith(f"{group.name}.")]
        within = {name.removeprefix(f"{group.name}."): values.pop(name) for name in names}
        if values.get(group.name) is not None:
            within[group.name] = values[group.name]
        values[group.name] = {name: within[name] for name in sorted(within, key=_order(group))}
    return values


def _order(group: InputSpec) -> Callable[[str], tuple[int, str]]:
    """The place of a member: as the group names them, or by number."""
    names = {name: place for place, name in enumerate(group.extra.get("template", {}).get("names") or ())}
    return lambda name: (names.get(name, len(names) + len(name)), name)


def _options(declared: InputSpec) -> list[Mapping[str, Any]]:
    if declared.type != DYNAMIC_COMBO:
        return []
    return [option for option in declared.extra.get("options", ()) if isinstance(option, Mapping) and "key" in option]
