"""Canvas documents for tests, drawn by hand in a few words."""

from typing import Any

Json = dict[str, Any]


def node(id: int, type: str, *widgets: Any, inputs: str = "", outputs: str = "", **more: Any) -> Json:
    """A node. ``inputs`` and ``outputs`` are ``name:TYPE`` by spaces; a ``!`` after the name marks a widget."""
    drawn: Json = {"id": id, "type": type, "pos": [0, 0], "size": [210, 80], "mode": 0, "properties": {}}
    drawn["inputs"] = [_socket(written) for written in inputs.split()]
    drawn["outputs"] = [{**_socket(written), "links": []} for written in outputs.split()]
    if widgets:
        drawn["widgets_values"] = list(widgets)
    return {**drawn, **more}


def canvas(nodes: list[Json], links: str = "", *, version: float = 0.4, **more: Any) -> Json:
    """A document. ``links`` are ``from.slot>to.slot`` by spaces, numbered from 1."""
    drawn = {"version": version, "nodes": nodes, "links": _links(nodes, links, objects=version >= 1)}
    return {**drawn, "groups": [], "extra": {}, **more}


def subgraph(id: str, nodes: list[Json], links: str, *, inputs: str = "", outputs: str = "") -> Json:
    """A subgraph's definition. In ``links``, ``in`` and ``out`` are its own inputs and outputs."""
    written = links.replace("in.", "-10.").replace("out.", "-20.")
    return {
        "id": id,
        "version": 1,
        "name": id,
        "nodes": nodes,
        "links": _links(nodes, written, objects=True),
        "inputs": [_socket(port) for port in inputs.split()],
        "outputs": [_socket(port) for port in outputs.split()],
    }


def with_subgraphs(document: Json, *definitions: Json) -> Json:
    """The document together with the definitions its nodes are instances of."""
    return {**document, "definitions": {"subgraphs": list(definitions)}}


def _socket(written: str) -> Json:
    name, _, type = written.partition(":")
    plain = name.removesuffix("!")
    socket: Json = {"name": plain, "type": type or "*", "link": None}
    if name.endswith("!"):
        socket["widget"] = {"name": plain}
    return socket


def _links(nodes: list[Json], written: str, *, objects: bool) -> list[Any]:
    by_id = {drawn["id"]: drawn for drawn in nodes}
    links: list[Any] = []
    for number, link in enumerate(written.split(), start=1):
        origin, target = (end.rsplit(".", 1) for end in link.split(">"))
        ends = int(origin[0]), int(origin[1]), int(target[0]), int(target[1])
        if ends[2] in by_id:
            by_id[ends[2]]["inputs"][ends[3]]["link"] = number
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        row = [number, *ends, "*"]
        links.append(dict(zip(names, row, strict=True)) if objects else row)
    return links
