"""What the engine costs besides the nodes' own work: milliseconds for chains of cheap nodes.

A chain is SolidMask, N times InvertMask on an 8 x 8 mask, MaskToImage, PreviewImage. ``cold``: a fresh value, so every
node runs. ``cached``: the same graph again. ``edited``: the same graph with one more node at its end. Each is the
median of the rounds, timed through HTTP and WebSocket from before the request to the last message.

    python benchmarks/overhead.py [--peer http://127.0.0.1:8189 ...]

starts our own server, measures it and then each peer, and prints one JSON object.
"""

import asyncio
import json
import random
import statistics

import click
from client import Client, Graph, connected, own_server


def chain(length: int, value: float) -> Graph:
    """``length`` cheap nodes in a row between a source and an output."""
    graph: Graph = {"source": _node("SolidMask", value=value, width=8, height=8)}
    last = "source"
    for index in range(length):
        graph[f"invert-{index}"] = _node("InvertMask", mask=[last, 0])
        last = f"invert-{index}"
    graph["image"] = _node("MaskToImage", mask=[last, 0])
    graph["preview"] = _node("PreviewImage", images=["image", 0])
    return graph


def _node(class_type: str, **inputs: object) -> dict[str, object]:
    return {"class_type": class_type, "inputs": inputs}


async def measure(client: Client, length: int, rounds: int) -> dict[str, float]:
    """Milliseconds of one chain."""
    cold, cached, edited = [], [], []
    for _ in range(rounds):
        graph = chain(length, random.random())
        cold.append(await client.run(graph))
        cached.append(await client.run(graph))
        edited.append(await client.run({**graph, "more": _node("PreviewImage", images=["image", 0])}))
    timed = {"cold_ms": cold, "cached_ms": cached, "edited_ms": edited}
    return {"nodes": len(graph), **{name: round(1e3 * statistics.median(s), 2) for name, s in timed.items()}}


async def measure_server(url: str, lengths: list[int], rounds: int) -> list[dict[str, float]]:
    """All chains on one server, after one short run that warms it."""
    async with connected(url) as client:
        await client.run(chain(3, random.random()))
        return [await measure(client, length, rounds) for length in lengths]


async def compare(peers: tuple[str, ...], lengths: list[int], rounds: int) -> dict[str, object]:
    async with own_server() as server:
        figures: dict[str, object] = {"nodegraph": await measure_server(server.url, lengths, rounds)}
    for peer in peers:
        figures[peer] = await measure_server(peer.rstrip("/"), lengths, rounds)
    return figures


@click.command(help=__doc__)
@click.option("--peer", "peers", multiple=True, help="Another server to lay beside ours. May be repeated.")
@click.option("--length", "lengths", type=int, multiple=True, default=[50, 100, 200, 400, 800, 1600])
@click.option("--rounds", default=5)
def main(peers: tuple[str, ...], lengths: tuple[int, ...], rounds: int) -> None:
    print(json.dumps(asyncio.run(compare(peers, list(lengths), rounds)), indent=1))


if __name__ == "__main__":
    main()
