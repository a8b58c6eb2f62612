"""What the server counts and measures, for Prometheus. Hears the events of jobs, and looks at the rest when asked.

Each application has a registry of its own, so that nothing is shared between two servers in one process.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nodegraph import __version__
from nodegraph.execution.events import JobFinished, Kept, NodeFinished, NodesCached, Outcome
from nodegraph.server.connections import Connections
from nodegraph.server.dispatcher import Dispatcher
from nodegraph.server.events import Entry, EventLog, JobQueued, JobRemoved, JobRequeued, JobTaken
from nodegraph.server.jobs import JobStore

_WAITS = (0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400)
_RUNS = (0.05, 0.25, 1, 2.5, 5, 10, 20, 40, 90, 300, 900, 3600)
_ANSWERS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)


class Metrics:
    """For one application. What it counts begins with it; what is kept on disk is not counted again."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._submitted = self._counter("jobs_submitted", "Jobs that were accepted.")
        self._ended = self._counter("jobs_ended", "Jobs that have ended.", "outcome")
        self._requeued = self._counter("jobs_requeued", "Jobs that were put back because their worker was lost.")
        self._nodes = self._counter("nodes_run", "Nodes that ran.")
        self._cached = self._counter("nodes_cached", "Nodes whose results were known.", "kept")
        self._waited = Histogram(
            "nodegraph_job_wait_seconds",
            "From the acceptance of a job to its worker.",
            buckets=_WAITS,
            registry=self.registry,
        )
        self._ran = Histogram(
            "nodegraph_job_run_seconds", "From its worker to the end of a job.", buckets=_RUNS, registry=self.registry
        )
        self._answered = Histogram(
            "nodegraph_http_request_seconds",
            "From a request to the end of its answer; those that are kept waiting on purpose are left out.",
            ("method", "route", "status"),
            buckets=_ANSWERS,
            registry=self.registry,
        )
        for outcome in Outcome:
            self._ended.labels(outcome)
        self._since: dict[str, float] = {}
        ProcessCollector(registry=self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"nodegraph_{name}", what, labels, registry=self.registry)

    def watch(self, events: EventLog, look: Callable[[], Iterable[Metric]]) -> None:
        """Count what happens from now on, and ``look`` at the rest whenever somebody asks."""
        events.listen(self._hear)
        self.registry.register(_Look(look))

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus. Blocks a little: looks at files."""
        return generate_latest(self.registry)

    def _hear(self, entries: Sequence[Entry]) -> None:
        for event in (entry.event for entry in entries):
            match event:
                case JobQueued(at=at):
                    self._submitted.inc()
                    self._since[event.job] = at
                case JobTaken(at=at):
                    self._measure(self._waited, event.job, at)
                    self._since[event.job] = at
                case JobRequeued(at=at):
                    self._requeued.inc()
                    self._since[event.job] = at
                case JobRemoved():
                    self._ended.labels(Outcome.CANCELLED).inc()
                    self._since.pop(event.job, None)
                case JobFinished(outcome=outcome, at=at):
                    self._ended.labels(outcome).inc()
                    self._measure(self._ran, event.job, at)
                case NodeFinished():
                    self._nodes.inc()
                case NodesCached(kept=kept, nodes=nodes):
                    for node in nodes:
                        self._cached.labels(kept.get(node, "")).inc()
                case _:
                    pass

    def _measure(self, histogram: Histogram, job: str, at: float) -> None:
        """The time since the job's last change; unknown for one that was queued before the server started."""
        since = self._since.pop(job, None)
        if since is not None:
            histogram.observe(max(0.0, at - since))

    def middleware(self) -> Middleware:
        """Measures every request that comes to an end by itself."""

        @web.middleware
        async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
            began = time.perf_counter()
            response = await handler(request)
            resource = request.match_info.route.resource
            if isinstance(response, web.Response | web.FileResponse) and not request.path.endswith("/wait"):
                route = "none" if resource is None else resource.canonical
                labels = (request.method if resource else "any", route, str(response.status))
                self._answered.labels(*labels).observe(time.perf_counter() - began)
            return response

        return measure


class _Look(Collector):
    def __init__(self, look: Callable[[], Iterable[Metric]]) -> None:
        self._look = look

    def collect(self) -> Iterable[Metric]:
        return self._look()

    def describe(self) -> Iterable[Metric]:
        return ()


def state_of(
    store: JobStore,
    dispatcher: Dispatcher,
    events: EventLog,
    connections: Connections,
    *,
    sockets: int,
    streams: int,
    database: Path,
    results_on_disk: int,
) -> Iterator[Metric]:
    """What there is at this moment."""
    for name, what, value in (
        ("queue_length", "Jobs that wait.", len(store.queued)),
        ("queue_limit", "Jobs that may wait.", store.room.limits.jobs),
        ("queue_paused", "Whether no waiting job is taken.", store.paused),
        ("jobs_running", "Jobs that a worker has.", len(store.running)),
        ("worker_ready", "Whether the worker takes jobs.", dispatcher.worker_ready),
        ("connections", "Open connections.", len(connections)),
        ("sockets", "Open WebSockets.", sockets),
        ("event_subscribers", "Connections that are told all events, or those of a job.", streams),
        ("event_log_events", "Events that are kept for those who come back.", events.last - events.first + 1),
        ("event_log_bytes", "Bytes of these.", events.size),
        ("history_bytes", "Bytes of the database of jobs.", _size(database)),
    ):
        yield GaugeMetricFamily(f"nodegraph_{name}", what, value=float(value))
    yield CounterMetricFamily("nodegraph_connections_cut", "Connections that were too many.", value=connections.cut)
    yield CounterMetricFamily("nodegraph_worker_losses", "Workers that were lost or replaced.", value=dispatcher.losses)
    results = GaugeMetricFamily("nodegraph_results_bytes", "Bytes of results of nodes that are kept.", labels=("kept",))
    results.add_metric((Kept.RAM,), float(dispatcher.results))
    results.add_metric((Kept.DISK,), float(results_on_disk))
    yield results
    memory = GaugeMetricFamily("nodegraph_device_memory_bytes", "Memory of a device.", labels=("device", "sort"))
    for device in dispatcher.devices:
        memory.add_metric((device.name, "total"), float(device.memory_total))
        memory.add_metric((device.name, "free"), float(device.memory_free))
    yield memory
    about = GaugeMetricFamily("nodegraph_info", "About this server.", labels=("version", "torch"))
    about.add_metric((__version__, dispatcher.torch_version), 1.0)
    yield about


def _size(database: Path) -> int:
    """With its write-ahead log."""
    total = 0
    for path in (database, database.with_name(database.name + "-wal")):
        with suppress(OSError):
            total += path.stat().st_size
    return total
