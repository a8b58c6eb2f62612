"""What the use costs: memory, threads and files of server and worker, sizes on disk, and times of answers."""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil


class Sample(NamedTuple):
    """How it stood when so many jobs had ended. Megabytes; ``uss`` is what would be free if the process ended."""

    jobs: int
    minutes: float
    server_rss: float
    server_uss: float
    server_threads: int
    server_files: int
    worker_rss: float
    worker_uss: float
    worker_threads: int
    worker_files: int
    database: float
    temp: float


class Watch:
    """Looks at the processes of one server, whose folders lie in ``home``."""

    def __init__(self, pid: int, home: Path) -> None:
        self._server = psutil.Process(pid)
        self._home = home
        self._began = time.monotonic()
        self.samples: list[Sample] = []

    def look(self, jobs: int) -> None:
        """Take a sample."""
        workers = self._server.children(recursive=True)
        worker = max(workers, key=lambda process: process.memory_info().rss)
        self.samples.append(
            Sample(
                jobs,
                round((time.monotonic() - self._began) / 60, 2),
                *_of_process(self._server),
                *_of_process(worker),
                _megabytes(self._home.glob("user/jobs.sqlite*")),
                _megabytes(self._home.glob("temp/*")),
            )
        )

    def slope(self, field: str) -> float:
        """How a figure grew over the last half of the jobs: MB per 1000 of them, by least squares."""
        half = [sample for sample in self.samples if sample.jobs >= self.samples[-1].jobs / 2]
        jobs = [sample.jobs / 1000 for sample in half]
        return round(statistics.linear_regression(jobs, [getattr(sample, field) for sample in half]).slope, 2)

    def most(self, field: str) -> float:
        """The maximum of a figure."""
        return max(float(getattr(sample, field)) for sample in self.samples)


class Times:
    """Seconds that answers took, by what was asked."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Time the block."""
        start = time.perf_counter()
        yield
        self._seconds[what].append(time.perf_counter() - start)

    def figures(self) -> dict[str, dict[str, float]]:
        """Count and milliseconds of each."""
        return {what: _spread(seconds) for what, seconds in sorted(self._seconds.items())}


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [*seconds] * 99
    return {
        "count": len(seconds),
        "p50_ms": round(cuts[49] * 1e3, 1),
        "p95_ms": round(cuts[94] * 1e3, 1),
        "max_ms": round(max(seconds) * 1e3, 1),
    }


def _of_process(process: psutil.Process) -> tuple[float, float, int, int]:
    memory = process.memory_full_info()
    return round(memory.rss / 1e6, 1), round(memory.uss / 1e6, 1), process.num_threads(), process.num_fds()


def _megabytes(paths: Iterator[Path]) -> float:
    total = 0
    for path in paths:
        with suppress(FileNotFoundError):  # of a write-ahead log or an upload that has just gone
            total += path.stat().st_size
    return round(total / 1e6, 1)
