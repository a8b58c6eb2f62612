"""Prompts per second: many small graphs of fresh values queued at once, until the last has ended.

    python benchmarks/throughput.py [--count 200] [--peer http://127.0.0.1:8189 ...]

starts our own server, measures it and then each peer, and prints one JSON object: prompts accepted per second, and
prompts finished per second from before the first request.
"""

import asyncio
import json
import random
import time

import click
from client import connected, own_server
from overhead import chain


async def measure_server(url: str, count: int) -> dict[str, float]:
    """Queue ``count`` graphs of five nodes on one server and wait for the last."""
    async with connected(url) as client:
        await client.run(chain(2, random.random()))
        start = time.perf_counter()
        prompts = [await client.submit(chain(2, random.random())) for _ in range(count)]
        submitted = time.perf_counter() - start
        await client.finished(prompts[-1])
        total = time.perf_counter() - start
    return {
        "prompts": count,
        "accepted_per_second": round(count / submitted, 1),
        "finished_per_second": round(count / total, 1),
    }


async def compare(peers: tuple[str, ...], count: int) -> dict[str, object]:
    async with own_server() as url:
        figures: dict[str, object] = {"nodegraph": await measure_server(url, count)}
    for peer in peers:
        figures[peer] = await measure_server(peer.rstrip("/"), count)
    return figures


@click.command(help=__doc__)
@click.option("--peer", "peers", multiple=True, help="Another server to lay beside ours. May be repeated.")
@click.option("--count", default=200)
def main(peers: tuple[str, ...], count: int) -> None:
    print(json.dumps(asyncio.run(compare(peers, count)), indent=1))


if __name__ == "__main__":
    main()
