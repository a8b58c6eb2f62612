"""The one gate: every network call of every job passes it, one call at a time on the device.

A :class:`Turnstile` is shared by all jobs of a worker; each job has a :class:`JobGate`, which the diffusion code is
handed as :class:`nodegraph.diffusion.gate.Gate`. Cancelling acts here and, through :attr:`JobGate.cancelled`, between
two nodes. Knows nothing of networks, nodes or events, and imports no torch.

Hot path: once per network call, so tens to thousands of times a job. Passing a turnstile that nobody else wants
costs two uncontended lock acquisitions, a few microseconds beside calls of milliseconds to seconds.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from nodegraph.execution.cancel import Cancelled

T = TypeVar("T")


class Turnstile:
    """Lets one job through at a time, in the order they came.

    A job that makes call after call goes to the end of the queue each time, so that jobs alternate. Who goes next is
    decided in :meth:`_next` and nowhere else.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[JobGate] = deque()
        self._inside: JobGate | None = None

    @contextmanager
    def turn(self, job: "JobGate") -> Iterator[None]:
        """Wait until it is this job's turn and hold the device for the body. Raises :class:`Cancelled`."""
        with self._changed:
            assert self._inside is not job, "a network call was made inside another one of the same job"
            self._waiting.append(job)
            try:
                while not job.cancelled and not (self._inside is None and self._next() is job):
                    self._changed.wait()
            finally:
                self._waiting.remove(job)
                self._changed.notify_all()
            if job.cancelled:
                raise Cancelled
            self._inside = job
        try:
            yield
        finally:
            with self._changed:
                self._inside = None
                self._changed.notify_all()

    def wake(self) -> None:
        """Have every waiting job look again at whether it may go or was cancelled."""
        with self._changed:
            self._changed.notify_all()

    def _next(self) -> "JobGate | None":
        """Whose turn it is among those that wait; None would make all of them wait. Called with the lock held."""
        return self._waiting[0]


class JobGate:
    """The gate of one job, and the switch that cancels it. Calls are made on the thread of whoever asks."""

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether the job was told to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Have the job stop at its next call or node boundary. May be called from any thread, and again."""
        self._cancelled = True
        self._turnstile.wake()

    def __call__(self, call: Callable[[], T], /) -> T:
        """Make a network call when it is this job's turn.

        Raises :class:`Cancelled` before a call that need not be made any more, and after one whose answer nobody
        needs; and whatever the call raises.
        """
        with self._turnstile.turn(self):
            answer = call()
        if self._cancelled:
            raise Cancelled
        return answer
