"""Jobs over HTTP: submit, look, cancel, repeat, move, delete."""

import asyncio

import msgspec
from aiohttp import web

from nodegraph.access.identity import Identity
from nodegraph.server.api_v1.messages import (
    AskedFor,
    Cancelled,
    JobAccepted,
    JobList,
    JobQuery,
    JobRequest,
    JobStatus,
    JobView,
    KeyName,
    Standing,
)
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.api_v1.results import accepted_of, order_of, status_of, view_of
from nodegraph.server.api_v1.waiting import Wait, wait_for_end
from nodegraph.server.permitted import check_move, find_asked, find_job
from nodegraph.server.records import ENDED, AskedJob, Move, Sought
from nodegraph.server.state import CATALOG, DISPATCHER, EVENTS, STORE
from nodegraph.server.submissions import Order, repeated, submit

operations = Operations("Jobs")


class SubmitHeaders(msgspec.Struct, frozen=True):
    """``Idempotency-Key``: a name for this request. Sent again under the same key, it makes no second job."""

    key: KeyName | None = msgspec.field(default=None, name="Idempotency-Key")


@operations.post("/api/v1/jobs", status=(201, 200), errors=(409, 429, 503, 507))
async def post_job(app: web.Application, who: Identity, body: JobRequest, headers: SubmitHeaders) -> Reply[JobAccepted]:
    """Queue a workflow.

    It is on disk when this answers. With an `Idempotency-Key` that is known, the answer is the job that was made then
    (`existed`); another request under that key is refused with 409. A full queue answers 429. A `priority` above 0
    is for admins.
    """
    return await _submit(app, who, order_of(body, headers.key))


@operations.get("/api/v1/jobs", errors=(507,))
async def list_jobs(app: web.Application, who: Identity, query: JobQuery) -> JobList:
    """List jobs, the latest submitted first."""
    sought = Sought(
        limit=query.limit + 1,
        before=None if query.before is None else int(query.before),
        after=None if query.after is None else int(query.after),
        states=query.state or (ENDED if query.ended else ()),
        words=query.q.split(),
        title=query.title,
        client=query.client,
        since=query.since,
        until=query.until,
        shown=query.shown,
        oldest_first=query.order == "oldest",
        owner=who.sees_only,
    )
    rows = await app[STORE].rows.page(sought)
    shown = rows[: query.limit]
    views = await asyncio.to_thread(lambda: [view_of(row, milestones=False) for row in shown])
    return JobList(views, next=str(shown[-1].ticket.seq) if len(rows) > len(shown) else None)


@operations.get("/api/v1/jobs/{job}", errors=(404, 507))
async def get_job(app: web.Application, who: Identity, job: str) -> JobView:
    """Look at one job, and what came of it."""
    return view_of(await find_job(app[STORE], job, who))


@operations.get("/api/v1/jobs/{job}/status", errors=(507,))
async def get_job_status(app: web.Application, who: Identity, job: str) -> JobStatus:
    """Ask how a job stands, in short; of one that nobody knows, that it is unknown."""
    row = await app[STORE].job(job)
    if row is None or not who.sees(row.ticket.owner):
        return JobStatus(job, Standing.UNKNOWN)
    return status_of(row, ahead=app[STORE].place(job))


@operations.get("/api/v1/jobs/{job}/wait", errors=(404, 507))
async def wait_for_job(app: web.Application, who: Identity, job: str, query: Wait) -> JobView:
    """Look at a job once it has ended, or as it stands after a time.

    The answer comes at once if it has ended already, and early when the server stops: see its `state`.
    """
    await wait_for_end(app, job, who, query.timeout)
    return view_of(await find_job(app[STORE], job, who))


@operations.get("/api/v1/jobs/{job}/request", errors=(404, 507))
async def get_job_request(app: web.Application, who: Identity, job: str) -> AskedFor:
    """Look at what a job was asked to do."""
    return _asked_for(await find_asked(app[STORE], job, who))


@operations.post("/api/v1/jobs/{job}/cancel", errors=(404, 507))
async def cancel_job(app: web.Application, who: Identity, job: str) -> Cancelled:
    """Stop a job, be it waiting or running.

    Sent again for a running job, its worker is replaced at once.
    """
    await find_job(app[STORE], job, who)
    return Cancelled(job, await app[DISPATCHER].cancel(job, owner=who.sees_only))


@operations.post("/api/v1/jobs/{job}/retry", status=(201, 200), errors=(404, 409, 429, 503, 507))
async def retry_job(app: web.Application, who: Identity, job: str, headers: SubmitHeaders) -> Reply[JobAccepted]:
    """Queue a job again that has ended, as a new job of whoever asks.

    Nodes whose results are still known are not run again.
    """
    order = await repeated(job, who, app[STORE])
    return await _submit(app, who, msgspec.structs.replace(order, key=headers.key))


@operations.patch("/api/v1/jobs/{job}", errors=(404, 409, 507))
async def move_job(app: web.Application, who: Identity, job: str, body: Move) -> JobView:
    """Give a waiting job another place among those of the same owner.

    Either another `priority`, of which those above 0 are for admins; or the place `before` or `after` another waiting
    job, whose priority it gets; or `front` or `back`, the first or last place among those of its (or the given)
    priority.
    """
    row = await find_job(app[STORE], job, who)
    check_move(app[STORE], job, body, who)
    moved = await app[STORE].move(job, body)
    app[EVENTS].publish(*moved, owner=row.ticket.owner)
    app[DISPATCHER].wake()
    return view_of(await find_job(app[STORE], job, who))


@operations.delete("/api/v1/jobs/{job}", errors=(404, 409, 507))
async def delete_job(app: web.Application, who: Identity, job: str) -> None:
    """Forget a job that has ended. Files it saved stay."""
    await find_job(app[STORE], job, who)
    await app[STORE].delete(job)


async def _submit(app: web.Application, who: Identity, order: Order) -> Reply[JobAccepted]:
    after = app[EVENTS].last
    accepted = await submit(order, who, catalog=app[CATALOG], store=app[STORE], dispatcher=app[DISPATCHER])
    answer = accepted_of(accepted, after=after, retry_of=order.retry_of)
    return Reply(answer, 200 if accepted.existed else 201)


def _asked_for(asked: AskedJob) -> AskedFor:
    return AskedFor(*(msgspec.json.decode(document) for document in (asked.prompt, asked.targets, asked.extra_data)))
