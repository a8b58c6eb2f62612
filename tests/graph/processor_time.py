"""How long something takes at its best, for tests of how it grows; for figures there are the benchmarks."""

import gc
import time
from collections.abc import Callable


def least_seconds(work: Callable[[], object]) -> float:
    """Processor time of ``work``, the best of ten: neither other programs nor the garbage of other tests count."""
    runs = []
    gc.disable()
    try:
        for _ in range(10):
            start = time.thread_time()
            work()
            runs.append(time.thread_time() - start)
    finally:
        gc.enable()
    return min(runs)
