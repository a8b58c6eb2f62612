"""Small workflows that tests draw and change, and what their files say afterwards."""

from typing import Any

from editor_page import Canvas, Spot

Point = tuple[float, float]

INNER = "5f0c7a2b-0000-4000-8000-000000000002"
INPUTS, OUTPUTS = -10, -20
"""What links inside of a subgraph name as its own inputs and outputs."""
LEFT, RIGHT = (-320, 0), (560, 0)
"""Where these stand."""


def node(
    number: int,
    kind: str,
    at: Point,
    *,
    title: str,
    inputs: str = "",
    outputs: str = "",
    widgets: tuple[Any, ...] = (),
    size: Point = (220, 120),
) -> Canvas:
    """``inputs`` and ``outputs`` name sockets as ``name:TYPE``, with blanks between."""
    return {
        "id": number,
        "type": kind,
        "title": title,
        "pos": list(at),
        "size": list(size),
        "flags": {},
        "order": number,
        "mode": 0,
        "inputs": [socket(text) | {"link": None} for text in inputs.split()],
        "outputs": [socket(text) | {"links": []} for text in outputs.split()],
        "properties": {},
        "widgets_values": list(widgets),
    }


def socket(text: str) -> Canvas:
    name, kind = text.split(":")
    return {"name": name, "type": kind}


def loader(number: int, at: Point, title: str = "Loader") -> Canvas:
    outputs = "MODEL:MODEL CLIP:CLIP VAE:VAE"
    return node(number, "CheckpointLoaderSimple", at, title=title, outputs=outputs, widgets=("small.safetensors",))


def prompt(number: int, at: Point, title: str = "Words") -> Canvas:
    return node(
        number,
        "CLIPTextEncode",
        at,
        title=title,
        inputs="clip:CLIP",
        outputs="CONDITIONING:CONDITIONING",
        widgets=("a lighthouse",),
    )


def sampler(number: int, at: Point, title: str = "Sampler") -> Canvas:
    return node(
        number,
        "KSampler",
        at,
        title=title,
        inputs="model:MODEL positive:CONDITIONING negative:CONDITIONING latent_image:LATENT",
        outputs="LATENT:LATENT",
        widgets=(7, "fixed", 20, 8.0, "euler", "normal", 1.0),
        size=(270, 262),
    )


def flow(*nodes: Canvas, links: tuple[tuple[int, int, int, int, int, str], ...] = ()) -> Canvas:
    """Shown in full size, with a margin around the origin."""
    by_id = {made["id"]: made for made in nodes}
    for number, origin, origin_slot, target, target_slot, _ in links:
        by_id[origin]["outputs"][origin_slot]["links"].append(number)
        by_id[target]["inputs"][target_slot]["link"] = number
    return {
        "last_node_id": max(by_id),
        "last_link_id": max((link[0] for link in links), default=0),
        "nodes": list(nodes),
        "links": [list(link) for link in links],
        "groups": [],
        "config": {},
        "extra": {"ds": {"scale": 1, "offset": [60, 80]}},
        "version": 0.4,
    }


def three() -> Canvas:
    """A loader, a prompt and a sampler side by side; nothing is linked."""
    return flow(loader(1, (0, 0)), prompt(2, (300, 40)), sampler(3, (620, 80)))


def linked() -> Canvas:
    """The same, with the loader's CLIP and MODEL and the prompt linked."""
    return flow(
        loader(1, (0, 0)),
        prompt(2, (300, 40)),
        sampler(3, (620, 80)),
        links=((1, 1, 1, 2, 0, "CLIP"), (2, 1, 0, 3, 0, "MODEL"), (3, 2, 0, 3, 1, "CONDITIONING")),
    )


def with_subgraph() -> Canvas:
    """An instance, and in it a latent that is given out and words whose clip is not linked."""
    latent = node(1, "EmptyLatentImage", (0, 0), title="Latent", outputs="LATENT:LATENT", widgets=(64, 64, 1))
    words = node(2, "CLIPTextEncode", (0, 240), title="Words", inputs="clip:CLIP", outputs="C:CONDITIONING")
    latent["outputs"][0]["links"] = [1]
    definition = {
        "id": INNER,
        "version": 1,
        "revision": 0,
        "name": "Inner",
        "config": {},
        "state": {"lastGroupId": 0, "lastNodeId": 2, "lastLinkId": 1, "lastRerouteId": 0},
        "inputNode": {"id": INPUTS, "bounding": [*LEFT, 120, 60]},
        "outputNode": {"id": OUTPUTS, "bounding": [*RIGHT, 120, 60]},
        "inputs": [{"id": "i", "linkIds": [], **socket("clip:CLIP")}],
        "outputs": [{"id": "o", "linkIds": [1], **socket("out:LATENT")}],
        "widgets": [],
        "nodes": [latent, {**words, "widgets_values": ["a lighthouse"]}],
        "groups": [],
        "links": [
            {"id": 1, "origin_id": 1, "origin_slot": 0, "target_id": OUTPUTS, "target_slot": 0, "type": "LATENT"}
        ],
        "extra": {},
    }
    instance = node(9, INNER, (100, 100), title="Inside out", inputs="clip:CLIP", outputs="out:LATENT")
    return flow(instance) | {"definitions": {"subgraphs": [definition]}}


def links_of(workflow: Canvas) -> set[tuple[str, int, str, int]]:
    """By the titles of the nodes at their ends."""
    titles = {made["id"]: made.get("title", made["type"]) for made in workflow["nodes"]}
    return {(titles[origin], slot, titles[target], at) for _, origin, slot, target, at, *_ in workflow["links"]}


def positions(workflow: Canvas) -> dict[str, Point]:
    return {made.get("title", made["type"]): (made["pos"][0], made["pos"][1]) for made in workflow["nodes"]}


def moved(spot: Spot, x: float, y: float) -> Spot:
    return spot[0] + x, spot[1] + y
