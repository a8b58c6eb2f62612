"""The engine: runs validated graphs, reusing what it has computed before.

It knows nodes only as :class:`~nodegraph.execution.implementation.Implementation`, and values not at all. What one run
does is in :mod:`nodegraph.execution.run`.

Hot path. A graph of hundreds of cheap nodes is ordinary, so everything here is linear in nodes and links: keys are
computed once for the whole graph, each node is demanded, made ready, called and settled once, and a node costs two
events, one key lookup and one call besides its own work. ``benchmarks/overhead.py`` measures it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nodegraph.execution.cache import ResultCache
from nodegraph.execution.events import Event, JobFinished, JobStarted
from nodegraph.execution.implementation import Implementation
from nodegraph.execution.run import Run
from nodegraph.graph.graph import Graph, Node
from nodegraph.graph.spec import Hidden, Listing, NodeSpec


class Engine:
    """Runs graphs of the given node classes over one cache. Several threads may call :meth:`run` at once.

    ``fingerprint(owner, listing, name)`` identifies what an input of theirs names: the content of a file, the version
    of a credential. ``environment`` enters every key: whatever else changes results, such as device and precision.
    ``inspect(spec, values)`` sees what each node computed, before it is kept, and raises if it must not be.
    """

    def __init__(
        self,
        implementations: Mapping[str, Implementation],
        cache: ResultCache,
        *,
        fingerprint: Callable[[str, Listing, str], str],
        environment: str = "",
        inspect: Callable[[NodeSpec, Sequence[list[Any]]], None] | None = None,
    ) -> None:
        self.implementations = implementations
        self.cache = cache
        self.fingerprint = fingerprint
        self.environment = environment
        self.inspect = inspect

    def run(
        self,
        job: str,
        graph: Graph,
        outputs: Sequence[str],
        *,
        emit: Callable[[Event], None],
        make_context: Callable[[Node], Any],
        cancelled: Callable[[], bool] = lambda: False,
        wait: Callable[[], None] = lambda: None,
        hidden: Mapping[Hidden, Any] | None = None,
        owner: str = "",
    ) -> JobFinished:
        """Compute ``outputs`` of a validated ``graph`` and return the last event, which has been emitted too.

        ``wait`` is called between two nodes, and may make the run wait there. Every literal of the graph has its
        declared type. A node's failure is an outcome, not an exception.

        ``owner`` enters every key as well: what was computed for one is never given to another, be it a name of a
        file, or the news that somebody asked for the same.
        """
        run = Run(self, job, graph, emit, make_context, cancelled, wait, hidden or {}, owner)
        emit(JobStarted(job, time.time()))
        finished = run.work(outputs)
        emit(finished)
        return finished
