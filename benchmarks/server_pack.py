"""Nodes for the benchmarks of the server: one steps as a sampler does and computes nothing, one fails."""

import random
import time

from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Shown
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node


@node("BenchmarkSteps", category="benchmark", output=True, fingerprint=lambda literals: ALWAYS)
def steps(context: Context, *, steps: int = 20, pause: float = 0.05, preview_bytes: int = 20_000) -> Shown:
    """Pass the gate ``steps`` times, ``pause`` seconds each, with progress and a preview of so many bytes."""
    picture = random.randbytes(preview_bytes)
    for done in range(1, steps + 1):
        context.gate(lambda: time.sleep(pause))
        if context.preview is not None:
            context.preview("image/jpeg", picture)
        context.progress(done, steps)
    return Shown({})


@node("BenchmarkFail", category="benchmark", output=True)
def fail(*, message: str = "no luck") -> Shown:
    """Raise."""
    raise RuntimeError(message)
