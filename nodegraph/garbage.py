"""How often Python's garbage collector runs, in the processes that hold a lot and make many short-lived objects."""

import gc


def collect_less() -> None:
    """Leave what is loaded now alone for good, and look at the rest less often.

    A run of cheap nodes makes thousands of small objects that die by themselves; going over everything that stays each
    time some hundreds were made costs a third of such a run (``benchmarks/overhead.py``).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
