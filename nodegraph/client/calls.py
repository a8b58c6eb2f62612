"""The operations of ``/api/v1`` on jobs, the queue and the server, as values: what to send, and how to read the answer.

There is one function for each operation, of the operation's own name; a test compares them with the OpenAPI document.
Those on files are in :mod:`nodegraph.client.file_calls`.
"""

from collections.abc import Sequence
from typing import Any

from nodegraph.client.call import Call, get, json_of, nothing_of, part, query_of, send, with_query
from nodegraph.graph.spec import NodeSpec
from nodegraph.server.api_v1.catalog_messages import ModelFolderList, ModelList, NodeList
from nodegraph.server.api_v1.convert_messages import ConvertAnswer, ConvertRequest
from nodegraph.server.api_v1.messages import (
    AskedFor,
    Cancelled,
    Cleared,
    JobAccepted,
    JobList,
    JobQuery,
    JobRequest,
    JobStatus,
    JobView,
    Pause,
    QueueView,
    ServerStatus,
)
from nodegraph.server.api_v1.tokens_messages import TokensAnswer, TokensRequest
from nodegraph.server.api_v1.webhook_messages import WebhookView
from nodegraph.server.records import Move


def get_status() -> Call[ServerStatus]:
    """The server at a glance."""
    return get("/api/v1/status", ServerStatus)


def list_examples() -> Call[list[str]]:
    """The names of the example workflows."""
    return get("/api/v1/examples", list[str])


def get_example(name: str) -> Call[dict[str, Any]]:
    """An example workflow, in canvas format."""
    return get(f"/api/v1/examples/{part(name)}", dict[str, Any])


def get_example_thumbnail(name: str) -> Call[bytes | None]:
    """A small WebP picture of what an example paints; None if it has none."""
    path = f"/api/v1/examples/{part(name)}/thumbnail"
    return Call(method="GET", path=path, read=lambda response: response.content or None, repeatable=True)


def get_openapi() -> Call[dict[str, Any]]:
    """The description of the API."""
    return get("/api/v1/openapi.json", dict[str, Any])


def list_nodes() -> Call[NodeList]:
    """The node classes."""
    return get("/api/v1/nodes", NodeList)


def get_node(node: str) -> Call[NodeSpec]:
    """One node class."""
    return get(f"/api/v1/nodes/{part(node)}", NodeSpec)


def list_model_folders() -> Call[ModelFolderList]:
    """The folders of models."""
    return get("/api/v1/models", ModelFolderList)


def list_models(folder: str) -> Call[ModelList]:
    """What is in one of them."""
    return get(f"/api/v1/models/{part(folder)}", ModelList)


def convert_workflow(request: ConvertRequest) -> Call[ConvertAnswer]:
    """A workflow in the other format. Changes nothing."""
    return send("POST", "/api/v1/convert", request, json_of(ConvertAnswer), repeatable=True)


def count_tokens(texts: Sequence[str]) -> Call[TokensAnswer]:
    """How long prompts are. Changes nothing."""
    return send("POST", "/api/v1/tokens", TokensRequest(list(texts)), json_of(TokensAnswer), repeatable=True)


def get_job(job: str) -> Call[JobView]:
    """One job, and what came of it."""
    return get(f"/api/v1/jobs/{part(job)}", JobView)


def get_job_status(job: str) -> Call[JobStatus]:
    """How a job stands, in short."""
    return get(f"/api/v1/jobs/{part(job)}/status", JobStatus)


def wait_for_job(job: str, *, timeout: float) -> Call[JobView]:
    """One job once it has ended, or after a time."""
    path = with_query(f"/api/v1/jobs/{part(job)}/wait", {"timeout": str(timeout)})
    return Call(method="GET", path=path, read=json_of(JobView), repeatable=True, takes=timeout)


def get_webhook(job: str) -> Call[WebhookView]:
    """What became of the calls of its webhook."""
    return get(f"/api/v1/jobs/{part(job)}/webhook", WebhookView)


def list_jobs(query: JobQuery) -> Call[JobList]:
    """A page of the jobs there are."""
    return get(with_query("/api/v1/jobs", query_of(query)), JobList)


def post_job(request: JobRequest, *, key: str) -> Call[JobAccepted]:
    """Queue a workflow. The key makes it safe to send again."""
    headers = {"Idempotency-Key": key}
    return send("POST", "/api/v1/jobs", request, json_of(JobAccepted), headers=headers, repeatable=True)


def get_job_request(job: str) -> Call[AskedFor]:
    """What a job was asked to do."""
    return get(f"/api/v1/jobs/{part(job)}/request", AskedFor)


def cancel_job(job: str) -> Call[Cancelled]:
    """Stop a job. Not repeatable: for a running job, a second time means something else."""
    return send("POST", f"/api/v1/jobs/{part(job)}/cancel", None, json_of(Cancelled))


def retry_job(job: str, *, key: str) -> Call[JobAccepted]:
    """Queue what an ended job asked for once more."""
    headers = {"Idempotency-Key": key}
    return send("POST", f"/api/v1/jobs/{part(job)}/retry", None, json_of(JobAccepted), headers=headers, repeatable=True)


def move_job(job: str, move: Move) -> Call[JobView]:
    """Give a waiting job another place."""
    return send("PATCH", f"/api/v1/jobs/{part(job)}", move, json_of(JobView), repeatable=True)


def delete_job(job: str) -> Call[None]:
    """Forget an ended job."""
    return Call(method="DELETE", path=f"/api/v1/jobs/{part(job)}", read=nothing_of)


def get_queue() -> Call[QueueView]:
    """What runs and what waits."""
    return get("/api/v1/queue", QueueView)


def pause_queue(*, running: bool) -> Call[QueueView]:
    """Begin no more jobs."""
    return send("POST", "/api/v1/queue/pause", Pause(running), json_of(QueueView), repeatable=True)


def resume_queue() -> Call[QueueView]:
    """Go on after a pause."""
    return send("POST", "/api/v1/queue/resume", None, json_of(QueueView), repeatable=True)


def clear_queue() -> Call[Cleared]:
    """Cancel all waiting jobs."""
    return send("POST", "/api/v1/queue/clear", None, json_of(Cleared))
