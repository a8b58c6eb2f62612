"""What the server bears: prompts per second, crowds of clients, clients that never read, a long queue.

    python benchmarks/server.py [--part throughput ...] [--peer http://127.0.0.1:8189 ...]

starts our own server for each part and prints one JSON object. Parts:

throughput: 200 graphs of five nodes and of fresh values, submitted one after the other on one connection, and again
by eight clients at once. How many are accepted per second, how many finished per second from before the first
request, and the time of one submit. A peer is laid beside this part.

crowd: a run of steps with previews, while 1 client listens and while 1000 do: milliseconds until the submitter has the
last message and until the last of the crowd has it.

deaf: the same run beside 100 clients that subscribed and never read; memory of the server before and after.

backlog: 10,000 prompts queued while the queue is paused: submits per second thousand by thousand, memory for each job,
then how many finish per second until all have run.

memory: of the server after rounds of throughput, crowd and deaf clients.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import click
from client import Client, Graph, Server, connected, own_server
from crowd import crowd, raise_file_limit
from overhead import chain

PACK = Path(__file__).with_name("server_pack.py")

Figures = dict[str, object]


def run_of_steps(steps: int = 30) -> Graph:
    """A graph of one node that steps as a sampler does."""
    return {
        "steps": {"class_type": "BenchmarkSteps", "inputs": {"steps": steps, "pause": 0.05, "preview_bytes": 20_000}}
    }


async def _submit(client: Client, count: int) -> tuple[list[float], float, str]:
    """Queue so many graphs: seconds each took, when the last was accepted, and its id."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        prompt = await client.submit(chain(2, random.random()))
        times.append(time.perf_counter() - start)
    return times, time.perf_counter(), prompt


async def _flood(url: str, count: int, submitters: int) -> Figures:
    """Queue ``count`` graphs and wait for all."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(url)) for _ in range(submitters)]
        await clients[0].run(chain(2, random.random()))
        start = time.perf_counter()
        submits = await asyncio.gather(*(_submit(client, count // submitters) for client in clients))
        await asyncio.gather(*(client.finished(last) for client, (_, _, last) in zip(clients, submits, strict=True)))
        end = time.perf_counter()
    times = [seconds for each, _, _ in submits for seconds in each]
    percentiles = statistics.quantiles(times, n=100)
    return {
        "submitters": submitters,
        "accepted_per_second": round(len(times) / (max(accepted for _, accepted, _ in submits) - start), 1),
        "finished_per_second": round(len(times) / (end - start), 1),
        "submit_p50_ms": round(percentiles[49] * 1e3, 2),
        "submit_p99_ms": round(percentiles[98] * 1e3, 2),
    }


async def _run(url: str, clients: int) -> Figures:
    """One run of steps while so many listen."""
    async with crowd(url, clients) as listeners, connected(url) as client:
        start = time.perf_counter()
        await client.run(run_of_steps())
        submitter = time.perf_counter() - start
        heard = json.loads(await listeners.line())
        return {
            "clients": clients,
            "run_ms": round(submitter * 1e3, 1),
            "all_heard_ms": round((time.perf_counter() - start) * 1e3, 1),
            "sent_megabytes": heard["megabytes"],
            "lost": heard["lost"],
        }


async def measure_throughput(server: Server) -> Figures:
    return {f"by_{submitters}": await _flood(server.url, 200, submitters) for submitters in (1, 8)}


async def measure_crowd(server: Server) -> Figures:
    await _run(server.url, 1)
    figures: Figures = {"server_megabytes": server.megabytes}
    for clients in (1, 1000):
        figures[f"with_{clients}"] = await _run(server.url, clients)
        figures[f"server_megabytes_with_{clients}"] = server.megabytes
    return figures


async def measure_deaf(server: Server) -> Figures:
    alone = await _run(server.url, 1)
    before = server.megabytes
    async with crowd(server.url, 100, deaf=True):
        beside = [await _run(server.url, 1) for _ in range(3)]
        during = server.megabytes
    return {
        "run_ms_alone": alone["run_ms"],
        "run_ms_beside_100": [run["run_ms"] for run in beside],
        "server_megabytes": [before, during],
    }


async def measure_backlog(server: Server) -> Figures:
    count, edge = 10_000, 1000
    async with connected(server.url) as client:
        await client.post("/api/v1/queue/pause")
        await _submit(client, edge)  # what grows once is not counted
        before = server.megabytes
        rates, start = [], time.perf_counter()
        for _ in range(0, count - edge, edge):
            _, end, last = await _submit(client, edge)
            rates.append(round(edge / (end - start), 1))
            start = end
        grown = server.megabytes - before
        await client.post("/api/v1/queue/resume")
        start = time.perf_counter()
        await client.finished(last)
        drained = time.perf_counter() - start
    return {
        "queued": count,
        "accepted_per_second": rates,
        "bytes_per_job": round(grown * 1e6 / (count - edge)),
        "finished_per_second": round(count / drained, 1),
        "server_megabytes": server.megabytes,
    }


async def measure_memory(server: Server) -> Figures:
    rounds = [server.megabytes]
    for _ in range(10):
        await _flood(server.url, 400, 4)
        await _run(server.url, 100)
        async with crowd(server.url, 20, deaf=True):
            await _run(server.url, 1)
        rounds.append(server.megabytes)
    return {"server_megabytes": rounds}


PARTS: dict[str, Callable[[Server], Awaitable[Figures]]] = {
    "throughput": measure_throughput,
    "crowd": measure_crowd,
    "deaf": measure_deaf,
    "backlog": measure_backlog,
    "memory": measure_memory,
}


async def measure(parts: Sequence[str], peers: Sequence[str]) -> Figures:
    figures: Figures = {}
    for part in parts:
        async with own_server(packs=[PACK]) as server:
            figures[part] = await PARTS[part](server)
    for peer in peers:
        figures[peer] = await _flood(peer.rstrip("/"), 200, 1)
    return figures


@click.command(help=__doc__)
@click.option("--part", "parts", type=click.Choice(list(PARTS)), multiple=True, default=list(PARTS))
@click.option("--peer", "peers", multiple=True, help="Another server to lay beside ours. May be repeated.")
def main(parts: tuple[str, ...], peers: tuple[str, ...]) -> None:
    raise_file_limit()
    print(json.dumps(asyncio.run(measure(parts, peers)), indent=1))


if __name__ == "__main__":
    main()
