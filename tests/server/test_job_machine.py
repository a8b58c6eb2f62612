"""Random lives of a job store on a real database: no job is lost, none ends twice, memory and rows agree."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from job_samples import crash, ended, new_job, settled

from nodegraph.execution.events import Outcome
from nodegraph.server.jobs import ATTEMPTS, JobStore
from nodegraph.server.queue_order import NotQueuedError, OtherOwnerError
from nodegraph.server.queue_room import QueueFullError, QueueLimits
from nodegraph.server.records import JobState, Key, Move, Sought, Ticket

QUEUE_LIMIT, LIMIT_PER_OWNER = 8, 4

OWNERS = ("", "a", "b")

OUTCOMES = {Outcome.DONE: JobState.DONE, Outcome.FAILED: JobState.FAILED, Outcome.CANCELLED: JobState.CANCELLED}


class Lives(RuleBasedStateMachine):
    """``states`` is what each job that was accepted should be, ``attempts`` how often it was given to a worker."""

    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.states: dict[str, JobState] = {}
        self.attempts: dict[str, int] = {}
        self.keys: dict[tuple[str, str], str] = {}
        self.owners: dict[str, str] = {}
        self.paused = False

    @initialize(target=jobs)
    def begin(self) -> MultipleResults[str]:
        self.reopen()
        for job in ("job0", "job1", "job2"):
            self.runner.run(self.store.submit(new_job(job)))
            self.states[job], self.attempts[job], self.owners[job] = JobState.QUEUED, 0, ""
        return multiple(*self.states)

    def reopen(self) -> None:
        path = Path(self.folder.name) / "jobs.sqlite"
        self.store = self.runner.run(JobStore.open(path, limits=QueueLimits(QUEUE_LIMIT, LIMIT_PER_OWNER)))

    def teardown(self) -> None:
        self.runner.run(self.store.close())
        self.runner.close()
        self.folder.cleanup()

    def waiting(self, owner: str | None = None) -> list[str]:
        waiting = [job for job, state in self.states.items() if state is JobState.QUEUED]
        return [job for job in waiting if owner in (None, self.owners[job])]

    def full(self, owner: str) -> bool:
        full_of_theirs = owner != "" and len(self.waiting(owner)) == LIMIT_PER_OWNER
        return len(self.waiting()) == QUEUE_LIMIT or full_of_theirs

    @rule(
        target=jobs,
        priority=st.integers(-1, 1),
        number=st.none() | st.sampled_from([0.0, 1.0, -3.5]),
        front=st.booleans(),
        key=st.none() | st.sampled_from("ab"),
        owner=st.sampled_from(OWNERS),
    )
    def submit(self, priority: int, number: float | None, front: bool, key: str | None, owner: str) -> str:
        job = f"job{len(self.states)}"
        key_ = None if key is None else Key(key, b"same")
        new = new_job(job, owner=owner, priority=priority, number=number, front=front, key=key_)
        try:
            submitted = self.runner.run(self.store.submit(new))
        except QueueFullError:
            assert self.full(owner)
            return job
        if submitted.queued is None:
            assert key is not None
            assert submitted.ticket.job == self.keys[owner, key]
            return submitted.ticket.job
        assert not self.full(owner)
        assert key is None or (owner, key) not in self.keys
        self.states[job], self.attempts[job], self.owners[job] = JobState.QUEUED, 0, owner
        if key is not None:
            self.keys[owner, key] = job
        return job

    def _take(self, above: int | None) -> Ticket | None:
        async def take() -> Ticket | None:
            return self.store.take(above)

        return self.runner.run(take())

    @rule()
    def take_the_next(self) -> None:
        self.take(None)

    @rule(above=st.integers(-2, 1))
    def take_what_is_more_urgent(self, above: int) -> None:
        self.take(above)

    def take(self, above: int | None) -> None:
        first = next(iter(self.store.queued), None)
        seen = self.store.peek(above)
        ticket = self._take(above)
        if first is None or self.paused or (above is not None and first.priority <= above):
            assert ticket is None
            assert seen is None
            return
        assert seen == first
        assert ticket is not None
        assert ticket.job == first.job
        self.states[ticket.job] = JobState.RUNNING
        self.attempts[ticket.job] += 1

    @precondition(lambda self: self.store.running)
    @rule(outcome=st.sampled_from(Outcome), which=st.integers(0, 9))
    def finish(self, outcome: Outcome, which: int) -> None:
        ticket = self.store.running[which % len(self.store.running)]
        self.runner.run(self.store.finish(ticket, ended(ticket.job, outcome)))
        self.states[ticket.job] = OUTCOMES[outcome]

    @precondition(lambda self: self.store.running)
    @rule()
    def lose_the_worker(self) -> None:
        async def requeue(ticket: Ticket) -> None:
            self.store.requeue(ticket, "lost")

        for ticket in self.store.running:
            if ticket.attempts < ATTEMPTS:
                self.runner.run(requeue(ticket))
                self.states[ticket.job] = JobState.QUEUED
            else:
                self.runner.run(self.store.finish(ticket, ended(ticket.job, Outcome.FAILED)))
                self.states[ticket.job] = JobState.FAILED

    @rule(job=jobs, owner=st.none() | st.sampled_from(OWNERS))
    def remove(self, job: str, owner: str | None) -> None:
        gone = self.runner.run(self.store.remove([job, "no such job"], owner=owner))
        assert [ticket.job for ticket in gone] == ([job] if job in self.waiting(owner) else [])
        self.states.update((ticket.job, JobState.CANCELLED) for ticket in gone)

    @rule(owner=st.none() | st.sampled_from(OWNERS))
    def clear(self, owner: str | None) -> None:
        gone = self.runner.run(self.store.remove(owner=owner))
        assert {ticket.job for ticket in gone} == set(self.waiting(owner))
        self.states.update((ticket.job, JobState.CANCELLED) for ticket in gone)

    @rule(
        job=jobs,
        beside=jobs,
        how=st.sampled_from(["before", "after", "front", "back", "priority"]),
        priority=st.integers(-1, 1),
    )
    def move(self, job: str, beside: str, how: str, priority: int) -> None:
        value = {"before": beside, "after": beside, "front": True, "back": True, "priority": priority}[how]
        needed = {job, beside} if how in ("before", "after") else {job}
        try:
            self.runner.run(self.store.move(job, Move(**{how: value})))  # type: ignore[arg-type]
        except NotQueuedError:
            assert not needed <= set(self.waiting())
        except OtherOwnerError:
            assert self.owners[job] != self.owners[beside]
        else:
            assert needed <= set(self.waiting())
            assert len({self.owners[name] for name in needed}) == 1

    @rule(job=consumes(jobs), owner=st.none() | st.sampled_from(OWNERS))
    def forget(self, job: str, owner: str | None) -> None:
        self.runner.run(self.store.forget([job], owner=owner))
        if self.states.get(job) in OUTCOMES.values() and owner in (None, self.owners[job]):
            del self.states[job]
            self.keys = {key: known for key, known in self.keys.items() if known != job}
            self.states[f"forgotten {job}"] = JobState.DONE  # keeps the names of new jobs new

    @rule(paused=st.sampled_from([False, False, True]))
    def pause(self, paused: bool) -> None:
        self.runner.run(self.store.set_paused(paused))
        self.paused = paused

    @rule()
    def restart(self) -> None:
        for ticket in self.store.running:
            self.states[ticket.job] = JobState.QUEUED
            self.attempts[ticket.job] -= 1
        self.runner.run(self.store.close())
        self.reopen()

    @rule()
    def kill(self) -> None:
        for ticket in self.store.running:
            given_up = ticket.attempts >= ATTEMPTS
            self.states[ticket.job] = JobState.FAILED if given_up else JobState.QUEUED
        self.runner.run(crash(self.store))
        self.reopen()

    @invariant()
    def memory_rows_and_model_agree(self) -> None:
        if not hasattr(self, "store"):
            return
        self.runner.run(self.agree())

    async def agree(self) -> None:
        await settled(self.store)
        rows = await self.store.rows.page(Sought(limit=500, states=(JobState.QUEUED, JobState.RUNNING)))
        waiting = [row.ticket for row in rows if row.state is JobState.QUEUED]
        shown = list(self.store.queued)
        assert sorted(waiting) == sorted(shown)
        for owner in OWNERS:
            theirs = [ticket for ticket in shown if ticket.owner == owner]
            assert theirs == sorted(theirs)
            assert {ticket.job for ticket in theirs} == set(self.waiting(owner))
            running = sum(ticket.owner == owner for ticket in self.store.running)
            assert self.store.remaining(owner) == len(theirs) + running
        running = {row.ticket.job for row in rows if row.state is JobState.RUNNING}
        assert running == {ticket.job for ticket in self.store.running}
        assert self.store.paused == self.paused

        rows = await self.store.rows.page(Sought(limit=500))
        expected = {job: state for job, state in self.states.items() if not job.startswith("forgotten")}
        assert {row.ticket.job: row.state for row in rows} == expected
        assert {row.ticket.job: row.ticket.attempts for row in rows} == {job: self.attempts[job] for job in expected}
        for row in rows:
            ends = bytes(row.milestones).count(b'"job_finished"') + bytes(row.milestones).count(b'"job_removed"')
            assert ends == (row.state in OUTCOMES.values())


Lives.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestLives = Lives.TestCase
