import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The first example may pay for torch's start, and on a busy machine any may be slow: time is the benchmarks' business.
settings.register_profile("nodegraph", deadline=None)
settings.load_profile("nodegraph")

# Processes that share the cores: were each, and what it starts, to compute on all of them, they would mostly wait for
# one another. Read when torch is loaded, which is later than this.
if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // processes)))

_FIRST = (
    "web/test_frontend.py",
    "server/test_kills.py",
    "worker/test_supervisor.py",
    "worker/test_disk_results.py",
    "training/test_starter_training.py",
    "training/test_evaluation.py",
    "workflows/test_example_pictures.py",
)
"""The files that take longest: of two processes neither should begin one when the other is done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the files that take longest first, and leaves the others and the tests of each in their order."""
    folder = Path(__file__).parent
    ranks = {folder / name: rank for rank, name in enumerate(_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Puts the log of this process back: a command that sets it up takes it from a server other tests go on with."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)
