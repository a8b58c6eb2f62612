"""The tables of webhooks: what is to be called for which job, and how that went. Knows no HTTP.

A secret is in a table of its own, from the acceptance of its job until nothing is left to be delivered. What else is
kept of a webhook goes with its job.
"""

import time
import uuid
from collections.abc import Collection

import msgspec

from nodegraph.server.database import Database, Statement
from nodegraph.server.records import DeliveryState, Ticket, Webhook, WebhookEvent

_DUE = """
    FROM deliveries JOIN webhooks USING (seq) JOIN jobs USING (seq) LEFT JOIN webhook_secrets USING (seq)
    WHERE deliveries.state = 'pending'
    AND CASE event WHEN 'started' THEN jobs.started ELSE jobs.ended END IS NOT NULL
"""


class Due(msgspec.Struct, frozen=True, array_like=True):
    """What is to be delivered now. ``attempts``: how many there were before. It is signed with ``secret``, or with
    that of the ``credential``, which the job's ``owner`` may use."""

    id: str
    job: str
    event: WebhookEvent
    attempts: int
    url: str
    secret: str | None
    credential: str | None
    owner: str


class Delivery(msgspec.Struct, frozen=True, array_like=True):
    """How one delivery stands. ``due``: when it is tried (again); ``at``: of the last attempt."""

    id: str
    event: WebhookEvent
    state: DeliveryState
    attempts: int
    due: float
    at: float | None
    status: int | None
    error: str | None


def adding(ticket: Ticket, webhook: Webhook) -> list[Statement]:
    """A job was submitted with a webhook; follows its own statements."""
    statements: list[Statement] = [
        ("INSERT INTO webhooks (seq, url, credential) VALUES (?, ?, ?)", (ticket.seq, webhook.url, webhook.credential))
    ]
    if webhook.secret is not None:
        statements.append(("INSERT INTO webhook_secrets (seq, secret) VALUES (?, ?)", (ticket.seq, webhook.secret)))
    for event in sorted(set(webhook.events)):
        statements.append(
            ("INSERT INTO deliveries (id, seq, event) VALUES (?, ?, ?)", (str(uuid.uuid4()), ticket.seq, event))
        )
    return statements


class WebhookRows:
    """The webhooks in a database of jobs."""

    def __init__(self, database: Database, allowed: Collection[str] = ()) -> None:
        self._database = database
        self.allowed = allowed
        """Hosts that may be called though they are in no public network."""
        self.open: set[str] = set()
        """The jobs of which something will be to tell."""

    async def recall(self) -> bool:
        """After a start: read which jobs are :attr:`open`. Returns whether anything is still to be told."""
        rows = await self._database.read(
            "SELECT DISTINCT id FROM jobs WHERE seq IN (SELECT seq FROM deliveries WHERE state = 'pending')"
        )
        self.open.update(str(job) for (job,) in rows)
        return bool(rows)

    async def due(self, limit: int) -> list[Due]:
        """What is to be delivered now, the longest due first."""
        rows = await self._database.read(
            "SELECT deliveries.id, jobs.id, event, deliveries.attempts, url, secret, credential, owner"
            f"{_DUE} AND due <= ? ORDER BY due LIMIT ?",
            (time.time(), limit),
        )
        return [msgspec.convert(row, Due) for row in rows]

    async def next_due(self) -> float | None:
        """When the next one is."""
        ((due,),) = await self._database.read(f"SELECT MIN(due) {_DUE}")
        return msgspec.convert(due, float | None)

    async def claim(self, due: Due, until: float) -> None:
        """An attempt begins. Unless it is settled ``until`` then, another follows: the server may die meanwhile."""
        await self._database.write(
            (
                "UPDATE deliveries SET attempts = ?, at = ?, due = ? WHERE id = ?",
                (due.attempts + 1, time.time(), until, due.id),
            )
        )

    async def settle(
        self, due: Due, state: DeliveryState, *, status: int | None, error: str | None, again: float | None = None
    ) -> None:
        """An attempt has ended; ``again``: when the next one is."""
        await self._database.write(
            (
                "UPDATE deliveries SET state = ?, status = ?, error = ?, due = IFNULL(?, due) WHERE id = ?",
                (state, status, error, again, due.id),
            )
        )

    async def tidy(self) -> None:
        """Drop what will not happen, and secrets that are no longer needed."""
        await self._database.write(
            (
                "UPDATE deliveries SET state = 'dropped' WHERE state = 'pending' AND event = 'started' "
                "AND seq IN (SELECT seq FROM jobs WHERE ended IS NOT NULL AND started IS NULL)",
                (),
            ),
            (
                "DELETE FROM webhook_secrets WHERE NOT EXISTS (SELECT 1 FROM deliveries "
                "WHERE deliveries.seq = webhook_secrets.seq AND state = 'pending')",
                (),
            ),
        )

    async def of(self, job: str) -> tuple[str, list[Delivery]] | None:
        """The address of a job's webhook, and its deliveries; None if it has none."""
        rows = await self._database.read("SELECT url, seq FROM webhooks JOIN jobs USING (seq) WHERE id = ?", (job,))
        if not rows:
            return None
        ((url, seq),) = rows
        found = await self._database.read(
            "SELECT id, event, state, attempts, due, at, status, error FROM deliveries WHERE seq = ? "
            "ORDER BY event DESC",
            (seq,),
        )
        return str(url), [msgspec.convert(row, Delivery) for row in found]
