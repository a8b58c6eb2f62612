"""The gate: cancelling between any two calls, taking turns, giving way, and holding."""

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


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@given(priorities=st.lists(st.integers(-2, 2), min_size=1, max_size=5), calls=st.integers(1, 3))
def test_the_most_urgent_go_first_and_all_come_to_their_end(priorities: list[int], calls: int) -> None:
    turnstile = Turnstile()
    turnstile.hold(True)
    made: list[int] = []
    gates = [JobGate(turnstile, priority) for priority in priorities]
    for gate in gates:
        gate.__enter__()

    def job(gate: JobGate) -> None:
        for _ in range(calls):
            gate(lambda: made.append(gate.priority))
        gate.__exit__()

    threads = [in_thread(lambda gate=gate: job(gate)) for gate in gates]
    assert made == []
    turnstile.hold(False)
    for thread in threads:
        thread.join(30)
    assert made == sorted(priorities * calls, reverse=True)


def test_a_less_urgent_job_does_not_slip_in_between_two_calls() -> None:
    turnstile = Turnstile()
    order: list[str] = []
    low, high = JobGate(turnstile), JobGate(turnstile, 1)
    with low, high:
        waiting = in_thread(lambda: low(lambda: order.append("low")))
        for _ in range(3):
            high(lambda: order.append("high"))
            waiting.join(0.02)
        assert waiting.is_alive()
        high.wait()  # does not wait for itself
        between_nodes = in_thread(low.wait)
        between_nodes.join(0.02)
        assert between_nodes.is_alive()
        high.__exit__()
        waiting.join(30)
        between_nodes.join(30)
        high.__enter__()
    assert order == ["high"] * 3 + ["low"]


def test_a_held_job_halts_at_calls_and_between_nodes_and_can_be_cancelled() -> None:
    turnstile = Turnstile()
    with JobGate(turnstile) as gate, JobGate(turnstile) as other:
        turnstile.hold(True)
        outcome: list[str] = []

        def call() -> None:
            try:
                gate(lambda: outcome.append("called"))
            except Cancelled:
                outcome.append("cancelled")

        threads = [in_thread(call), in_thread(gate.wait)]
        goes_on = in_thread(lambda: other(lambda: outcome.append("went on")))
        threads[0].join(0.02)
        assert all(thread.is_alive() for thread in (*threads, goes_on))
        gate.cancel()
        for thread in threads:
            thread.join(30)
        assert outcome == ["cancelled"]
        assert goes_on.is_alive()
        turnstile.hold(False)
        goes_on.join(30)
    assert outcome == ["cancelled", "went on"]
