"""The rows of the job store as ``/api/v1`` shows them."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from nodegraph.execution.events import AnyEvent, Failure, JobFinished, Outcome
from nodegraph.server.api_v1.messages import JobView, OutputFile, Result
from nodegraph.server.records import Job, JobState

_outputs = msgspec.json.Decoder(dict[str, dict[str, Any]])
_seconds = msgspec.json.Decoder(dict[str, float])
_milestones = msgspec.json.Decoder(list[AnyEvent])

_OUTCOMES = {JobState.DONE: Outcome.DONE, JobState.FAILED: Outcome.FAILED, JobState.CANCELLED: Outcome.CANCELLED}


def result_of(job: Job) -> Result | None:
    """What came of an ended job; None while it has not ended."""
    outcome = _OUTCOMES.get(job.state)
    if outcome is None:
        return None
    outputs = _outputs.decode(job.outputs)
    return Result(
        job=job.ticket.job, outcome=outcome, files=list(_files(outputs)), outputs=outputs, error=_failure(job)
    )


def view_of(job: Job) -> JobView:
    """Everything about a job but its prompt."""
    return JobView(
        job=job.ticket.job,
        state=job.state,
        number=job.ticket.number,
        created=job.created,
        attempts=job.ticket.attempts,
        started=job.started,
        finished=job.finished,
        seconds=_seconds.decode(job.seconds),
        result=result_of(job),
    )


def _failure(job: Job) -> Failure | None:
    ends = (event for event in _milestones.decode(job.milestones) if isinstance(event, JobFinished))
    return next((end.failure for end in ends), None)


def _files(outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[OutputFile]:
    """Every shown value that names a file."""
    for node, ui in outputs.items():
        for kind, values in ui.items():
            for value in values if isinstance(values, list) else ():
                if isinstance(value, dict) and isinstance(value.get("filename"), str):
                    place = {key: str(value.get(key) or "") for key in ("filename", "subfolder", "type")}
                    yield OutputFile(node, kind, **place, url=f"/view?{urlencode(place)}")
