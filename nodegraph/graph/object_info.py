"""How a node class is described to clients of the field: the JSON of ``/object_info``, written and read.

A translation of :class:`~nodegraph.graph.spec.NodeSpec` and nothing else. Lists of files come from the caller.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nodegraph.graph.sockets import COMBO, WIDGET_TYPES
from nodegraph.graph.spec import Choices, CredentialList, FileList, InputSpec, Listing, Literal, NodeSpec, OutputSpec

ListFiles = Callable[[Listing], Sequence[str]]
"""The names that a list of files or credentials stands for at this moment."""


def object_info(spec: NodeSpec, files: ListFiles) -> dict[str, Any]:
    """The description of one class, with its file lists as they are now."""
    sections: dict[str, dict[str, Any]] = {
        "required": {i.name: input_config(i, files) for i in spec.inputs if not i.optional},
        "optional": {i.name: input_config(i, files) for i in spec.inputs if i.optional},
        "hidden": {name: kind.value for name, kind in spec.hidden.items()},
    }
    sections = {name: section for name, section in sections.items() if section or name == "required"}
    info: dict[str, Any] = {
        "input": sections,
        "input_order": {name: list(section) for name, section in sections.items()},
        "is_input_list": spec.takes_lists,
        "output": [output.type for output in spec.outputs],
        "output_is_list": [output.is_list for output in spec.outputs],
        "output_name": [output.name for output in spec.outputs],
        "name": spec.class_id,
        "display_name": spec.display_name,
        "description": spec.description,
        "python_module": spec.module,
        "category": spec.category,
        "output_node": spec.is_output,
    }
    if any(output.tooltip for output in spec.outputs):
        info["output_tooltips"] = [output.tooltip for output in spec.outputs]
    if spec.deprecated:
        info["deprecated"] = True
    if spec.experimental:
        info["experimental"] = True
    if spec.aliases:
        info["search_aliases"] = list(spec.aliases)
    return info


def input_config(declared: InputSpec, files: ListFiles) -> list[Any]:
    """One input: ``[type, settings]``, with the list of options in place of the type where there is one."""
    return [_type_or_options(declared, files), _settings(declared)]


def options_of(declared: InputSpec, files: ListFiles) -> Sequence[str | int | float | bool] | None:
    """What may be chosen for an input, or None when it is no choice among known values."""
    match declared.choices:
        case Choices(options):
            return options
        case FileList() as listing:
            there = list(files(listing))
            return there + [name for name in listing.extra if name not in there]
        case CredentialList() as listing:
            return list(files(listing))
        case None:
            return None


def _type_or_options(declared: InputSpec, files: ListFiles) -> str | list[str | int | float | bool]:
    options = options_of(declared, files)
    return declared.type if options is None else list(options)


def input_spec(name: str, config: Sequence[Any], *, optional: bool = False) -> InputSpec:
    """The input that ``config`` describes: the inverse of :func:`input_config`, but that file lists become choices.

    Settings that a spec has no field for are kept in ``extra``. Reads both ways of writing a choice: a list of options
    in place of the type, and ``"COMBO"`` with the options among the settings.
    """
    kind = config[0] if config else "*"
    settings = dict(config[1]) if len(config) > 1 and isinstance(config[1], Mapping) else {}
    options = list(kind) if isinstance(kind, list | tuple) else None
    if kind == COMBO:
        options = settings.pop("options", None)
    type = COMBO if options is not None else str(kind)
    taken: dict[str, Any] = {
        field: settings.pop(key) for key, field in _FIELDS.items() if settings.get(key) is not None
    }
    default: Literal = settings.pop("default", None)
    return InputSpec(
        name,
        type,
        optional=optional,
        default=default,
        has_default=default is not None,
        choices=None if options is None else Choices(tuple(options)),
        extra=settings,
        **taken,
    )


def node_spec(info: Mapping[str, Any]) -> NodeSpec:
    """The class that ``info`` describes, as any server of the field answers it: the inverse of :func:`object_info`."""
    sections: Mapping[str, Any] = info.get("input") or {}
    inputs = [
        input_spec(name, config, optional=section == "optional")
        for section in ("required", "optional")
        for name, config in (sections.get(section) or {}).items()
    ]
    types: list[Any] = list(info.get("output") or ())
    names: list[Any] = list(info.get("output_name") or types)
    lists: list[Any] = list(info.get("output_is_list") or [False] * len(types))
    outputs = [
        OutputSpec(str(name), COMBO if isinstance(type, list) else str(type), is_list=bool(is_list))
        for name, type, is_list in zip(names, types, lists, strict=False)
    ]
    return NodeSpec(
        class_id=info["name"],
        display_name=info.get("display_name") or info["name"],
        category=info.get("category") or "",
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        description=info.get("description") or "",
        is_output=bool(info.get("output_node")),
        takes_lists=bool(info.get("is_input_list")),
        deprecated=bool(info.get("deprecated")),
        experimental=bool(info.get("experimental")),
        module=info.get("python_module") or "nodes",
    )


_FIELDS = {
    "min": "minimum",
    "max": "maximum",
    "step": "step",
    "round": "round",
    "multiline": "multiline",
    "dynamicPrompts": "dynamic_prompts",
    "lazy": "lazy",
    "control_after_generate": "control_after_generate",
    "advanced": "advanced",
    "forceInput": "socket_only",
    "tooltip": "tooltip",
}
"""Settings of the field, and the fields of a spec that hold them."""


def _settings(declared: InputSpec) -> dict[str, Any]:
    settings = dict(declared.extra)
    if declared.has_default:
        settings["default"] = declared.default
    for key, field in _FIELDS.items():
        value = getattr(declared, field)
        if value is not None and value is not False and value != "":
            settings[key] = value
    if declared.type not in WIDGET_TYPES:
        settings.pop("forceInput", None)  # a socket anyway
    if isinstance(declared.choices, FileList) and declared.choices.upload:
        settings[f"{declared.choices.upload}_upload"] = True
        if declared.choices.folder != "input":
            settings[f"{declared.choices.upload}_folder"] = declared.choices.folder
    return settings
