"""Whether another job may wait: the queue has an end, and nobody may fill it alone. Knows no jobs but how many."""

from collections import Counter
from typing import NamedTuple

from nodegraph.errors import UserError
from nodegraph.server.queue_order import QueueOrder


class QueueFullError(UserError):
    """As many jobs wait as may."""

    retry_after = 5
    """Seconds after which it may be worth trying again."""


class QueueLimits(NamedTuple):
    """How many jobs may wait: of all, and of each owner other than the server's own."""

    jobs: int = 20_000
    per_owner: int = 1_000

    def of(self, owner: str | None) -> int:
        """How many jobs of this owner may wait; None: of all."""
        return min(self.jobs, self.per_owner) if owner else self.jobs


class QueueRoom:
    """Counts those that wait, and those that were let in and are being written."""

    def __init__(self, order: QueueOrder, limits: QueueLimits) -> None:
        self.limits = limits
        self._order = order
        self._arriving: Counter[str] = Counter()

    def arriving(self, owner: str) -> None:
        """A job was let in."""
        self._arriving[owner] += 1

    def arrived(self, owner: str) -> None:
        """It waits now, or could not be written."""
        self._arriving -= Counter((owner,))

    def check(self, owner: str) -> None:
        """Raises :class:`QueueFullError` if no further job of this owner may wait."""
        if len(self._order) + self._arriving.total() >= self.limits.jobs:
            raise QueueFullError(
                f"The queue is full: {self.limits.jobs} jobs wait, and no more may. Try again when some of them have "
                "run, remove some, or start the server with a higher --queue-limit."
            )
        if owner and self._order.count(owner) + self._arriving[owner] >= self.limits.per_owner:
            raise QueueFullError(
                f"{self.limits.per_owner} jobs of this access token wait, and no more may. Try again when some of them "
                "have run, remove some, or have the server started with a higher --queue-limit-per-token."
            )
