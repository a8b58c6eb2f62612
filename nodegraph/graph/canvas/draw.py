"""From the API format to the canvas format: a workflow that was never drawn, or whose drawing is lost, opens again.

Nodes get their sockets and widgets from their classes; those of unknown classes from what is linked and written. What
is drawn is what an editor saves in version 0.4, and converts back to the same prompt: see ``docs/formats.md`` for the
limits of that.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from nodegraph.graph.api_format import parse
from nodegraph.graph.canvas.layout import Size, places
from nodegraph.graph.canvas.report import Notice, NoticeKind, unknown_class
from nodegraph.graph.canvas.widgets import (
    button_of,
    controlled,
    deal,
    initial,
    may_be_widget,
    only_widgets,
    widget_order,
)
from nodegraph.graph.dynamic import member_type
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.sockets import ANY, BOOLEAN, DYNAMIC_TYPES, FLOAT, INT, STRING
from nodegraph.graph.spec import InputSpec, Literal, NodeSpec

MOST_OUTPUTS = 256
"""Outputs that a node is drawn with, if its class does not say how many it has."""

_OPTIONAL_SHAPE = 7
_SLOT_HEIGHT, _WIDGET_HEIGHT, _TEXT_HEIGHT, _MARGIN = 20, 24, 120, 30
_WIDTH, _TEXT_WIDTH = 300, 420


class Drawn(msgspec.Struct, frozen=True):
    """A canvas document, and what was lost or guessed on the way."""

    workflow: dict[str, Any]
    warnings: list[Notice]


@dataclass
class _Sketch:
    """A node as it will be drawn: its inputs, and the values in its widgets, by place and by name."""

    node: Node
    spec: NodeSpec | None
    sockets: list[InputSpec] = field(default_factory=list)
    widgets: list[InputSpec] = field(default_factory=list)
    listed: list[Literal] = field(default_factory=list)
    named: dict[str, Literal] = field(default_factory=dict)

    @property
    def size(self) -> Size:
        """Large enough for an editor not to make it larger."""
        texts = sum(widget.multiline for widget in self.widgets)
        slots = max(len(self.sockets), len(self.spec.outputs) if self.spec else 1)
        height = slots * _SLOT_HEIGHT + (len(self.widgets) - texts) * _WIDGET_HEIGHT + texts * _TEXT_HEIGHT + _MARGIN
        return (_TEXT_WIDTH if texts else _WIDTH), height


def from_api(prompt: object, specs: Mapping[str, NodeSpec]) -> Drawn:
    """Draw a prompt. Raises :class:`~nodegraph.graph.problems.PromptError` when it has not the shape of one."""
    graph = parse(prompt)
    warnings: list[Notice] = []
    links = dict(_numbered(graph, specs, warnings))
    sketches = {id: _sketch(node, specs.get(node.class_id)) for id, node in graph.items()}
    edges = [(link.node, id) for (id, _), (_, link) in links.items()]
    place_of = places({id: sketch.size for id, sketch in sketches.items()}, edges)
    order = {id: number for number, id in enumerate(place_of)}

    types = _output_types(sketches, links)
    drawn_links: list[list[Any]] = []
    nodes: list[dict[str, Any]] = []
    for id, sketch in sketches.items():
        node = sketch.node
        if sketch.spec is None:
            warnings.append(unknown_class(id, node.class_id, node.title))
        inputs: list[dict[str, Any]] = []
        for declared, is_widget in _inputs(sketch):
            number, link = links.get((id, declared.name), (None, None))
            if link is None and declared.extra.get("hidden"):
                continue
            if number is not None and link is not None:
                type = types[link.node][link.slot][1]
                drawn_links.append([number, _canvas_id(link.node), link.slot, _canvas_id(id), len(inputs), type])
            inputs.append(_drawn_input(declared, number, is_widget=is_widget))
        nodes.append(
            {
                "id": _canvas_id(id),
                "type": node.class_id,
                "pos": list(place_of[id]),
                "size": list(sketch.size),
                "flags": {},
                "order": order[id],
                "mode": 0,
                "inputs": inputs,
                "outputs": [],
                "properties": {"Node name for S&R": node.class_id},
                "widgets_values": sketch.listed,
                "widgets_values_named": sketch.named,
                **({"title": node.title} if node.title else {}),
            }
        )
    _draw_outputs(nodes, types, drawn_links)
    return Drawn(_document(nodes, drawn_links), warnings)


def _numbered(
    graph: Graph, specs: Mapping[str, NodeSpec], warnings: list[Notice]
) -> Iterator[tuple[tuple[str, str], tuple[int, Link]]]:
    """The links that can be drawn, by node and input, with their ids."""
    number = 0
    for node in graph.values():
        for name, link in node.links():
            source = graph.get(link.node)
            spec = specs.get(source.class_id) if source else None
            if source and 0 <= link.slot < max(MOST_OUTPUTS, len(spec.outputs) if spec else 0):
                number += 1
                yield (node.id, name), (number, link)
            else:
                what = f"output {link.slot} of node {link.node}" if source else f"node {link.node}, which is not there"
                message = f"The link into {name!r} of node {node.id} comes from {what}: it cannot be drawn"
                warnings.append(Notice(NoticeKind.DROPPED_LINK, node.id, node.class_id, message, node.title))


def _sketch(node: Node, spec: NodeSpec | None) -> _Sketch:
    sketch = _Sketch(node, spec)
    literals = {name: value for name, value in node.inputs.items() if not isinstance(value, Link)}

    def write(widget: InputSpec, _: int) -> Literal:
        value = literals.get(widget.name)
        value = initial(widget) if value is None else value
        sketch.widgets.append(widget)
        sketch.listed.append(value)
        sketch.named[widget.name] = value
        if controlled(widget):
            sketch.listed.append("fixed")
        elif button := button_of(widget):
            sketch.listed.append(button)
        return value

    if spec is None:
        guessed = [InputSpec(name, _type_of(value), multiline=_is_long(value)) for name, value in literals.items()]
        deal(guessed, write)
    else:
        edited = {declared.name for declared in only_widgets(spec.inputs)}
        edited |= {i.name for i in spec.inputs if literals.get(i.name) is not None and may_be_widget(i)}
        own = [declared for declared in widget_order(spec) if declared.name in edited]
        deal([*own, *_options(spec, literals)], write)
        sketch.sockets += [
            declared
            for declared in spec.inputs
            if declared.name not in sketch.named
            and declared.type not in DYNAMIC_TYPES
            and not declared.extra.get("socketless")
        ]
    there = sketch.named.keys() | {socket.name for socket in sketch.sockets}
    for name, value in node.inputs.items():
        if name not in there:
            group = spec.input(name.partition(".")[0]) if spec else None
            type = (group and member_type(group, name, literals.get(group.name))) or _type_of(value)
            sketch.sockets.append(InputSpec(name, type))
        if name not in sketch.named and not isinstance(value, Link):
            sketch.named[name] = value
    return sketch


def _options(spec: NodeSpec, literals: Mapping[str, Any]) -> list[InputSpec]:
    """What can be chosen where the workflow itself lists that: an editor writes it behind the widgets of the class."""
    listed = [name for name in literals if re.fullmatch(r"option\d+", name)]
    return [InputSpec(name, STRING) for name in listed] if spec.class_id == "CustomCombo" else []


def _inputs(sketch: _Sketch) -> Iterator[tuple[InputSpec, bool]]:
    """All inputs in the order of an editor, with whether they are widgets."""
    yield from ((socket, False) for socket in sketch.sockets)
    yield from ((widget, True) for widget in sketch.widgets)


def _drawn_input(declared: InputSpec, link: int | None, *, is_widget: bool) -> dict[str, Any]:
    drawn: dict[str, Any] = {"name": declared.name, "type": declared.type, "link": link}
    if is_widget:
        drawn["widget"] = {"name": declared.name}
    if declared.optional:
        drawn["shape"] = _OPTIONAL_SHAPE
    return drawn


def _output_types(
    sketches: Mapping[str, _Sketch], links: Mapping[tuple[str, str], tuple[int, Link]]
) -> dict[str, list[tuple[str, str]]]:
    """Name and type of each output: as its class says, or as what it is linked to takes.

    A node of an unknown class has at least one: without, an editor's own decorations look the same.
    """
    outputs = {
        id: [(output.name, output.type) for output in sketch.spec.outputs] if sketch.spec else [(ANY, ANY)]
        for id, sketch in sketches.items()
    }
    wanted: dict[tuple[str, int], str] = defaultdict(lambda: ANY)
    for id, sketch in sketches.items():
        for declared, _ in _inputs(sketch):
            _, link = links.get((id, declared.name), (0, None))
            if link is not None and sketch.spec is not None:
                wanted[link.node, link.slot] = declared.type
    for _, link in links.values():
        there = outputs[link.node]
        there += [(ANY, ANY)] * (link.slot + 1 - len(there))
    for (id, slot), type in wanted.items():
        if outputs[id][slot][1] == ANY and sketches[id].spec is None:
            outputs[id][slot] = type, type
    return outputs


def _draw_outputs(
    nodes: list[dict[str, Any]], types: Mapping[str, list[tuple[str, str]]], links: list[list[Any]]
) -> None:
    fed: dict[tuple[Any, int], list[int]] = defaultdict(list)
    for number, origin, slot, *_ in links:
        fed[origin, slot].append(number)
    for node in nodes:
        node["outputs"] = [
            {"name": name, "type": type, "links": fed.get((node["id"], slot)), "slot_index": slot}
            for slot, (name, type) in enumerate(types[str(node["id"])])
        ]


def _document(nodes: list[dict[str, Any]], links: list[list[Any]]) -> dict[str, Any]:
    """The whole document around what is drawn. Its id is the same for the same nodes."""
    contents = "\n".join(f"{node['id']} {node['type']}" for node in nodes)
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, contents)),
        "revision": 0,
        "last_node_id": max((node["id"] for node in nodes if isinstance(node["id"], int)), default=0),
        "last_link_id": max((link[0] for link in links), default=0),
        "nodes": nodes,
        "links": sorted(links, key=lambda link: int(link[0])),
        "groups": [],
        "config": {},
        "extra": {},  # where to look is for who opens it to say
        "version": 0.4,
    }


def _canvas_id(id: str) -> int | str:
    """A number where it says the same; ids such as ``12:5`` stay text."""
    return int(id) if id.isascii() and id.isdecimal() and len(id) < 16 and str(int(id)) == id else id


def _type_of(value: Literal | Link) -> str:
    match value:
        case bool():
            return BOOLEAN
        case int():
            return INT
        case float():
            return FLOAT
        case str():
            return STRING
        case _:
            return ANY


def _is_long(value: Literal | Link) -> bool:
    return isinstance(value, str) and (len(value) > 60 or "\n" in value)
