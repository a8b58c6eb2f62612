"""Reading jobs back from their rows. Knows no queue and changes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from nodegraph.server.database import Database, Row
from nodegraph.server.records import AskedJob, Job, JobState, Key, Request, Sought, Ticket

_TICKET = "rank, number, seq, id, client, attempts, title, owner"
_JOB = f"{_TICKET}, state, created, started, finished, retry_of, outputs, shown_by, seconds, milestones"
_ASKED = f"SELECT {_JOB}, prompt, targets, extra_data FROM jobs JOIN requests USING (seq)"
_HAS_WORD = "(title LIKE ? ESCAPE '!' OR prompt LIKE ? ESCAPE '!' OR outputs LIKE ? ESCAPE '!')"
_DURATION = "IFNULL(finished - started, 0)"
_WORKFLOW = "CAST(json_extract(extra_data, '$.extra_pnginfo.workflow.id') AS TEXT)"
_RAN = "ended IS NOT NULL AND started IS NOT NULL"
_OF = "(? IS NULL OR owner = ?)"

_TICKET_COLUMNS = len(_TICKET.split(","))
_JOB_COLUMNS = len(_JOB.split(","))

_Plain = tuple[JobState, float, float | None, float | None, str | None]


class Listing(NamedTuple):
    """Which jobs: of these ``states`` (none: of all), this ``workflow`` and this ``owner``, so many from ``offset`` on,
    the latest submitted first, or the longest run, or the other way round."""

    states: Sequence[JobState] = ()
    workflow: str | None = None
    by_duration: bool = False
    ascending: bool = False
    limit: int = 100
    offset: int = 0
    owner: str | None = None


class JobRows:
    """The jobs of a database, as far as it has them: all that were accepted and are not forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def job(self, job: str) -> Job | None:
        """One job, ended or not."""
        rows = await self._database.read(f"SELECT {_JOB} FROM jobs WHERE id = ?", (job,))
        return _job(rows[0]) if rows else None

    async def asked(self, job: str) -> AskedJob | None:
        """One job with its request."""
        rows = await self._database.read(f"{_ASKED} WHERE id = ?", (job,))
        return _asked(rows[0]) if rows else None

    async def page(self, sought: Sought) -> list[Job]:
        """The first of the jobs that are sought."""
        conditions: list[tuple[str, Sequence[int | float | str]]] = []
        for condition, value in (
            ("owner = ?", sought.owner),
            ("seq < ?", sought.before),
            ("seq > ?", sought.after),
            ("client = ?", sought.client),
            ("created >= ?", sought.since),
            ("created < ?", sought.until),
            ("title LIKE ? ESCAPE '!'", _like(sought.title) if sought.title else None),
        ):
            if value is not None:
                conditions.append((condition, (value,)))
        if sought.states:
            conditions.append((f"state IN ({', '.join('?' * len(sought.states))})", sought.states))
        if sought.shown:
            conditions.append(("outputs <> '{}'", ()))
        conditions += [(_HAS_WORD, (_pattern(word),) * 3) for word in sought.words]
        where = f"WHERE {' AND '.join(condition for condition, _ in conditions)}" if conditions else ""
        source = "jobs JOIN requests USING (seq)" if sought.words else "jobs"
        order = "ASC" if sought.oldest_first else "DESC"
        rows = await self._database.read(
            f"SELECT {_JOB} FROM {source} {where} ORDER BY seq {order} LIMIT ?",
            (*(value for _, values in conditions for value in values), sought.limit),
            search=bool(sought.words or sought.title),
        )
        return [_job(row) for row in rows]

    async def listed(self, asked: Listing) -> tuple[list[tuple[Job, str | None]], int]:
        """Jobs that wait, run or ran, each with the id of its workflow, and how many there are on all pages."""
        conditions, given = ["(ended IS NULL OR started IS NOT NULL)"], list[str]()
        if asked.owner is not None:
            conditions.append("owner = ?")
            given.append(asked.owner)
        if asked.states:
            conditions.append(f"state IN ({', '.join('?' * len(asked.states))})")
            given += asked.states
        if asked.workflow is not None:
            conditions.append(f"{_WORKFLOW} = ?")
            given.append(asked.workflow)
        found = f"FROM jobs JOIN requests USING (seq) WHERE {' AND '.join(conditions)}"
        direction = "ASC" if asked.ascending else "DESC"
        order = f"{_DURATION if asked.by_duration else 'seq'} {direction}, seq {direction}"
        counted = await self._database.read(f"SELECT COUNT(*) {found}", tuple(given), search=True)
        rows = await self._database.read(
            f"SELECT {_JOB}, {_WORKFLOW} {found} ORDER BY {order} LIMIT ? OFFSET ?",
            (*given, asked.limit, asked.offset),
            search=True,
        )
        return [(_job(row), msgspec.convert(row[_JOB_COLUMNS], str | None)) for row in rows], int(str(counted[0][0]))

    async def history(
        self, *, limit: int | None = None, offset: int | None = None, owner: str | None = None
    ) -> list[int]:
        """The sequence numbers of jobs that ran and ended, the earliest end first: the last ``limit``, or ``limit``
        from ``offset`` on; of ``owner`` only, if given. See :meth:`of`."""
        ended = f"SELECT seq FROM jobs WHERE {_RAN} AND {_OF} ORDER BY ended"
        count = -1 if limit is None else limit
        if offset is None:
            rows = await self._database.read(f"{ended} DESC LIMIT ?", (owner, owner, count))
            rows.reverse()
        else:
            rows = await self._database.read(f"{ended} LIMIT ? OFFSET ?", (owner, owner, count, offset))
        return [int(str(seq)) for (seq,) in rows]

    async def of(self, seqs: Sequence[int]) -> list[AskedJob]:
        """The jobs of these sequence numbers in this order, but for those that are forgotten."""
        rows = await self._database.read(f"{_ASKED} WHERE seq IN ({', '.join('?' * len(seqs))})", seqs)
        found = {asked.job.ticket.seq: asked for asked in map(_asked, rows)}
        return [found[seq] for seq in seqs if seq in found]

    async def open_tickets(self) -> list[Ticket]:
        """The tickets of all jobs that wait or run, those of each owner in the order they run."""
        rows = await self._database.read(f"SELECT {_TICKET} FROM jobs WHERE ended IS NULL ORDER BY rank, number, seq")
        return [_ticket(row) for row in rows]

    async def turns(self) -> list[str]:
        """The owners of jobs that ran to an end, in the order in which their last ones began."""
        rows = await self._database.read(f"SELECT owner FROM jobs WHERE {_RAN} GROUP BY owner ORDER BY MAX(started)")
        return [str(owner) for (owner,) in rows]

    async def keyed(self, name: str, owner: str) -> tuple[Ticket, Key] | None:
        """The job that its owner submitted under a key."""
        rows = await self._database.read(
            f"SELECT {_TICKET}, key, digest FROM jobs WHERE key = ? AND owner = ?", (name, owner)
        )
        return (_ticket(rows[0]), msgspec.convert(rows[0][_TICKET_COLUMNS:], Key)) if rows else None

    async def request(self, ticket: Ticket) -> Request:
        """What was asked for."""
        rows = await self._database.read(
            "SELECT prompt, targets, extra_data FROM requests WHERE seq = ?", (ticket.seq,)
        )
        prompt, targets, extra_data = (msgspec.json.decode(str(column)) for column in rows[0])
        return Request(prompt=prompt, outputs=targets, extra_data=extra_data)


def _pattern(word: str) -> str:
    """What finds ``word`` in a document, where it is written as JSON has it."""
    return _like(msgspec.json.encode(word).decode()[1:-1])


def _like(text: str) -> str:
    """What finds ``text`` anywhere."""
    return "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


def _ticket(row: Row) -> Ticket:
    return msgspec.convert(row[:_TICKET_COLUMNS], Ticket)


def _job(row: Row) -> Job:
    plain, documents = row[_TICKET_COLUMNS : _JOB_COLUMNS - 4], row[_JOB_COLUMNS - 4 : _JOB_COLUMNS]
    return Job(_ticket(row), *msgspec.convert(plain, _Plain), *_documents(documents))


def _asked(row: Row) -> AskedJob:
    return AskedJob(_job(row), *_documents(row[_JOB_COLUMNS:]))


def _documents(columns: Sequence[object]) -> list[msgspec.Raw]:
    return [msgspec.Raw(str(column).encode()) for column in columns]
