"""How a node class is described to clients of the field: the JSON of ``/object_info``.

A translation of :class:`~nodegraph.graph.spec.NodeSpec` and nothing else. Lists of files come from the caller.
"""

from collections.abc import Callable, Sequence
from typing import Any

from nodegraph.graph.sockets import WIDGET_TYPES
from nodegraph.graph.spec import Choices, FileList, InputSpec, NodeSpec

ListFiles = Callable[[FileList], Sequence[str]]
"""The names that a file list stands for at this moment."""


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
        case None:
            return None


def _type_or_options(declared: InputSpec, files: ListFiles) -> str | list[str | int | float | bool]:
    options = options_of(declared, files)
    return declared.type if options is None else list(options)


def _settings(declared: InputSpec) -> dict[str, Any]:
    settings = dict(declared.extra)
    if declared.has_default:
        settings["default"] = declared.default
    for name, number in (
        ("min", declared.minimum),
        ("max", declared.maximum),
        ("step", declared.step),
        ("round", declared.round),
    ):
        if number is not None:
            settings[name] = number
    for name, flag in (
        ("multiline", declared.multiline),
        ("dynamicPrompts", declared.dynamic_prompts),
        ("lazy", declared.lazy),
        ("control_after_generate", declared.control_after_generate),
        ("advanced", declared.advanced),
        ("forceInput", declared.socket_only and declared.type in WIDGET_TYPES),
    ):
        if flag:
            settings[name] = True
    if declared.tooltip:
        settings["tooltip"] = declared.tooltip
    if isinstance(declared.choices, FileList) and declared.choices.upload:
        settings[f"{declared.choices.upload}_upload"] = True
        if declared.choices.folder != "input":
            settings[f"{declared.choices.upload}_folder"] = declared.choices.folder
    return settings
