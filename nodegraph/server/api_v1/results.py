"""Between the wire of ``/api/v1`` and the server's own structures: orders, and the rows of the job store."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from nodegraph.execution.events import Failure, JobFinished, NodesCached, Outcome
from nodegraph.server.api_v1.messages import (
    JobAccepted,
    JobRequest,
    JobStatus,
    JobView,
    OutputFile,
    QueuedJob,
    Result,
    Standing,
)
from nodegraph.server.events import JobRemoved, JobRequeued, JobTaken, ServerEvent
from nodegraph.server.records import Job, JobState, Ticket
from nodegraph.server.submissions import Accepted, Order

_outputs = msgspec.json.Decoder(dict[str, dict[str, Any]])
_seconds = msgspec.json.Decoder(dict[str, float])
_milestones = msgspec.json.Decoder(list[ServerEvent])

_OUTCOMES = {JobState.DONE: Outcome.DONE, JobState.FAILED: Outcome.FAILED, JobState.CANCELLED: Outcome.CANCELLED}


def result_of(job: Job) -> Result | None:
    """What came of an ended job; None while it has not ended."""
    outcome = _OUTCOMES.get(job.state)
    if outcome is None:
        return None
    outputs = _outputs.decode(job.outputs)
    return Result(
        job=job.ticket.job,
        outcome=outcome,
        files=list(_files(outputs, job.ticket.owner)),
        outputs=outputs,
        error=_failure(job),
    )


def view_of(job: Job, *, milestones: bool = True) -> JobView:
    """Everything about a job but its prompt."""
    told = _milestones.decode(job.milestones)
    cached = [event for event in told if isinstance(event, NodesCached)]
    waited, ran = durations(told, created=job.created, now=time.time())
    ticket = job.ticket
    return JobView(
        job=ticket.job,
        state=job.state,
        number=ticket.number,
        priority=ticket.priority,
        title=ticket.title,
        created=job.created,
        attempts=ticket.attempts,
        started=job.started,
        finished=job.finished,
        retry_of=job.retry_of,
        seconds=_seconds.decode(job.seconds),
        cached=[node for event in cached for node in event.nodes],
        kept={node: where for event in cached for node, where in event.kept.items()},
        waited=waited,
        ran=ran,
        milestones=told if milestones else [],
        result=result_of(job),
    )


def durations(story: Iterable[ServerEvent], *, created: float, now: float) -> tuple[float, float]:
    """The seconds that a job waited, and that a worker had it, until its end or until ``now``."""
    spent = {JobState.QUEUED: 0.0, JobState.RUNNING: 0.0}
    state: JobState | None = JobState.QUEUED
    since = created
    for event in story:
        if state is None or not isinstance(event, JobTaken | JobRequeued | JobFinished | JobRemoved):
            continue
        spent[state] += max(0.0, event.at - since)
        since = event.at
        match event:
            case JobTaken():
                state = JobState.RUNNING
            case JobRequeued():
                state = JobState.QUEUED
            case JobFinished() | JobRemoved():
                state = None
    if state is not None:
        spent[state] += max(0.0, now - since)
    return spent[JobState.QUEUED], spent[JobState.RUNNING]


def status_of(job: Job, *, ahead: int | None) -> JobStatus:
    """How it stands, in short."""
    failure = _failure(job) if job.state is JobState.FAILED else None
    return JobStatus(
        job=job.ticket.job,
        state=Standing(job.state.value),
        ahead=ahead,
        attempts=job.ticket.attempts,
        created=job.created,
        started=job.started,
        finished=job.finished,
        error=None if failure is None else failure.message,
    )


def order_of(request: JobRequest, key: str | None) -> Order:
    """What a client asks for."""
    return Order(
        prompt=request.prompt,
        workflow=request.workflow,
        targets=request.targets,
        job=request.job,
        number=request.number,
        front=request.front,
        priority=request.priority,
        extra_data=request.extra_data,
        key=key,
        webhook=request.webhook,
    )


def accepted_of(accepted: Accepted, *, after: int, retry_of: str | None = None) -> JobAccepted:
    """The answer to it. ``after`` is the number of the latest event before."""
    return JobAccepted(
        job=accepted.ticket.job,
        number=accepted.ticket.number,
        after=after,
        priority=accepted.ticket.priority,
        existed=accepted.existed,
        retry_of=retry_of,
        problems=dict(accepted.node_errors),
        warnings=list(accepted.warnings),
    )


def queued_of(ticket: Ticket, ahead: int = 0) -> QueuedJob:
    """A place in the queue."""
    return QueuedJob(ticket.job, ticket.number, ticket.priority, ticket.attempts, ticket.client, ticket.title, ahead)


def _failure(job: Job) -> Failure | None:
    ends = (event for event in _milestones.decode(job.milestones) if isinstance(event, JobFinished))
    return next((end.failure for end in ends), None)


def _files(outputs: Mapping[str, Mapping[str, Any]], owner: str) -> Iterator[OutputFile]:
    """Every shown value that names a file, which is in the folders of ``owner``."""
    whose = {"owner": owner} if owner else {}
    for node, ui in outputs.items():
        for kind, values in ui.items():
            for value in values if isinstance(values, list) else ():
                if isinstance(value, dict) and isinstance(value.get("filename"), str):
                    place = {key: str(value.get(key) or "") for key in ("filename", "subfolder", "type")}
                    yield OutputFile(node, kind, **place, url=f"/view?{urlencode({**place, **whose})}")
