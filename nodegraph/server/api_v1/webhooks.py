"""``/api/v1/jobs/{job}/webhook``, and what webhooks are sent. How and when they are is the business of ``webhooks``."""

from aiohttp import web

from nodegraph.access.identity import Identity
from nodegraph.errors import MissingFileError
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.api_v1.results import result_of, status_of
from nodegraph.server.api_v1.webhook_messages import DeliveryView, WebhookCall, WebhookView
from nodegraph.server.events import encode
from nodegraph.server.permitted import find_job
from nodegraph.server.records import DeliveryState
from nodegraph.server.state import STORE
from nodegraph.server.webhooks.address import without_query
from nodegraph.server.webhooks.rows import Delivery, Due

operations = Operations("Webhooks")


@operations.get("/api/v1/jobs/{job}/webhook", errors=(404, 507))
async def get_webhook(app: web.Application, who: Identity, job: str) -> WebhookView:
    """What became of the calls of a job's webhook."""
    await find_job(app[STORE], job, who)
    found = await app[STORE].webhooks.of(job)
    if found is None:
        raise MissingFileError(f"There is no job {job!r} with a webhook.")
    url, deliveries = found
    return WebhookView(without_query(url), list(map(_view, deliveries)))


async def told_by_webhook(app: web.Application, due: Due) -> bytes | None:
    """The body of a call; None if the job is forgotten."""
    row = await app[STORE].job(due.job)
    if row is None:
        return None
    result = result_of(row) if due.event == "finished" else None
    files = [] if result is None else result.files
    return encode(WebhookCall(due.id, due.event, status_of(row, ahead=None), files))


def _view(one: Delivery) -> DeliveryView:
    open = one.state is DeliveryState.PENDING and one.due > 0
    return DeliveryView(
        one.id, one.event, one.state, one.attempts, one.due if open else None, one.at, one.status, one.error
    )
