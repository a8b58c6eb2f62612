"""Inputs that stand for a group of others: what a group has as members, for what is chosen.

A dynamic combo has the inputs of the option chosen; a workflow names them ``group.member``. The options are kept as the
field describes them, in ``InputSpec.extra["options"]``: ``[{"key": ..., "inputs": {"required": {...}}}]``.
"""

from collections.abc import Mapping
from typing import Any

from nodegraph.graph.object_info import input_spec
from nodegraph.graph.sockets import DYNAMIC_COMBO
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


def _options(declared: InputSpec) -> list[Mapping[str, Any]]:
    if declared.type != DYNAMIC_COMBO:
        return []
    return [option for option in declared.extra.get("options", ()) if isinstance(option, Mapping) and "key" in option]
