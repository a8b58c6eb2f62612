"""What somebody may see and do of the jobs of all. Another's job is, to them, one that never was."""

from nodegraph.access.identity import Identity, NotAllowedError, Scope
from nodegraph.errors import MissingFileError
from nodegraph.server.jobs import JobStore
from nodegraph.server.queue_order import NotQueuedError
from nodegraph.server.records import PRIORITY_LIMIT, AskedJob, Job, Move


async def find_job(store: JobStore, job: str, who: Identity) -> Job:
    """The row of a job. Raises ``MissingFileError`` if there is none, or not for them."""
    row = await store.job(job)
    if row is None or not who.sees(row.ticket.owner):
        raise _missing(job)
    return row


async def find_asked(store: JobStore, job: str, who: Identity) -> AskedJob:
    """The row of a job with its request. Raises as :func:`find_job` does."""
    asked = await store.rows.asked(job)
    if asked is None or not who.sees(asked.job.ticket.owner):
        raise _missing(job)
    return asked


def highest_priority(who: Identity) -> int:
    """How urgent a job of theirs may be: one that is more so than others goes before everybody's."""
    return PRIORITY_LIMIT if who.scope is Scope.ADMIN else 0


def check_priority(priority: int, who: Identity, *, has: int = 0) -> None:
    """Raises ``NotAllowedError`` unless they may give this priority to a job, which may ``has`` it already."""
    if priority > max(has, highest_priority(who)):
        raise NotAllowedError(
            f"A priority above 0 lets a job run before everybody's, which is for admins: the token {who.name!r} has "
            f"the scope {who.scope.value!r}. Leave it at 0 or below."
        )


def check_move(store: JobStore, job: str, move: Move, who: Identity) -> None:
    """Raises unless they may give this place to a waiting job of theirs.

    Raises:
        NotQueuedError: it does not wait, or the one it should be placed beside, as far as they see.
        NotAllowedError: the priority it would get is not for them.
    """
    ticket = store.waiting(job)
    if ticket is None:
        raise NotQueuedError(job)
    beside = move.before if move.after is None else move.after
    anchor = None if beside is None else store.waiting(beside)
    if beside is not None and (anchor is None or not who.sees(anchor.owner)):
        raise NotQueuedError(beside)
    priority = move.priority if anchor is None else anchor.priority
    check_priority(ticket.priority if priority is None else priority, who, has=ticket.priority)


def _missing(job: str) -> MissingFileError:
    return MissingFileError(f"There is no job {job!r}.")
