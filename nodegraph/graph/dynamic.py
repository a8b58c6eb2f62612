"""Inputs that stand for a group of others: what a group has as members, for what is chosen.

A workflow names members ``group.member``. A dynamic combo has the inputs of the option chosen; its options are kept as
the field describes them, in ``InputSpec.extra["options"]``: ``[{"key": ..., "inputs": {"required": {...}}}]``. A group
that grows has as many members as are linked, at least ``InputSpec.extra["template"]["min"]``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from nodegraph.graph.object_info import input_spec
from nodegraph.graph.sockets import AUTOGROW, DYNAMIC_COMBO
from nodegraph.graph.spec import InputSpec, Literal


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


def _options(declared: InputSpec) -> list[Mapping[str, Any]]:
    if declared.type != DYNAMIC_COMBO:
        return []
    return [option for option in declared.extra.get("options", ()) if isinstance(option, Mapping) and "key" in option]
