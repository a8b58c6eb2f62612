"""The field's newer routes for jobs, which exist under ``/api`` only: list, look, cancel."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from aiohttp import web

from nodegraph.server.compat import messages
from nodegraph.server.compat.history import execution_status
from nodegraph.server.compat.queries import ids, whole_number
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.job_rows import Listing
from nodegraph.server.permitted import find_asked
from nodegraph.server.records import Job, JobState
from nodegraph.server.replies import InvalidRequestError, json_response, read_object
from nodegraph.server.state import DISPATCHER, STORE

routes = web.RouteTableDef()

_outputs = msgspec.json.Decoder(dict[str, dict[str, Any]])

_STATES = {
    "pending": JobState.QUEUED,
    "in_progress": JobState.RUNNING,
    "completed": JobState.DONE,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
}
_STATUSES = {state: status for status, state in _STATES.items()}

_PREVIEWABLE = ("images", "video", "gifs", "audio", "3d")
"""What the field's pages show a preview of, by the key a node shows it under."""

_PAGE = 10_000
"""Jobs in one answer, unless the client asks for fewer."""


@routes.get("/api/jobs")
async def list_jobs(request: web.Request) -> web.Response:
    """Jobs that wait, run or ran, the latest first unless asked otherwise."""
    query = request.query
    limit, offset = whole_number(request, "limit"), whole_number(request, "offset")
    limit = _PAGE if limit is None else max(1, min(limit, _PAGE))
    offset = max(0, offset or 0)
    rows, total = await request.app[STORE].rows.listed(
        Listing(
            states=[_state(name) for name in query.get("status", "").split(",") if name.strip()],
            workflow=query.get("workflow_id"),
            by_duration=_one_of(request, "sort_by", "created_at", "execution_duration") == "execution_duration",
            ascending=_one_of(request, "sort_order", "desc", "asc") == "asc",
            limit=limit,
            offset=offset,
            owner=identity_of(request).sees_only,
        )
    )
    shown = await asyncio.to_thread(lambda: [_listed(job, workflow) for job, workflow in rows])
    page = {"offset": offset, "limit": limit, "total": total, "has_more": offset + len(rows) < total}
    return json_response({"jobs": shown, "pagination": page})


@routes.get("/api/jobs/{id}")
async def get_job(request: web.Request) -> web.Response:
    """One job, with what was asked and what there is to show."""
    asked = await find_asked(request.app[STORE], request.match_info["id"], identity_of(request))
    extra = msgspec.json.decode(asked.extra_data)
    pnginfo = extra.get("extra_pnginfo")
    workflow = pnginfo.get("workflow") if isinstance(pnginfo, dict) else None
    return json_response(
        {
            **_listed(asked.job, workflow.get("id") if isinstance(workflow, dict) else None),
            "outputs": asked.job.outputs,
            "execution_status": execution_status(asked.job) if asked.job.finished is not None else None,
            "workflow": {"prompt": asked.prompt, "extra_data": asked.extra_data},
        }
    )


@routes.post("/api/jobs/{id}/cancel")
async def cancel_job(request: web.Request) -> web.Response:
    """Stop one job, be it waiting or running."""
    owner = identity_of(request).sees_only
    return json_response({"cancelled": await request.app[DISPATCHER].cancel(request.match_info["id"], owner=owner)})


@routes.post("/api/jobs/cancel")
async def cancel_jobs(request: web.Request) -> web.Response:
    """Stop several."""
    wanted = ids((await read_object(request)).get("job_ids"))
    owner = identity_of(request).sees_only
    stopped = [await request.app[DISPATCHER].cancel(job, owner=owner) for job in wanted]
    return json_response({"cancelled": any(stopped)})


def _listed(job: Job, workflow: object) -> dict[str, Any]:
    shown = list(_shown(_outputs.decode(job.outputs)))
    previewable = [output for output in shown if output["mediaType"] in _PREVIEWABLE]
    saved = [output for output in previewable if output.get("type") == "output"]
    return {
        "id": job.ticket.job,
        "status": _STATUSES[job.state],
        "priority": messages.number(job.ticket.number),
        "create_time": messages.milliseconds(job.created),
        "execution_start_time": None if job.started is None else messages.milliseconds(job.started),
        "execution_end_time": None if job.finished is None else messages.milliseconds(job.finished),
        "execution_error": _error(job),
        "outputs_count": len(shown),
        "previewable_outputs_count": len(previewable),
        "preview_output": next(iter(saved or previewable), None),
        "workflow_id": workflow if isinstance(workflow, str) else None,
    }


def _shown(outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every file that a node shows."""
    for node, ui in outputs.items():
        for key, values in ui.items():
            for value in values if isinstance(values, list) else ():
                if isinstance(value, dict) and "filename" in value:
                    yield {**value, "nodeId": node, "mediaType": key}


def _error(job: Job) -> dict[str, Any] | None:
    """Why a job failed, as its client was told."""
    if job.state is not JobState.FAILED:
        return None
    told = execution_status(job)["messages"]
    return next((data for event, data in reversed(told) if event == "execution_error"), None)


def _state(name: str) -> JobState:
    state = _STATES.get(name.strip())
    if state is None:
        raise InvalidRequestError(f"There is no status {name!r}; there are {', '.join(_STATES)}.")
    return state


def _one_of(request: web.Request, key: str, usual: str, other: str) -> str:
    given = request.query.get(key, usual).lower()
    if given not in (usual, other):
        raise InvalidRequestError(f"{key} must be {usual} or {other}, not {given!r}.")
    return given
