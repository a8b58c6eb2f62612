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

_BETWEEN = 30.0
"""Seconds. Looking through half a gigabyte takes some milliseconds, which a short job should not pay often."""


def give_back_large_blocks() -> None:
    """Have large blocks returned to the system when they are freed, and few heaps beside each other.

    Bodies, pictures and answers of megabytes come and go; in a heap they would leave holes between what stays, so that
    the process would be as large as it was at its busiest for ever. To be called before there are other threads. Not
    for a process that computes with tensors: those are large blocks that come and go all the time, and fresh ones are
    slow.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such function
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, _LARGE)
            mallopt(_M_ARENA_MAX, _ARENAS)


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
        """Nothing computes just now. Takes milliseconds at most every half minute, and nothing otherwise."""
        now = time.monotonic()
        if now >= self._next:
            give_back_holes()
            self._next = time.monotonic() + _BETWEEN
