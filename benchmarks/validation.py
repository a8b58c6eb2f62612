"""Milliseconds to check a graph before it is queued: chains of cheap nodes, in one thread and without a server.

    python benchmarks/validation.py

prints one JSON object: the best of twenty rounds for each length, reading the API format included.
"""

import json
import time

import click
from overhead import chain

from nodegraph.graph.api_format import parse
from nodegraph.graph.validate import Validator
from nodegraph.packs.loader import load_packs


@click.command(help=__doc__)
@click.option("--length", "lengths", type=int, multiple=True, default=[100, 400, 1600])
@click.option("--rounds", default=20)
def main(lengths: tuple[int, ...], rounds: int) -> None:
    validate = Validator({name: node.spec for name, node in load_packs().nodes.items()})
    figures = []
    for length in lengths:
        prompt = chain(length, 0.5)
        best = float("inf")
        for _ in range(rounds):
            start = time.perf_counter()
            validated = validate(parse(prompt), lambda files: [])
            best = min(best, time.perf_counter() - start)
        assert not validated.node_errors, validated.node_errors
        figures.append({"nodes": len(prompt), "milliseconds": round(1e3 * best, 2)})
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
