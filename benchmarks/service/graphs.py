"""What is asked for in an hour of use: graphs of all sorts, each with what usually becomes of it."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from client import Graph
from overhead import chain

WORDS = ["canvas", "latent", "sampler", "prompt", "noise", "steps", "seed", "picture", "model", "loader", "decode"]


class Sort(NamedTuple):
    """A sort of job: how often it is asked for (of a hundred), and whether it is meant to fail."""

    share: float
    make: Callable[[Random, str], Graph]
    fails: bool = False


def workflow_of(size: int, random: Random) -> dict[str, Any]:
    """Something like a saved canvas, of about so many bytes of JSON."""
    nodes: list[dict[str, Any]] = []
    written = 0
    while written < size:
        node = {
            "id": len(nodes),
            "type": random.choice(WORDS).title(),
            "pos": [random.randrange(5000), random.randrange(5000)],
            "inputs": [{"name": random.choice(WORDS), "link": random.randrange(999)} for _ in range(4)],
            "widgets_values": [random.random(), " ".join(random.choices(WORDS, k=40))],
        }
        nodes.append(node)
        written += len(json.dumps(node))
    return {"id": str(random.randrange(1 << 60)), "version": 0.4, "nodes": nodes, "links": []}


def _node(class_type: str, **inputs: object) -> dict[str, object]:
    return {"class_type": class_type, "inputs": inputs}


def _fresh(random: Random, picture: str) -> Graph:
    return chain(random.randint(1, 8), random.random())


def _repeated(random: Random, picture: str) -> Graph:
    return chain(6, random.randrange(20) / 20)


def _long(random: Random, picture: str) -> Graph:
    return chain(100, random.random())


def _stepping(random: Random, picture: str) -> Graph:
    return {"steps": _node("BenchmarkSteps", steps=random.randint(2, 8), pause=0.01, preview_bytes=20_000)}


def _failing(random: Random, picture: str) -> Graph:
    return {**chain(2, random.random()), "fail": _node("BenchmarkFail", message=f"no luck {random.random()}")}


def _loading(random: Random, picture: str) -> Graph:
    return {
        "load": _node("LoadImage", image=picture),
        "invert": _node("ImageInvert", image=["load", 0]),
        "show": _node("PreviewImage", images=["invert", 0]),
    }


def _sampling(random: Random, picture: str) -> Graph:
    thing = f"a {random.choice(['red', 'blue', 'green'])} {random.choice(['balloon', 'house', 'tree'])}"
    return {
        "model": _node("CheckpointLoaderSimple", ckpt_name="starter.safetensors"),
        "prompt": _node("CLIPTextEncode", clip=["model", 1], text=thing),
        "negative": _node("CLIPTextEncode", clip=["model", 1], text=""),
        "latent": _node("EmptyLatentImage", width=128, height=128, batch_size=1),
        "sample": _node(
            "KSampler",
            model=["model", 0],
            positive=["prompt", 0],
            negative=["negative", 0],
            latent_image=["latent", 0],
            seed=random.randrange(1 << 32),
            steps=random.randint(3, 8),
            cfg=5.0,
            sampler_name=random.choice(["euler", "euler_ancestral", "dpmpp_2m"]),
            scheduler="normal",
            denoise=1.0,
        ),
        "decode": _node("VAEDecode", samples=["sample", 0], vae=["model", 2]),
        "save": _node("SaveImage", images=["decode", 0], filename_prefix="soak"),
    }


SORTS = {
    "fresh": Sort(39, _fresh),
    "repeated": Sort(22, _repeated),
    "long": Sort(5, _long),
    "stepping": Sort(15, _stepping),
    "failing": Sort(8, _failing, fails=True),
    "loading": Sort(7, _loading),
    "sampling": Sort(4, _sampling),
}
"""By name."""


def choose(random: Random) -> str:
    """The name of a sort, as often as its share says."""
    return random.choices(list(SORTS), [sort.share for sort in SORTS.values()])[0]
