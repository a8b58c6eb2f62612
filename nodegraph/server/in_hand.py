"""A job that the worker has, what it has done so far, and the ends that no worker reports. Knows no queue."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from nodegraph.execution.events import Failure, JobFinished, Outcome
from nodegraph.server.records import Recorder, Request, Ticket
from nodegraph.worker.protocol import Submit
from nodegraph.worker.supervisor import LostReason

_PREVIEWS = {"none": False, "auto": True, "latent2rgb": True, "taesd": True}
"""What a prompt may say of its previews, in the field's words; anything else leaves it to the server's settings."""


@dataclass(slots=True)
class InHand:
    """One attempt of a job. ``submitted``: the worker was told of it. ``interrupts``: how often it was stopped."""

    ticket: Ticket
    recorder: Recorder = field(init=False)
    submitted: bool = False
    interrupts: int = 0

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.ticket.job)

    def order(self, request: Request) -> Submit:
        """What the worker is told."""
        previews = _PREVIEWS.get(str(request.extra_data.get("preview_method")))
        ticket = self.ticket
        return Submit(
            ticket.job, request.prompt, request.outputs, request.extra_data, previews, ticket.priority, ticket.owner
        )

    def cancelled(self) -> JobFinished:
        """The end of a job that somebody stopped."""
        recorder = self.recorder
        return JobFinished(
            job=self.ticket.job,
            outcome=Outcome.CANCELLED,
            at=time.time(),
            executed=recorder.executed,
            node=recorder.node,
        )

    def given_up(self, reason: LostReason) -> JobFinished:
        """The end of a job whose last attempt was lost with the worker."""
        message = (
            f"The worker was lost {self.ticket.attempts} times while it ran this job; it is not tried again. "
            f"{reason.message} The rest of the queue goes on with a fresh worker."
        )
        failure = Failure(
            message=message,
            kind="nodegraph.worker.WorkerLost",
            node=self.recorder.node,
            traceback=reason.log.splitlines(keepends=True)[-20:],
        )
        return self.failed(failure, executed=self.recorder.executed)

    def failed(self, failure: Failure, *, executed: Sequence[str] = ()) -> JobFinished:
        """The end of a job that something went wrong with."""
        return JobFinished(
            job=self.ticket.job,
            outcome=Outcome.FAILED,
            at=time.time(),
            executed=list(executed),
            failure=failure,
            node=failure.node,
            class_id=failure.class_id,
        )
