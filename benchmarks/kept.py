"""What keeping results on disk costs: graphs of cheap nodes with and without it, and a result from disk beside memory.

``chain``: the chain of ``overhead.py``, milliseconds through HTTP and WebSocket, on two servers that differ in
``--cache-disk`` alone and take turns within each round; median of the rounds, and the median of each round's ratio
(1: no difference). ``results``: microseconds in one process, without a server, median; ``write`` is what the thread
that writes takes in all, the files then lie in the page cache. ``kept`` is what a node of a later run costs that is
asked for and not read.

    python benchmarks/kept.py [--length 400] [--rounds 15]

prints one JSON object.
"""

import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import torch
from client import Client, Graph, connected, own_server
from overhead import chain

from nodegraph.execution.cache import RamCache, Result
from nodegraph.execution.disk_cache import DiskCache
from nodegraph.worker import result_files
from nodegraph.worker.values import size_of

RESULTS: dict[str, Callable[[], Any]] = {
    "latent 1024 x 1024": lambda: {"samples": torch.rand(1, 4, 128, 128)},
    "image 1024 x 1024": lambda: torch.rand(1, 3, 1024, 1024).movedim(1, -1),
}


async def compare_chains(length: int, rounds: int) -> dict[str, float]:
    """The chain on a server with results on disk, and on one without."""
    runs: dict[str, list[float]] = {"cold_on": [], "cold_off": [], "cached_on": [], "cached_off": []}
    async with (
        own_server() as on,
        own_server("--cache-disk", "0") as off,
        connected(on.url) as with_disk,
        connected(off.url) as without,
    ):
        clients: list[tuple[str, Client]] = [("on", with_disk), ("off", without)]
        for _, client in clients:
            await client.run(chain(3, random.random()))
        for _ in range(rounds):
            graph: Graph = chain(length, random.random())
            random.shuffle(clients)
            for name, client in clients:
                runs[f"cold_{name}"].append(await client.run(graph))
            for name, client in clients:
                runs[f"cached_{name}"].append(await client.run(graph))
    figures = {f"{name}_ms": round(1e3 * statistics.median(seconds), 2) for name, seconds in runs.items()}
    for kind in ("cold", "cached"):
        ratios = [on / off for on, off in zip(runs[f"{kind}_on"], runs[f"{kind}_off"], strict=True)]
        figures[f"{kind}_ratio"] = round(statistics.median(ratios), 3)
    return {"nodes": len(graph), **figures}


def measure_result(make: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Microseconds to take one result from memory and from disk."""
    memory = RamCache(10**9, size_of)
    write, disk, kept, ram, put = [], [], [], [], []
    with tempfile.TemporaryDirectory(prefix="nodegraph-bench-") as folder:

        def opened() -> DiskCache:
            return DiskCache(Path(folder), "", 10**10, pack=result_files.pack, unpack=result_files.unpack)

        for number in range(1, rounds + 1):
            key, result, cache = number.to_bytes(16), Result(([make()],)), opened()
            cache.put(bytes(16), Result((["starts the thread"],)), 10.0)
            put.append(timed(lambda: cache.put(key, result, 10.0)))  # noqa: B023
            write.append(timed(cache.close))
            memory.put(key, result)
            ram.append(timed(lambda: memory.get(key)))  # noqa: B023
            kept.append(timed(lambda: cache.kept(key)))  # noqa: B023
            disk.append(timed(lambda: cache.get(key)))  # noqa: B023
        size = max(path.stat().st_size for path in Path(folder).rglob("*.result"))
    figures = {"memory": ram, "disk": disk, "kept": kept, "put": put, "write": write}
    return {"bytes": size, **{f"{name}_us": round(1e6 * statistics.median(s), 1) for name, s in figures.items()}}


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@click.command(help=__doc__)
@click.option("--length", default=400)
@click.option("--rounds", default=15)
def main(length: int, rounds: int) -> None:
    with torch.inference_mode():
        results = {name: measure_result(make, rounds) for name, make in RESULTS.items()}
    print(json.dumps({"chain": asyncio.run(compare_chains(length, rounds)), "results": results}, indent=1))


if __name__ == "__main__":
    main()
