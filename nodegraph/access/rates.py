"""How often somebody may ask, as token buckets. Knows no clock and no HTTP: the caller tells the time."""

from collections import OrderedDict
from typing import NamedTuple

MOST_KNOWN = 10_000
"""So many askers are remembered; of more, the one that was silent longest is forgotten."""


class _Bucket(NamedTuple):
    left: float
    at: float


class Rates:
    """For each asker ``burst`` requests at once, and ``rate`` a second on and on."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, asker: str, now: float) -> float:
        """Count a request at ``now`` (seconds of a clock that never goes back).

        Returns 0 if it may be, else the seconds after which the next one may; it is not counted then.
        """
        left = self.left(asker, now)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._buckets[asker] = _Bucket(left if wait else left - 1, now)
        self._buckets.move_to_end(asker)
        if len(self._buckets) > MOST_KNOWN:
            self._buckets.popitem(last=False)
        return wait

    def left(self, asker: str, now: float) -> float:
        """How many requests they may make at once now."""
        bucket = self._buckets.get(asker)
        return self._burst if bucket is None else min(self._burst, bucket.left + (now - bucket.at) * self._rate)
