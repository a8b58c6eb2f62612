"""How the C library's heap treats what is freed, in a process that runs for months. Only glibc's has to be told."""

import ctypes
import sys
import time
from contextlib import suppress

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

_LARGE = 128 * 1024
"""Bytes. glibc begins with this number, but raises it to the size of whatever large block was freed last."""

_ARENAS = 2

_BETWEEN = 10.0
"""Seconds. Looking through a heap of 250 MB takes 1 to 5 ms, which a short job should not pay each time."""


def give_back_large_blocks() -> None:
    """Have large blocks returned to the system when they are freed.

    Bodies, pictures and answers of megabytes come and go; in a heap they would leave holes between what stays, so that
    the process would be as large as it was at its busiest for ever. Not for a process that computes with tensors: those
    are large blocks that come and go all the time, and fresh ones are slow.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such function
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def keep_few_heaps() -> None:
    """Have threads share two heaps, where each would get one of its own, with its own holes.

    To be called before there are other threads. Python's own lock lets few of them ask for memory at once.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def give_back_holes() -> None:
    """Return to the system what lies free between what is in use.

    For a process whose heap is left as it is because tensors come and go in it: what stays from each job otherwise
    pins a little more of it, for as long as the process lives.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


class Sweeper:
    """Gives back holes now and then: to be told when it is a good moment, however often that is."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _BETWEEN

    def good_moment(self) -> None:
        """Nothing computes just now. Takes milliseconds at most every ten seconds, and nothing otherwise."""
        now = time.monotonic()
        if now >= self._next:
            give_back_holes()
            self._next = time.monotonic() + _BETWEEN
