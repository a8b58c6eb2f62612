"""A line in the log for each turn of a job: accepted, given to a worker, put back, ended."""

import logging
from collections.abc import Sequence

from nodegraph.execution.events import JobFinished
from nodegraph.logs import about
from nodegraph.server.events import Entry, JobQueued, JobRemoved, JobRequeued, JobTaken

log = logging.getLogger(__name__)


def hear(entries: Sequence[Entry]) -> None:
    """A listener of the event log."""
    for event in (entry.event for entry in entries):
        with about(event.job):
            match event:
                case JobQueued(priority=priority):
                    log.info("Queued with priority %d.", priority)
                case JobTaken(attempt=attempt):
                    log.info("Given to the worker, attempt %d.", attempt)
                case JobRequeued():
                    log.warning("Put back: its worker was lost.")
                case JobRemoved():
                    log.info("Cancelled while it waited.")
                case JobFinished(outcome=outcome, failure=failure):
                    kind = "" if failure is None else f": {failure.kind} in node {failure.node or '-'}"
                    log.info("Ended: %s%s.", outcome, kind)
                case _:
                    pass
