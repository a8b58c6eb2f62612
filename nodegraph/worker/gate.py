"""The one gate: every network call of every job passes it, one call at a time on the device.

A :class:`Turnstile` is shared by all jobs of a worker; each job has a :class:`JobGate`, which the diffusion code is
handed as :class:`nodegraph.diffusion.gate.Gate`. Cancelling, holding, and giving way to a more urgent job all act
here: at each network call and, through :meth:`JobGate.wait`, between two nodes. Knows nothing of networks, nodes or
events, and imports no torch.

Hot path: once per network call, so tens to thousands of times a job, and once per node. Passing a turnstile that
nobody else wants costs two uncontended lock acquisitions, a few microseconds beside calls of milliseconds to seconds.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self, TypeVar

from nodegraph.execution.cancel import Cancelled

T = TypeVar("T")


class Turnstile:
    """Lets one job through at a time: of the most urgent ones that are here, in the order they came.

    Equally urgent jobs that make call after call alternate, since each goes to the end of the queue every time. A less
    urgent job waits until all more urgent ones have left, not only until they are between two calls: otherwise it would
    slip in after each of theirs, and slow them by half. Who goes next is decided in :meth:`_next` and nowhere else.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._present: list[JobGate] = []
        self._waiting: deque[JobGate] = deque()
        self._inside: JobGate | None = None
        self._held = False
        self._urgent: int | None = None
        """The highest priority among those present."""

    def enter(self, job: "JobGate") -> None:
        """From now on less urgent jobs give way to this one."""
        with self._changed:
            self._present.append(job)
            self._look_around()

    def leave(self, job: "JobGate") -> None:
        """The job has ended."""
        with self._changed:
            self._present.remove(job)
            self._look_around()

    def hold(self, held: bool) -> None:
        """Let nobody through until this is called again with False. A call that is being made goes on to its end."""
        with self._changed:
            self._held = held
            self._changed.notify_all()

    def wait(self, job: "JobGate") -> None:
        """Wait while this job would have to wait for its turn, and the device is not the reason; or is cancelled."""
        if self._may_go(job):  # without the lock: it is asked once per node, and a moment later is early enough
            return
        with self._changed:
            self._changed.wait_for(lambda: job.cancelled or self._may_go(job))

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
        """Whose turn it is among those that wait; None makes all of them wait. Called with the lock held."""
        return next(filter(self._may_go, self._waiting), None)

    def _may_go(self, job: "JobGate") -> bool:
        return not self._held and (self._urgent is None or job.priority >= self._urgent)

    def _look_around(self) -> None:
        self._urgent = max((job.priority for job in self._present), default=None)
        self._changed.notify_all()


class JobGate:
    """The gate of one job, and the switch that cancels it. Calls are made on the thread of whoever asks.

    ``with`` it, the job is present: less urgent ones wait.
    """

    def __init__(self, turnstile: Turnstile, priority: int = 0) -> None:
        self._turnstile = turnstile
        self._cancelled = False
        self.priority = priority

    def __enter__(self) -> Self:
        self._turnstile.enter(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._turnstile.leave(self)

    @property
    def cancelled(self) -> bool:
        """Whether the job was told to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Have the job stop at its next call or node boundary. May be called from any thread, and again."""
        self._cancelled = True
        self._turnstile.wake()

    def wait(self) -> None:
        """Between two nodes: wait while the job is held or a more urgent one is here. Returns when it is cancelled."""
        self._turnstile.wait(self)

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
