"""The gate: cancelling between any two calls, and taking turns."""

import itertools
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.gate import Gate
from nodegraph.execution.cancel import Cancelled
from nodegraph.worker.gate import JobGate, Turnstile


def test_returns_what_the_call_returns() -> None:
    gate: Gate = JobGate(Turnstile())
    assert gate(lambda: 42) == 42


def test_a_failing_call_frees_the_turnstile() -> None:
    turnstile = Turnstile()
    with pytest.raises(ZeroDivisionError):
        JobGate(turnstile)(lambda: 1 // 0)
    assert JobGate(turnstile)(lambda: "through") == "through"


@given(total=st.integers(1, 30), data=st.data())
def test_cancel_acts_between_any_two_calls(total: int, data: st.DataObject) -> None:
    """Cancelled during call number ``at`` (from 0), a job makes no further one, and the call's answer is dropped."""
    at = data.draw(st.integers(0, total - 1))
    gate = JobGate(Turnstile())
    made: list[int] = []

    def call(number: int) -> Callable[[], None]:
        def compute() -> None:
            made.append(number)
            if number == at:
                gate.cancel()

        return compute

    def job() -> None:
        for number in range(total):
            gate(call(number))

    with pytest.raises(Cancelled):
        job()
    assert made == list(range(at + 1))


def test_cancelled_before_its_first_call() -> None:
    gate = JobGate(Turnstile())
    gate.cancel()
    with pytest.raises(Cancelled):
        gate(lambda: pytest.fail("was called"))
    assert gate.cancelled


def test_a_job_cancelled_while_it_waits_stops_waiting() -> None:
    turnstile = Turnstile()
    busy, leave = threading.Event(), threading.Event()
    other = threading.Thread(target=lambda: JobGate(turnstile)(lambda: (busy.set(), leave.wait(10))))
    other.start()
    assert busy.wait(10)
    gate = JobGate(turnstile)
    outcome: list[str] = []

    def wait_in_vain() -> None:
        try:
            gate(lambda: outcome.append("called"))
        except Cancelled:
            outcome.append("cancelled")

    waiting = threading.Thread(target=wait_in_vain)
    waiting.start()
    gate.cancel()
    waiting.join(10)
    assert outcome == ["cancelled"]
    leave.set()
    other.join(10)
    assert JobGate(turnstile)(lambda: "free again") == "free again"


def test_one_call_at_a_time_and_jobs_alternate() -> None:
    turnstile = Turnstile()
    inside, most = 0, 0
    order: list[str] = []
    together = threading.Barrier(2)

    def job(name: str) -> None:
        gate = JobGate(turnstile)

        def call() -> None:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            pause.wait(0.005)
            order.append(name)
            inside -= 1

        together.wait()
        for _ in range(10):
            gate(call)

    pause = threading.Event()
    threads = [threading.Thread(target=job, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1
    changes = sum(one != two for one, two in itertools.pairwise(order))
    assert changes > 10  # a lock that is not fair gives runs of one name


def test_a_call_inside_a_call_is_a_defect_and_no_deadlock() -> None:
    gate = JobGate(Turnstile())
    with pytest.raises(AssertionError, match="inside another"):
        gate(lambda: gate(lambda: None))
