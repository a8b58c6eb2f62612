"""What changes the rows of a job, as statements, from its submission to its end. Knows no queue and runs nothing."""

import time

import msgspec

from nodegraph.server.database import Statement
from nodegraph.server.events import JobMoved, JobQueued, JobRequeued, JobTaken
from nodegraph.server.records import JobState, Key, Record, Request, Ticket

# The list of milestones is JSON; events are put before its closing bracket, without reading it.
_TELL = (
    "milestones = substr(milestones, 1, length(milestones) - 1) "
    "|| CASE milestones WHEN '[]' THEN '' ELSE ',' END || substr(?, 2)"
)


def queueing(ticket: Ticket, queued: JobQueued, key: Key | None) -> Statement:
    """A job was submitted."""
    return (
        "INSERT INTO jobs "
        "(seq, id, owner, state, rank, number, client, created, retry_of, key, digest, title, milestones) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ticket.seq,
            ticket.job,
            ticket.owner,
            JobState.QUEUED,
            ticket.rank,
            ticket.number,
            ticket.client,
            queued.at,
            queued.retry_of,
            None if key is None else key.name,
            None if key is None else key.digest,
            ticket.title,
            text([queued]),
        ),
    )


def asking(ticket: Ticket, prompt: str, request: Request) -> Statement:
    """What it asks for; follows :func:`queueing`. ``prompt`` is that of the request as :func:`text`."""
    return (
        "INSERT INTO requests (seq, prompt, targets, extra_data) VALUES (?, ?, ?, ?)",
        (ticket.seq, prompt, text(request.outputs), text(request.extra_data)),
    )


def taking(ticket: Ticket, taken: JobTaken) -> Statement:
    """It was given to a worker."""
    return (
        f"UPDATE jobs SET state = ?, attempts = ?, started = ?, {_TELL} WHERE seq = ?",
        (JobState.RUNNING, ticket.attempts, taken.at, text([taken]), ticket.seq),
    )


def placing(ticket: Ticket, moved: JobMoved) -> Statement:
    """It has another place."""
    return (
        f"UPDATE jobs SET rank = ?, number = ?, {_TELL} WHERE seq = ?",
        (ticket.rank, ticket.number, text([moved]), ticket.seq),
    )


def requeueing(ticket: Ticket, reason: str) -> Statement:
    """It waits again."""
    event = JobRequeued(job=ticket.job, reason=reason, at=time.time())
    return (
        f"UPDATE jobs SET state = ?, attempts = ?, {_TELL} WHERE seq = ?",
        (JobState.QUEUED, ticket.attempts, text([event]), ticket.seq),
    )


def ending(ticket: Ticket, record: Record, ended: int, *, started: float | None = None) -> Statement:
    """It has ended, unless it had already.

    ``started``: of a job that ran, should its row not know that because the disk was full when it began.
    """
    return (
        "UPDATE jobs SET state = ?, started = IFNULL(started, ?), finished = ?, ended = ?, outputs = ?, shown_by = ?, "
        f"seconds = ?, {_TELL} WHERE seq = ? AND ended IS NULL",
        (
            JobState(record.outcome.value),
            started,
            record.finished,
            ended,
            text(record.outputs),
            text(record.shown_by),
            text(record.seconds),
            text(record.milestones),
            ticket.seq,
        ),
    )


def text(value: object) -> str:
    """How documents are stored: as JSON."""
    return msgspec.json.encode(value).decode()
