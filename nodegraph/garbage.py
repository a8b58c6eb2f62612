"""How often Python's garbage collector runs, in the processes that hold a lot and make many short-lived objects."""

import gc


def collect_less(*, rounds: tuple[int, int] = (20, 50)) -> None:
    """Leave what is loaded now alone for good, and look at the rest less often.

    ``rounds``: after so many looks at what is new, one at what has outlived such a look; after so many of those, one at
    everything. Whoever has objects that live for seconds or minutes and then hold each other needs few of both: they
    outlive the first looks, and would stay as garbage for hours.

    A run of cheap nodes makes thousands of small objects that die by themselves; going over everything that stays each
    time some hundreds were made costs a third of such a run (``benchmarks/overhead.py``).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, *rounds)
